/** Cholesky factor of a Gram matrix and its inverse, in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** L and L^-1 with L Lᵀ = gram + regularisation I. */
export function gramFactorRef(
  { shape, data }: NdArray,
  regularisation: number,
): { lower: NdArray<Float64Array>; inverse: NdArray<Float64Array> } {
  const k = shape[0];
  const lower = new Float64Array(k * k);
  const inverse = new Float64Array(k * k);
  for (let row = 0; row < k; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = data[row * k + column] + (row === column ? regularisation : 0);
      for (let t = 0; t < column; t++) rest -= lower[row * k + t] * lower[column * k + t];
      lower[row * k + column] = row === column
        ? Math.sqrt(rest)
        : rest / lower[column * k + column];
    }
  }
  for (let column = 0; column < k; column++) {
    for (let row = column; row < k; row++) {
      let rest = row === column ? 1 : 0;
      for (let t = column; t < row; t++) rest -= lower[row * k + t] * inverse[t * k + column];
      inverse[row * k + column] = rest / lower[row * k + row];
    }
  }
  return { lower: { shape, data: lower }, inverse: { shape, data: inverse } };
}
