/** Rows by index in float64, and the gradient. */
import type { NdArray } from "./tensor.ts";

/** Rows of x [n, d] by index [m]: [m, d]; zeros for an index outside. */
export function gatherRef(x: NdArray, index: NdArray): NdArray<Float64Array> {
  const [n, d] = x.shape;
  const m = index.data.length;
  const data = new Float64Array(m * d);
  index.data.forEach((row, i) => {
    if (row < n) { for (let j = 0; j < d; j++) data[i * d + j] = x.data[row * d + j]; }
  });
  return { shape: [m, d], data };
}

/** dx of `gatherRef`: dy [m, d] added to the rows that index [m] names: [rows, d]. */
export function scatterAddRef(dy: NdArray, index: NdArray, rows: number): NdArray<Float64Array> {
  const d = dy.shape[1];
  const data = new Float64Array(rows * d);
  index.data.forEach((row, i) => {
    if (row < rows) { for (let j = 0; j < d; j++) data[row * d + j] += dy.data[i * d + j]; }
  });
  return { shape: [rows, d], data };
}
