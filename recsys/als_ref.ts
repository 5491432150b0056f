/** Sweeps of alternating least squares in float64. */
import { matmulRef, matmulTransposedARef, matmulTransposedBRef } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { choleskyRef } from "./cholesky_ref.ts";
import { conjugateGradientRef, type WeightedRows } from "./conjugate_gradient_ref.ts";
import { gramFactorRef } from "./gram_factor_ref.ts";

/** How a side is solved. */
export interface HalfSweepRefOptions {
  /** Weight of the squared lengths. */
  readonly regularisation: number;
  /** Steps of conjugate gradients; exactly by Cholesky where absent. */
  readonly steps?: number;
}

/**
 * The factors of the rows while those of the columns stay.
 *
 * @param fixed factors of the columns: [n, k]
 * @param start factors of the rows before: [rows, k]
 */
export function halfSweepRef(
  rows: WeightedRows,
  fixed: NdArray,
  start: NdArray,
  { regularisation, steps }: HalfSweepRefOptions,
): NdArray<Float64Array> {
  if (steps === undefined) return choleskyRef(rows, fixed, regularisation);
  const { lower, inverse } = gramFactorRef(matmulTransposedARef(fixed, fixed), regularisation);
  const whitened = matmulTransposedBRef(fixed, inverse);
  const solution = conjugateGradientRef(rows, whitened, matmulRef(start, lower), steps);
  return matmulRef(solution, inverse);
}
