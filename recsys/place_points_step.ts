/**
 * Iterations of new points in a fixed map on the device: what `applyTsne` runs.
 *
 * @module
 */
import text from "./place_points.wgsl" with { type: "text" };
import { type Context, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** Settings of an iteration. */
export interface PlaceSettings {
  /** Factor of the affinities. */
  readonly exaggeration: number;
  /** Share of the velocity that is kept. */
  readonly momentum: number;
  /** Factor of the gradient. */
  readonly learningRate: number;
  /** A longer gradient is cut to this length. */
  readonly longest: number;
}

/** New points, and what they see of the map. */
export interface PlaceState {
  /** Positions of the map [n, 2]. */
  readonly map: Tensor;
  /** u32 [m, k]: points of the map. */
  readonly neighbours: Tensor;
  /** [m, k]: affinities to them. */
  readonly affinities: Tensor;
  /** [m, 2]. */
  readonly positions: Tensor;
  /** [m, 2]. */
  readonly velocities: Tensor;
  /** [m, 2]. */
  readonly gains: Tensor;
}

const place = kernel({
  name: "placePoints",
  source: [GRID, { file: "recsys/place_points.wgsl", text }],
  entry: "place_points",
  inputs: { map: "n 2", neighbours: "u32: m k", affinities: "m k" },
  outputs: { positions: "m 2", velocities: "m 2", gains: "m 2" },
  threads: ({ m }) => WORKGROUP_SIZE * m,
  flops: ({ m, n, k, iterations }) => m * iterations * (11 * n + 11 * k),
});

/** Moves all points through some iterations. */
export function placeSteps(
  context: Context,
  { map, neighbours, affinities, positions, velocities, gains }: PlaceState,
  iterations: number,
  settings: PlaceSettings,
): void {
  place(context, { map, neighbours, affinities }, {
    dims: { iterations, ...settings },
    into: { positions, velocities, gains },
  });
}
