/**
 * How well a map keeps the neighbours of the table that it was made from.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";
import { checkRows } from "../gpu/fitting.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { squaredDistancesFrom } from "./host_neighbours.ts";

/**
 * Trustworthiness: 1 where the k nearest points of each point in the map are among its k nearest in the
 * table, less for each that is not, by how far down it ranks there. Source: Venna and Kaski 2001,
 * "Neighborhood preservation in nonlinear projection methods: an experimental study", equation 1. By
 * Euclidean distance, of equal distances the lower row first. Takes n² d operations on the host.
 *
 * @param x table [n, d]
 * @param embedding map [n, e], such as the positions of `fitTsne`
 * @param k neighbours, from 1 to below n / 2
 * @returns 0 to 1
 * @throws {RangeError} when the shapes or k do not fit, or numbers are not finite
 *
 * @example
 * ```ts
 * import { ndarray } from "../gpu/tensor.ts";
 * import { trustworthiness } from "./trustworthiness.ts";
 *
 * const x = ndarray([5, 1], Float32Array.of(1, 2, 4, 8, 16));
 * if (trustworthiness(x, x, 2) !== 1) throw new Error("a table is its own best map");
 * ```
 */
export function trustworthiness(x: NdArray, embedding: NdArray, k: number): number {
  const attempt = "Cannot measure trustworthiness";
  const n = x.shape[0];
  checkRows(attempt, x, { least: 3, wide: true });
  checkRows(attempt, embedding, { rows: n, wide: true, name: "the embedding" });
  whole(attempt, { k }, 1, Math.ceil(n / 2) - 1);
  const distances = new Float64Array(n);
  const ranks = new Uint32Array(n);
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    squaredDistancesFrom(x, i, distances);
    order(distances, i).forEach((j, place) => ranks[j] = place + 1);
    squaredDistancesFrom(embedding, i, distances);
    for (const j of order(distances, i).subarray(0, k)) penalty += Math.max(0, ranks[j] - k);
  }
  return 1 - 2 * penalty / (n * k * (2 * n - 3 * k - 1));
}

/** All points but i, nearest first. */
function order(distances: Float64Array, i: number): Uint32Array {
  const others = new Uint32Array(distances.length - 1);
  for (let at = 0; at < others.length; at++) others[at] = at < i ? at : at + 1;
  return others.sort((a, b) => distances[a] - distances[b] || a - b);
}
