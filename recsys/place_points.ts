/**
 * New points in a map that stays as it is, so that a song which was not there when the map was made has
 * its place in it. Source: Poličar, Stražar and Zupan 2021, "Embedding to reference t-SNE space addresses
 * batch effects in single-cell classification", Methods, as openTSNE 1.0 does it: each point is moved on
 * its own, by its affinities to the old points, and its weights are normalised over them.
 *
 * @module
 */
import { check, positive, whole } from "../gpu/check.ts";
import { type Apply, applyOnHost, checkRows, type Hooks } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { EagerContext } from "../gpu/kernel.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { affinitiesTo, type PointRows } from "./affinities.ts";
import { type PlaceSettings, type PlaceState, placeSteps } from "./place_points_step.ts";
import type { TsneMap } from "./tsne.ts";

/** How new points are placed. */
export interface PlaceOptions extends Hooks {
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
}

/** A longer gradient is cut, which keeps a point that starts on another from being thrown off. */
const LONGEST_GRADIENT = 0.25;
/** A dispatch stays near this many operations, within what a driver's watchdog allows. */
const FLOPS_PER_DISPATCH = 5e9;
const ATTEMPT = "Cannot place points";

/**
 * Places new points [m, d] in a map, [m, 2]. A point starts at the mean of its nearest neighbours'
 * positions, weighted by its affinities, and follows the gradient of its own divergence. Neither the
 * map nor other new points matter to where it lands beside that: the same bits alone and among others.
 */
export const applyTsne: Apply<TsneMap, Float32Array, PlaceOptions> = applyOnHost({
  attempt: ATTEMPT,
  width: ({ rows }) => rows.shape[1],
  run: place,
});

async function place(
  gpu: Gpu,
  map: TsneMap,
  points: NdArray,
  options: PlaceOptions = {},
): Promise<NdArray<Float32Array>> {
  const { progress, signal, iterations = 250 } = options;
  const settings = checkedSettings(map, options);
  const [n] = map.rows.shape;
  const perplexity = options.perplexity ?? Math.min(5, (n - 1) / 3);
  const neighbours = options.neighbours ?? Math.min(n, Math.ceil(3 * perplexity));
  const near = affinitiesTo(map.rows, points, { perplexity, neighbours });
  using scope = gpu.scope();
  const state = startOf(scope, map.embedding, near);
  const flops = points.shape[0] * 11 * (n + near.k);
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
  return ndarray(shape, Float32Array.from(data));
}

function checkedSettings({ rows, embedding }: TsneMap, options: PlaceOptions): PlaceSettings {
  const { iterations = 250, exaggeration = 1.5, learningRate = 0.1, momentum = 0.8 } = options;
  checkRows(ATTEMPT, rows, { name: "the rows of the map", least: 5, wide: true });
  checkRows(ATTEMPT, embedding, { name: "embedding", rows: rows.shape[0], width: 2 });
  whole(ATTEMPT, { iterations });
  positive(ATTEMPT, { exaggeration, learningRate });
  check(momentum >= 0 && momentum < 1, ATTEMPT, { momentum }, "0 up to below 1");
  return { exaggeration, learningRate, momentum, longest: LONGEST_GRADIENT };
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
