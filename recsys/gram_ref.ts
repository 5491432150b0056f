/** Gram matrices in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** aᵀ a of [n, k]: [k, k]. */
export function gramRef({ shape: [n, k], data }: NdArray): NdArray<Float64Array> {
  const sums = new Float64Array(k * k);
  for (let row = 0; row < n; row++) {
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) sums[a * k + b] += data[row * k + a] * data[row * k + b];
    }
  }
  return { shape: [k, k], data: sums };
}
