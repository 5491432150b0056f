/**
 * Vector quantisation: rows become the number of their nearest code word, and the words are the
 * centroids of plain (Euclidean) K-means. Sources: Lloyd 1982, "Least squares quantization in PCM";
 * the start from Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding",
 * section 2.2.
 *
 * @module
 */
import text from "./vector_quantiser.wgsl" with { type: "text" };
import { gather } from "../gpu/gather.ts";
import { whole, within } from "../gpu/check.ts";
import {
  type Apply,
  applyOnHost,
  checkComputed,
  type Hooks,
  hostRows,
  type Rows,
} from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { bits, fold, type Key } from "../gpu/random.ts";
import { sum } from "../gpu/reduce.ts";
import { GRID } from "../gpu/sources.ts";
import { type NdArray, ndarray, reshape, type Tensor } from "../gpu/tensor.ts";
import { assignTurned } from "./assign.ts";
import { clusterSums } from "./cluster_sums.ts";
import { turn } from "./pad.ts";
import { augmentedCentroids, augmentedRows, seededCentroids, standardiser } from "./code_rows.ts";

/** Code words, and the scale that rows are brought to before they are compared. */
export interface Codebook {
  /** Code words in the scaled units, [k, d]. */
  readonly centroids: NdArray<Float64Array>;
  /** What is taken off each column first, [d]. */
  readonly mean: Float64Array;
  /** What each column is divided by then, [d]. */
  readonly deviation: Float64Array;
}

/** How code words are learnt. */
export interface CodebookOptions extends Hooks {
  /** Number of code words, at most the number of rows. Default 256; van den Oord et al. took 4000. */
  readonly k?: number;
  /** Key of the start, and of the rows that replace words without rows. */
  readonly key: Key;
  /** Most passes over all rows. Default 20. */
  readonly iterations?: number;
  /** Ends when a pass lowers the objective by less than this share; 0 goes on. Default 1e-4. */
  readonly tolerance?: number;
  /** Whether columns are divided by their standard deviations. Default true. */
  readonly standardise?: boolean;
}

/** Code words and how their fit went. */
export interface FittedCodebook extends Codebook {
  /** Mean squared distance of a row from its word, in scaled units, before each pass's update. */
  readonly objective: Float64Array;
  /** Rows of each word in the last pass, [k]. */
  readonly members: Uint32Array;
}

/** The options with their defaults. */
export type FilledCodebookOptions = Required<Omit<CodebookOptions, keyof Hooks>> & Hooks;

const move = kernel({
  name: "vectorQuantiser/move_centroids",
  source: [GRID, { file: "audio/vector_quantiser.wgsl", text }],
  entry: "move_centroids",
  inputs: { sums: "k d", members: "u32: k", drawn: "k d" },
  outputs: { centroids: "k d" },
  threads: ({ k }) => k,
});

const ATTEMPT = "Cannot fit a codebook";

/** Rows that are on the device at a time while they are quantised. */
const BLOCK = 2 ** 16;

/**
 * One pass: assigns all rows, and moves the centroids, in place.
 *
 * @param rows (1, x, 0…), [n, d'], from `augmentedRows`
 * @param centroids (-|c|²/2, c, 0…), [k, d'], from `augmentedCentroids`; changed
 * @param reseeds u32 [k]: the row on which each centroid is put, should it have no rows
 * @returns sum over the rows of x·c - |c|²/2 at the nearest centroid, [1], and u32 members, [k]
 */
export function quantiserStep(
  context: Context,
  rows: Tensor,
  centroids: Tensor,
  reseeds: Tensor,
): { readonly explained: Tensor; readonly members: Tensor } {
  const [k, d] = centroids.shape;
  const assignment = assignTurned(context, rows, turn(context, centroids), k);
  const { sums, members } = clusterSums(context, rows, assignment, k);
  const drawn = gather(context, rows, reseeds);
  move(context, { sums, members, drawn }, { dims: { width: d / 4 }, into: { centroids } });
  const explained = sum(context, reshape(assignment.similarity, [1, rows.shape[0]]));
  return { explained, members };
}

/** The rows on which the centroids of empty clusters are put, [k]. */
export function reseedRows(key: Key, iteration: number, k: number, n: number): Uint32Array {
  const stream = fold(fold(key, "reseed"), iteration);
  return Uint32Array.from({ length: k }, (_, cluster) => bits(stream, cluster) % n);
}

/**
 * The options with their defaults.
 *
 * @param n number of rows
 * @throws {RangeError} when an option is out of range
 */
export function codebookOptions(n: number, options: CodebookOptions): FilledCodebookOptions {
  const filled = { k: 256, iterations: 20, tolerance: 1e-4, standardise: true, ...options };
  const { k, iterations, tolerance } = filled;
  whole(ATTEMPT, { k }, 1, n);
  whole(ATTEMPT, { iterations }, 1);
  within(ATTEMPT, { tolerance }, 0);
  return filled;
}

/** Whether the last pass gained too little to go on. */
export function hasSettled(objective: readonly number[], tolerance: number): boolean {
  if (tolerance === 0 || objective.length < 2) return false;
  const [before, now] = objective.slice(-2);
  return before - now < tolerance * before;
}

/**
 * Learns code words from rows, which are all on the device at once: 4 (d + 1) bytes a row, below the
 * device's binding limit. Of more rows give a sample. Without chance but the key's: same rows, same
 * key, same bits. A word that loses all its rows is put on a row drawn by the key.
 *
 * @param rows [n, d], such as MFCC frames
 * @throws {RangeError} when an option is out of range, or a number is not finite
 *
 * @example
 * ```ts
 * import { applyCodebook, fitCodebook, key, ndarray, normal, openGpu } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const frames = ndarray([40, 3], Float32Array.from({ length: 120 }, (_, i) => normal(key(1), i)));
 * const codebook = await fitCodebook(gpu, frames, { k: 4, key: key(7) });
 * const words = await applyCodebook(gpu, codebook, frames); // [40], each below 4
 * ```
 */
export async function fitCodebook(
  gpu: Gpu,
  rows: Rows,
  options: CodebookOptions,
): Promise<FittedCodebook> {
  const x = await hostRows(gpu, ATTEMPT, rows);
  const [n, d] = x.shape;
  const filled = codebookOptions(n, options);
  const { k, key, iterations, tolerance, progress, signal } = filled;
  const scale = standardiser(x, filled.standardise);
  using scope = gpu.scope();
  const onHost = augmentedRows(x, scale);
  const onDevice = scope.upload(onHost, "code rows");
  const start = seededCentroids(onHost, d, k, fold(key, "start"));
  const centroids = scope.upload(augmentedCentroids(start), "code words");
  const squares = squaresOf(onHost);
  const objective: number[] = [];
  let members = new Uint32Array(k);
  while (objective.length < iterations && !hasSettled(objective, tolerance)) {
    signal?.throwIfAborted();
    using stepScope = gpu.scope();
    const reseeds = stepScope.upload(ndarray([k], reseedRows(key, objective.length, k, n)));
    const step = quantiserStep(stepScope, onDevice, centroids, reseeds);
    const [explained, counts] = await gpu.readAll([step.explained, step.members]);
    const distance = (squares - 2 * explained.data[0]) / n;
    const pass = `the objective of pass ${objective.length}`;
    await checkComputed(gpu, ATTEMPT, x, [distance], () => pass);
    objective.push(Math.max(0, distance));
    members = Uint32Array.from(counts.data);
    if (objective.length < iterations) progress?.(objective.length, iterations);
  }
  progress?.(iterations, iterations);
  const learnt = await gpu.read(centroids);
  return {
    ...scale,
    centroids: withoutHead(learnt, d),
    objective: Float64Array.from(objective),
    members,
  };
}

/** Squares of all numbers but the constant 1 of each row. */
function squaresOf({ shape: [n], data }: NdArray): number {
  let squares = -n;
  for (let i = 0; i < data.length; i++) squares += data[i] * data[i];
  return squares;
}

/** c of (-|c|²/2, c, 0…). */
function withoutHead({ shape: [k, width], data }: NdArray, d: number): NdArray<Float64Array> {
  const words = new Float64Array(k * d);
  for (let i = 0; i < words.length; i++) words[i] = data[Math.floor(i / d) * width + 1 + i % d];
  return ndarray([k, d], words);
}

/**
 * The nearest code word of each of rows [n, d], [n]; of several the lowest. Rows go to the device in
 * blocks, so that any number of them will do.
 */
export const applyCodebook: Apply<Codebook, Uint32Array> = applyOnHost({
  attempt: "Cannot apply a codebook",
  width: ({ centroids }) => centroids.shape[1],
  run: async (gpu, codebook, rows, { signal, progress }: Hooks = {}) => {
    const [n] = rows.shape;
    const [k] = codebook.centroids.shape;
    using scope = gpu.scope();
    const turned = turn(scope, scope.upload(augmentedCentroids(codebook.centroids), "code words"));
    const places = new Uint32Array(n);
    for (let first = 0; first < n; first += BLOCK) {
      signal?.throwIfAborted();
      using blockScope = gpu.scope();
      const end = Math.min(n, first + BLOCK);
      const block = augmentedRows(rows, codebook, { first, end });
      const { place } = assignTurned(blockScope, blockScope.upload(block, "code rows"), turned, k);
      places.set((await gpu.read(place)).data, first);
      progress?.(end, n);
    }
    return ndarray([n], places);
  },
});
