/**
 * Mean and covariance in float64.
 *
 * @module
 */
import { matmulTransposedARef } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { Moments } from "./moments.ts";

/** Mean and covariance of rows [n, d], divided by n. */
export function momentsRef(x: NdArray): Moments {
  const [n, d] = x.shape;
  const sums = new Float64Array(d);
  x.data.forEach((value, i) => sums[i % d] += value);
  const mean = { shape: [d], data: sums.map((sum) => sum / n) };
  const centred = centreRowsRef(x, mean);
  const { data } = matmulTransposedARef(centred, centred);
  return { mean, covariance: { shape: [d, d], data: data.map((sum) => sum / n) } };
}

/** Rows minus their mean. */
export function centreRowsRef(x: NdArray, mean: NdArray): NdArray<Float64Array> {
  const d = x.shape[1];
  return {
    shape: x.shape,
    data: Float64Array.from(x.data, (value, i) => value - mean.data[i % d]),
  };
}
