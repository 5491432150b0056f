/**
 * Spherical K-means: a dictionary of unit vectors, each the direction of the rows that are most similar
 * to it. Source: Coates and Ng 2012, "Learning feature representations with K-means", section 3.
 *
 * @module
 */
import text from "./spherical_kmeans.wgsl" with { type: "text" };
import { positive, whole } from "../gpu/check.ts";
import {
  type Apply,
  applyOnDevice,
  checkComputed,
  checkRows,
  deviceRows,
  type Hooks,
  type Rows,
} from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { fold, type Key, normal } from "../gpu/random.ts";
import { sumOfSquares } from "../gpu/reduce.ts";
import { GRID, THREEFRY } from "../gpu/sources.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { assign, assignTurned } from "./assign.ts";
import { type ClusterSums, clusterSums } from "./cluster_sums.ts";
import { padRows, turn } from "./pad.ts";

/** How centroids are learnt. */
export interface SphericalKMeansOptions extends Hooks {
  /** Number of centroids. */
  readonly k: number;
  /** Key of the start and of the rows that replace dead centroids. */
  readonly key: Key;
  /** Full passes over the rows. Default 10. */
  readonly iterations?: number;
  /**
   * Whether the old centroid is added to the sum of its rows, which keeps centroids of few rows from
   * jumping. Default true.
   */
  readonly damped?: boolean;
  /** Whether a row's code is 1 instead of its dot product with the centroid. Default false. */
  readonly oneHot?: boolean;
  /** Centroids to start from, [k, d]; made unit vectors. By default standard normals. */
  readonly start?: NdArray;
}

/** What was learnt. */
export interface SphericalKMeans {
  /** Unit vectors [k, d]. */
  readonly centroids: NdArray<Float32Array>;
  /**
   * Mean squared distance of a row from its code times its centroid, in each iteration, before that
   * iteration's update.
   */
  readonly objective: Float64Array;
  /** Rows of each centroid in the last iteration, [k]. */
  readonly members: Uint32Array;
}

const shared = {
  source: [GRID, THREEFRY, { file: "audio/spherical_kmeans.wgsl", text }],
} as const;
const addObjective = kernel({
  ...shared,
  name: "sphericalKMeans/objective",
  entry: "add_objective",
  inputs: { similarity: "n" },
  outputs: { objective: "terms" },
  threads: ({ n }) => Math.ceil(n / BLOCK),
});
const drawRows = kernel({
  ...shared,
  name: "sphericalKMeans/draw_rows",
  entry: "draw_rows",
  inputs: { x: "n d" },
  outputs: { candidates: "k d" },
  threads: ({ k, width }) => k * width,
});
const update = kernel({
  ...shared,
  name: "sphericalKMeans/update",
  entry: "update",
  inputs: { sums: "k d", members: "u32: k", drawn: "k d" },
  outputs: { centroids: "k d" },
  threads: ({ k }) => k,
});

const ATTEMPT = "Cannot fit spherical K-means";

/** Rows of a term of the objective; `BLOCK` in the shader. */
const BLOCK = 256;

/** The tensors that the iterations work on. */
export interface KMeansState {
  /** Rows, each [n, d], d a multiple of four. */
  readonly chunks: readonly Tensor[];
  /** Unit vectors [k, d]. */
  readonly centroids: Tensor;
  /** [iterations, terms]: what the codes take off the squares of the rows. */
  readonly objective: Tensor;
  /** Sums of the iteration under way, and members. */
  readonly clusters: ClusterSums;
  /** [k, d]: rows for dead centroids. */
  readonly candidates: Tensor;
}

/**
 * Tensors for some iterations.
 *
 * @param chunks rows [n, d], d a multiple of four
 * @param centroids unit vectors [k, d]; they are changed
 */
export function kMeansState(
  context: Context,
  chunks: readonly Tensor[],
  centroids: Tensor,
  iterations: number,
): KMeansState {
  const { shape } = centroids;
  const make = (shape: readonly number[], label: string) => context.empty(shape, { label });
  return {
    chunks,
    centroids,
    objective: make([iterations * chunks.reduce((sum, x) => sum + termsOf(x), 0)], "objective"),
    clusters: {
      sums: make(shape, "cluster sums"),
      members: context.empty([shape[0]], { dtype: "u32", label: "cluster members" }),
    },
    candidates: make(shape, "candidates"),
  };
}

function termsOf({ shape: [n] }: Tensor): number {
  return Math.ceil(n / BLOCK);
}

/**
 * One pass: assigns all rows, sums them by centroid, updates the centroids.
 *
 * @param iteration its number from 0, for the objective and for the draw of new centroids
 */
export function kMeansStep(
  context: Context,
  state: KMeansState,
  { key, damped = true, oneHot = false }: SphericalKMeansOptions,
  iteration: number,
): void {
  const { chunks, centroids, objective, clusters, candidates } = state;
  const [k, d] = centroids.shape;
  const [keyHigh, keyLow] = reseedKey(key, iteration);
  const total = chunks.reduce((sum, { shape }) => sum + shape[0], 0);
  const common = {
    k,
    width: d / 4,
    oneHot: oneHot ? 1 : 0,
    damped: damped ? 1 : 0,
    total,
    keyHigh,
    keyLow,
  };
  const turned = turn(context, centroids);
  let first = 0;
  let start = iteration * chunks.reduce((sum, x) => sum + termsOf(x), 0);
  for (const x of chunks) {
    const dims = { ...common, first, start };
    const assignment = assignTurned(context, x, turned, k);
    addObjective(context, { similarity: assignment.similarity }, { dims, into: { objective } });
    drawRows(context, { x }, { dims, into: { candidates } });
    const place = first === 0 ? { into: clusters } : { onto: clusters };
    clusterSums(context, x, assignment, k, { weighted: !oneHot, ...place });
    first += x.shape[0];
    start += termsOf(x);
  }
  update(
    context,
    { sums: clusters.sums, members: clusters.members, drawn: candidates },
    { dims: { ...common, n: total, first: 0, start: 0 }, into: { centroids } },
  );
}

/** The stream from which an iteration draws rows for dead centroids: row `bits(stream, k) % n`. */
export function reseedKey(key: Key, iteration: number): Key {
  return fold(fold(key, "reseed"), iteration);
}

/**
 * The centroids before the first iteration: standard normals, or what is given, as unit vectors.
 *
 * @returns [k, d]
 */
export function startCentroids(
  { k, key, start }: SphericalKMeansOptions,
  d: number,
): NdArray<Float64Array> {
  if (start) checkRows(ATTEMPT, start, { name: "start", rows: k, width: d });
  const stream = fold(key, "start");
  const data = Float64Array.from({ length: k * d }, (_, i) => start?.data[i] ?? normal(stream, i));
  for (let row = 0; row < k; row++) {
    const centroid = data.subarray(row * d, row * d + d);
    const length = Math.hypot(...centroid);
    positive(ATTEMPT, { [`the length of row ${row} of start`]: length });
    for (let i = 0; i < d; i++) centroid[i] /= length;
  }
  return ndarray([k, d], data);
}

/**
 * Learns centroids from rows, which may be in chunks below the device's binding limit. Without chance
 * but the key's, and with every sum in a fixed order: same rows, same chunks, same key, same bits.
 *
 * @param rows [n, d], or chunks of it; usually whitened patches
 * @throws {RangeError} as `checkRows`, or when k, the iterations or `start` do not fit
 *
 * @example
 * ```ts
 * import { applySphericalKMeans, fitSphericalKMeans, key, ndarray, normal, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([40, 3], Float32Array.from({ length: 120 }, (_, i) => normal(key(1), i)));
 * const learnt = await fitSphericalKMeans(gpu, rows, { k: 4, key: key(7) });
 * const places = await applySphericalKMeans(gpu, learnt, rows); // [40], each below 4
 * ```
 */
export async function fitSphericalKMeans(
  gpu: Gpu,
  rows: Rows,
  options: SphericalKMeansOptions,
): Promise<SphericalKMeans> {
  const { k, iterations = 10, signal, progress } = options;
  whole(ATTEMPT, { k, iterations }, 1);
  signal?.throwIfAborted();
  using scope = gpu.scope();
  const chunks = deviceRows(scope, ATTEMPT, rows);
  const d = chunks[0].shape[1];
  const centroids = padRows(scope, scope.upload(startCentroids(options, d), "centroids"));
  const padded = chunks.map((chunk) => padRows(scope, chunk));
  const state = kMeansState(scope, padded, centroids, iterations);
  const squares = padded.map((chunk) => sumOfSquares(scope, chunk));
  for (let iteration = 0; iteration < iterations; iteration++) {
    using step = gpu.scope(); // what a step makes serves the next one
    kMeansStep(step, state, options, iteration);
    if (signal || progress) await gpu.sync();
    signal?.throwIfAborted();
    progress?.(iteration + 1, iterations);
  }
  const results = await gpu.readAll([state.objective, state.clusters.members, ...squares]);
  const [terms, members, ...lengths] = results;
  const objective = objectiveOf(terms, lengths, iterations, chunks);
  await checkComputed(gpu, ATTEMPT, chunks, objective, (pass) => `the objective of pass ${pass}`);
  return {
    centroids: firstColumns(await gpu.read(centroids), d),
    objective,
    members: members.data as Uint32Array,
  };
}

/** The first d columns: what is left of padded centroids. */
function firstColumns({ shape: [k, width], data }: NdArray, d: number): NdArray<Float32Array> {
  const at = (i: number) => data[Math.floor(i / d) * width + i % d];
  return ndarray([k, d], Float32Array.from({ length: k * d }, (_, i) => at(i)));
}

function objectiveOf(
  { data }: NdArray,
  squares: readonly NdArray[],
  iterations: number,
  chunks: readonly Tensor[],
): Float64Array {
  const n = chunks.reduce((sum, { shape }) => sum + shape[0], 0);
  const terms = data.length / iterations;
  const total = squares.reduce((sum, { data: [value] }) => sum + value, 0);
  return Float64Array.from({ length: iterations }, (_, iteration) => {
    let explained = 0;
    for (let i = iteration * terms; i < (iteration + 1) * terms; i++) explained += data[i];
    return (total - explained) / n;
  });
}

/** The centroid that each of rows [n, d] is most similar to, [n]; of several the lowest. */
export const applySphericalKMeans: Apply<SphericalKMeans, Uint32Array> = applyOnDevice(
  Uint32Array,
  {
    attempt: "Cannot assign rows",
    width: ({ centroids }) => centroids.shape[1],
    run: (scope, { centroids }, x) => assign(scope, x, scope.upload(centroids)).place,
  },
);
