/** Conjugate gradients for the systems of the rows of a sparse table, in float64. */
import { dot } from "../gpu/rows.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { SparseRows } from "./interactions.ts";

/** Rows of a sparse table with the surplus weight of each entry in place of its plays. */
export interface WeightedRows extends Pick<SparseRows, "starts" | "indices"> {
  /** Surplus weights: `[entries]`. */
  readonly weights: ArrayLike<number>;
}

/**
 * Steps for (I + sum s y yᵀ) z = sum (1 + s) y in every row.
 *
 * @param fixed y: [n, k]
 * @param start where the search starts: [rows, k]
 * @param steps steps, fewer where a squared residual falls below 1e-20
 * @returns [rows, k]
 */
export function conjugateGradientRef(
  rows: WeightedRows,
  fixed: NdArray,
  start: NdArray,
  steps: number,
): NdArray<Float64Array> {
  const k = fixed.shape[1];
  const solution = Float64Array.from(start.data);
  for (let row = 0; row < rows.starts.length - 1; row++) {
    const z = solution.subarray(row * k, (row + 1) * k);
    solveRow(rows, row, fixed, z, steps);
  }
  return { shape: start.shape, data: solution };
}

function solveRow(
  { starts, indices, weights }: WeightedRows,
  row: number,
  fixed: NdArray,
  z: Float64Array,
  steps: number,
): void {
  const k = z.length;
  if (starts[row] === starts[row + 1]) z.fill(0);
  const apply = (vector: Float64Array, weigh: (s: number, product: number) => number) => {
    const sum = new Float64Array(k);
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const y = fixed.data.subarray(indices[e] * k, (indices[e] + 1) * k);
      const weight = weigh(weights[e], dot(y, vector));
      for (let a = 0; a < k; a++) sum[a] += weight * y[a];
    }
    return sum;
  };
  const r = apply(z, (s, product) => 1 + s - s * product).map((value, a) => value - z[a]);
  const p = r.slice();
  let square = dot(r, r);
  for (let step = 0; step < steps && square > 1e-20; step++) {
    const q = apply(p, (s, product) => s * product).map((value, a) => value + p[a]);
    const alpha = square / dot(p, q);
    for (let a = 0; a < k; a++) {
      z[a] += alpha * p[a];
      r[a] -= alpha * q[a];
    }
    const next = dot(r, r);
    for (let a = 0; a < k; a++) p[a] = r[a] + next / square * p[a];
    square = next;
  }
}
