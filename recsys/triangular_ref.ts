/** Products of factors and square matrices in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** Every row by a square matrix. */
export function timesTriangleRef({ shape, data }: NdArray, square: NdArray): NdArray<Float64Array> {
  const [n, k] = shape;
  const result = new Float64Array(n * k);
  for (let row = 0; row < n; row++) {
    for (let b = 0; b < k; b++) {
      let sum = 0;
      for (let a = 0; a < k; a++) sum += data[row * k + a] * square.data[a * k + b];
      result[row * k + b] = sum;
    }
  }
  return { shape, data: result };
}

/** Rows and columns of a square matrix exchanged. */
export function transposedRef({ shape, data }: NdArray): NdArray<Float64Array> {
  const k = shape[0];
  const moved = Float64Array.from(
    { length: k * k },
    (_, i) => data[(i % k) * k + Math.floor(i / k)],
  );
  return { shape, data: moved };
}
