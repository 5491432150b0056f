/**
 * Sums of rows by cluster in float64.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import type { AssignmentRef } from "./assign_ref.ts";

/** Sums [k, d] and members [k] of rows [n, d]. */
export function clusterSumsRef(
  x: NdArray,
  { place, similarity }: AssignmentRef,
  k: number,
  weighted = false,
): { sums: NdArray<Float64Array>; members: NdArray<Uint32Array<ArrayBuffer>> } {
  const [n, d] = x.shape;
  const sums = new Float64Array(k * d);
  const members = new Uint32Array(k);
  for (let row = 0; row < n; row++) {
    const cluster = place.data[row];
    if (cluster >= k) continue;
    members[cluster]++;
    const weight = weighted ? similarity.data[row] : 1;
    for (let i = 0; i < d; i++) sums[cluster * d + i] += weight * x.data[row * d + i];
  }
  return { sums: { shape: [k, d], data: sums }, members: { shape: [k], data: members } };
}
