/** The systems of the rows of a sparse table, solved directly in float64. */
import { matmulTransposedARef } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { WeightedRows } from "./conjugate_gradient_ref.ts";
import { gramFactorRef } from "./gram_factor_ref.ts";

/**
 * Solves (G + regularisation I + sum s y yᵀ) x = sum (1 + s) y in every row.
 *
 * @param fixed y: [n, k]
 * @returns [rows, k], zero where a row has no entries
 */
export function choleskyRef(
  { starts, indices, weights }: WeightedRows,
  fixed: NdArray,
  regularisation: number,
): NdArray<Float64Array> {
  const [k, rows] = [fixed.shape[1], starts.length - 1];
  const common = matmulTransposedARef(fixed, fixed).data;
  const solution = new Float64Array(rows * k);
  for (let row = 0; row < rows; row++) {
    if (starts[row] === starts[row + 1]) continue;
    const matrix = common.slice();
    const right = new Float64Array(k);
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const y = fixed.data.subarray(indices[e] * k, (indices[e] + 1) * k);
      for (let a = 0; a < k; a++) {
        right[a] += (1 + weights[e]) * y[a];
        for (let b = 0; b < k; b++) matrix[a * k + b] += weights[e] * y[a] * y[b];
      }
    }
    const { inverse } = gramFactorRef({ shape: [k, k], data: matrix }, regularisation);
    const half = times(inverse.data, right, k, false);
    solution.set(times(inverse.data, half, k, true), row * k);
  }
  return { shape: [rows, k], data: solution };
}

/** A square matrix, or its transpose, by a vector. */
function times(
  matrix: Float64Array,
  vector: Float64Array,
  k: number,
  transposed: boolean,
): Float64Array {
  return vector.map((_, a) => {
    let sum = 0;
    for (let b = 0; b < k; b++) sum += matrix[transposed ? b * k + a : a * k + b] * vector[b];
    return sum;
  });
}
