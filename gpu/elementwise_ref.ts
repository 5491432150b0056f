/** Element by element in float64. */
import type { NdArray } from "./tensor.ts";

/** a + b. */
export function addRef(a: NdArray, b: NdArray): NdArray {
  return { shape: a.shape, data: Float64Array.from(a.data, (x, i) => x + b.data[i]) };
}

/** a b. */
export function multiplyRef(a: NdArray, b: NdArray): NdArray {
  return { shape: a.shape, data: Float64Array.from(a.data, (x, i) => x * b.data[i]) };
}

/** factor a. */
export function scaleRef(a: NdArray, factor: number): NdArray {
  return { shape: a.shape, data: Float64Array.from(a.data, (x) => factor * x) };
}
