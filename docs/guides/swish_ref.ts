/** Swish in float64, as anyone can check it against the formula. */
import type { NdArray } from "../../mod.ts";

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** x times the logistic function of x. */
export function swishRef({ shape, data }: NdArray): NdArray<Float64Array> {
  return { shape, data: Float64Array.from(data, (x) => x * logistic(x)) };
}

/** dy (s + x s (1 - s)), with s the logistic function of x. */
export function swishGradientRef({ shape, data }: NdArray, dy: NdArray): NdArray<Float64Array> {
  const gradient = (x: number) => logistic(x) * (1 + x * (1 - logistic(x)));
  return { shape, data: Float64Array.from(data, (x, i) => dy.data[i] * gradient(x)) };
}
