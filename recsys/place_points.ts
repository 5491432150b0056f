/**
 * New points in a map that stays as it is, so that a song which was not there when the map was made has
 * its place in it. Source: Poličar, Stražar and Zupan 2021, "Embedding to reference t-SNE space addresses
 * batch effects in single-cell classification", Methods, as openTSNE 1.0 does it: each point is moved on
 * its own, by its affinities to the old points, and its weights are normalised over them.
 *
 * @module
 */
import type { Gpu } from "../gpu/gpu.ts";
import type { EagerContext } from "../gpu/kernel.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { affinitiesTo, type PointRows } from "./affinities.ts";
import { checkTable } from "./host_neighbours.ts";
import { type PlaceSettings, type PlaceState, placeSteps } from "./place_points_step.ts";

/** The map, the new points, and how they are placed. */
export interface PlacePointsOptions {
  /** The rows that the map was made from, [n, d]. */
  readonly x: NdArray;
  /** Their positions, [n, 2]. */
  readonly embedding: NdArray;
  /** The new rows, [m, d]. */
  readonly points: NdArray;
  /** Effective number of neighbours of a new point. Default 5, at most (n - 1) / 3. */
  readonly perplexity?: number;
  /** Nearest rows of x that attract a new point. Default 3 perplexity, rounded up. */
  readonly neighbours?: number;
  /** Iterations. Default 250. */
  readonly iterations?: number;
  /** Factor of the affinities. Default 1.5, which keeps a point among its neighbours. */
  readonly exaggeration?: number;
  /** Factor of the gradient. Default 0.1. */
  readonly learningRate?: number;
  /** Share of the velocity that is kept. Default 0.8. */
  readonly momentum?: number;
  /** Told of the iterations done, and of how many there are. */
  readonly progress?: (done: number, total: number) => void;
  /** Stops at the next report of progress. */
  readonly signal?: AbortSignal;
}

/** A longer gradient is cut, which keeps a point that starts on another from being thrown off. */
const LONGEST_GRADIENT = 0.25;
/** A dispatch stays near this many operations, within what a driver's watchdog allows. */
const FLOPS_PER_DISPATCH = 5e9;
const ATTEMPT = "Cannot place points";

/**
 * Places new points in a map. A point starts at the mean of its nearest neighbours' positions, weighted
 * by its affinities, and follows the gradient of its own divergence. Neither the map nor other new points
 * matter to where it lands beside that: the same bits alone and among others.
 *
 * @returns positions [m, 2]
 * @throws {RangeError} when shapes or options do not fit, or numbers are not finite
 *
 * @example
 * ```ts
 * const { embedding } = await tsne(gpu, songs, { key: key(7) });
 * const places = await placePoints(gpu, { x: songs, embedding, points: newSongs });
 * ```
 */
export async function placePoints(
  gpu: Gpu,
  options: PlacePointsOptions,
): Promise<NdArray<Float32Array>> {
  const { x, embedding, points, progress, signal } = options;
  const { iterations, settings } = checkedOptions(options);
  const n = x.shape[0];
  const perplexity = options.perplexity ?? Math.min(5, (n - 1) / 3);
  const neighbours = options.neighbours ?? Math.min(n, Math.ceil(3 * perplexity));
  signal?.throwIfAborted();
  const rows = affinitiesTo(x, points, { perplexity, neighbours });
  using scope = gpu.scope();
  const state = startOf(scope, embedding, rows);
  const flops = points.shape[0] * 11 * (n + rows.k);
  const most = Math.max(1, Math.floor(FLOPS_PER_DISPATCH / flops));
  for (let done = 0; done < iterations; done += most) {
    signal?.throwIfAborted();
    const count = Math.min(most, iterations - done);
    placeSteps(scope, state, count, settings);
    if (!progress && !signal) continue;
    await gpu.sync();
    progress?.(done + count, iterations);
  }
  const { shape, data } = await gpu.read(state.positions);
  return ndarray(shape, data as Float32Array);
}

function checkedOptions(options: PlacePointsOptions): {
  iterations: number;
  settings: PlaceSettings;
} {
  const { x, embedding, points, iterations = 250 } = options;
  const { exaggeration = 1.5, learningRate = 0.1, momentum = 0.8 } = options;
  const check = (good: boolean, name: string, came: unknown, expected: string) => {
    if (!good) throw new RangeError(`${ATTEMPT}: ${name} is ${came}, ${expected} is expected`);
  };
  checkTable(ATTEMPT, "x", x);
  const [n, d] = x.shape;
  checkTable(ATTEMPT, "embedding", embedding, n);
  checkTable(ATTEMPT, "points", points, points.shape[0]);
  check(embedding.shape[1] === 2, "embedding", `[${embedding.shape.join(", ")}]`, `[${n}, 2]`);
  check(points.shape[1] === d, "points", `[${points.shape.join(", ")}]`, `[m, ${d}]`);
  check(Number.isInteger(iterations) && iterations >= 0, "iterations", iterations, "0 or more");
  check(exaggeration > 0 && exaggeration < Infinity, "exaggeration", exaggeration, "more than 0");
  check(learningRate > 0 && learningRate < Infinity, "learningRate", learningRate, "more than 0");
  check(momentum >= 0 && momentum < 1, "momentum", momentum, "0 up to 1");
  return {
    iterations,
    settings: { exaggeration, learningRate, momentum, longest: LONGEST_GRADIENT },
  };
}

/** Points at rest at the weighted means of their neighbours. */
function startOf(
  context: EagerContext,
  { data }: NdArray,
  { m, k, indices, values }: PointRows,
): PlaceState {
  const start = new Float32Array(2 * m);
  for (let e = 0; e < m * k; e++) {
    const i = Math.floor(e / k);
    start[2 * i] += values[e] * data[2 * indices[e]];
    start[2 * i + 1] += values[e] * data[2 * indices[e] + 1];
  }
  return {
    map: context.upload(ndarray([data.length / 2, 2], Float32Array.from(data)), "map"),
    neighbours: context.upload(ndarray([m, k], indices), "neighbours"),
    affinities: context.upload(ndarray([m, k], values), "affinities"),
    positions: context.upload(ndarray([m, 2], start), "positions"),
    velocities: context.upload(ndarray([m, 2], new Float32Array(2 * m)), "velocities"),
    gains: context.upload(ndarray([m, 2], new Float32Array(2 * m).fill(1)), "gains"),
  };
}
