/** Clipping by the global norm in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** Root of the sum of squares over all arrays. */
export function globalNormRef(arrays: readonly NdArray[]): number {
  let sum = 0;
  for (const { data } of arrays) {
    for (let i = 0; i < data.length; i++) sum += data[i] ** 2;
  }
  return Math.sqrt(sum);
}

/** All arrays times min(1, maxNorm / norm), and norm and factor. */
export function clipByGlobalNormRef(
  arrays: readonly NdArray[],
  maxNorm: number,
): { clipped: NdArray[]; norm: number; factor: number } {
  const norm = globalNormRef(arrays);
  const factor = norm > maxNorm ? maxNorm / norm : 1;
  const clipped = arrays.map(({ shape, data }) => ({
    shape,
    data: Float64Array.from(data, (x) => factor * x),
  }));
  return { clipped, norm, factor };
}
