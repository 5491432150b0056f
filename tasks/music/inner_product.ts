import type { NdArray } from "../../gpu/tensor.ts";

/** Product of a row of `a` and one of `b`, `[rows, f]` each: how well a song suits a listener. */
export function innerProduct(a: NdArray, row: number, b: NdArray, other: number): number {
  const f = a.shape[1];
  let sum = 0;
  for (let i = 0; i < f; i++) sum += a.data[row * f + i] * b.data[other * f + i];
  return sum;
}
