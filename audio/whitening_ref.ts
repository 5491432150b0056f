/**
 * Whitening in float64.
 *
 * @module
 */
import { matmulRef } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { centreRowsRef } from "./moments_ref.ts";
import type { Whitening } from "./whitening.ts";

/** (x - mean) matrix. */
export function whitenRef(
  x: NdArray,
  { mean, matrix }: Pick<Whitening, "mean" | "matrix">,
): NdArray<Float64Array> {
  return matmulRef(centreRowsRef(x, mean), matrix);
}
