/**
 * Assignment in float64.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";

/** The best direction of each row, the lowest on ties, and the dot product. */
export interface AssignmentRef {
  /** [n] */
  readonly place: NdArray<Uint32Array<ArrayBuffer>>;
  /** [n] */
  readonly similarity: NdArray<Float64Array>;
}

/** Rows [n, d], directions [k, d]. */
export function assignRef(x: NdArray, directions: NdArray): AssignmentRef {
  const [n, d] = x.shape;
  const k = directions.shape[0];
  const place = new Uint32Array(n);
  const similarity = new Float64Array(n).fill(-Infinity);
  for (let row = 0; row < n; row++) {
    for (let direction = 0; direction < k; direction++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += x.data[row * d + i] * directions.data[direction * d + i];
      if (sum > similarity[row]) [similarity[row], place[row]] = [sum, direction];
    }
  }
  return { place: { shape: [n], data: place }, similarity: { shape: [n], data: similarity } };
}
