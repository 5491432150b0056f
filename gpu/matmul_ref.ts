/** Matrix products in float64. */
import type { NdArray } from "./tensor.ts";

/** What `matmulRef` may add. */
export interface MatmulRefOptions {
  /** Added to every row. */
  readonly bias?: NdArray;
  /** Whether negative values become 0. */
  readonly relu?: boolean;
}

/** a b, with bias and ReLU: [m, k], [k, n] to [m, n]. */
export function matmulRef(
  a: NdArray,
  b: NdArray,
  { bias, relu = false }: MatmulRefOptions = {},
): NdArray<Float64Array> {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const data = new Float64Array(m * n);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = bias ? bias.data[column] : 0;
      for (let i = 0; i < k; i++) sum += a.data[row * k + i] * b.data[i * n + column];
      data[row * n + column] = relu ? Math.max(sum, 0) : sum;
    }
  }
  return { shape: [m, n], data };
}

/** The gradients of a b: da = dy bᵀ, db = aᵀ dy. */
export function matmulGradRef(
  a: NdArray,
  b: NdArray,
  dy: NdArray,
): { da: NdArray<Float64Array>; db: NdArray<Float64Array> } {
  return { da: matmulTransposedBRef(dy, b), db: matmulTransposedARef(a, dy) };
}

/** aᵀ b: [k, m], [k, n] to [m, n]. */
export function matmulTransposedARef(
  a: NdArray,
  b: NdArray,
  options: MatmulRefOptions = {},
): NdArray<Float64Array> {
  return matmulRef(transposed(a), b, options);
}

/** a bᵀ: [m, k], [n, k] to [m, n]. */
export function matmulTransposedBRef(
  a: NdArray,
  b: NdArray,
  options: MatmulRefOptions = {},
): NdArray<Float64Array> {
  return matmulRef(a, transposed(b), options);
}

function transposed({ shape: [rows, columns], data }: NdArray): NdArray<Float64Array> {
  const turned = new Float64Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column];
    }
  }
  return { shape: [columns, rows], data: turned };
}
