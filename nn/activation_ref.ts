/** Activations in float64. Gradients take the input x. */
import type { NdArray } from "../gpu/tensor.ts";

function map(x: NdArray, f: (value: number, index: number) => number): NdArray<Float64Array> {
  return { shape: x.shape, data: Float64Array.from(x.data, f) };
}

/** max(x, 0). */
export function reluRef(x: NdArray): NdArray<Float64Array> {
  return map(x, (value) => Math.max(value, 0));
}

/** dy where x is positive. */
export function reluGradientRef(x: NdArray, dy: NdArray): NdArray<Float64Array> {
  return map(x, (value, i) => value > 0 ? dy.data[i] : 0);
}

/** x or slope x. */
export function leakyReluRef(x: NdArray, slope: number): NdArray<Float64Array> {
  return map(x, (value) => value > 0 ? value : slope * value);
}

/** dy or slope dy. */
export function leakyReluGradientRef(
  x: NdArray,
  dy: NdArray,
  slope: number,
): NdArray<Float64Array> {
  return map(x, (value, i) => value > 0 ? dy.data[i] : slope * dy.data[i]);
}

/** 1 / (1 + exp(-x)). */
export function sigmoidRef(x: NdArray): NdArray<Float64Array> {
  return map(x, (value) => 1 / (1 + Math.exp(-value)));
}

/** dy s(x) s(-x). */
export function sigmoidGradientRef(x: NdArray, dy: NdArray): NdArray<Float64Array> {
  return map(x, (value, i) => dy.data[i] / ((1 + Math.exp(-value)) * (1 + Math.exp(value))));
}

/** exp(x) / sum exp(x) over the last axis. */
export function softmaxRef(x: NdArray): NdArray<Float64Array> {
  const k = x.shape.at(-1)!;
  const y = new Float64Array(x.data.length);
  for (let first = 0; first < y.length; first += k) {
    const row = Array.from(x.data.slice(first, first + k));
    const largest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    y.set(powers.map((power) => power / sum), first);
  }
  return { shape: x.shape, data: y };
}

/** dx_i = sum_j dy_j y_j (delta_ij - y_i). */
export function softmaxGradientRef(x: NdArray, dy: NdArray): NdArray<Float64Array> {
  const k = x.shape.at(-1)!;
  const y = softmaxRef(x).data;
  return map(x, (_, i) => {
    const first = i - i % k;
    let sum = 0;
    for (let j = first; j < first + k; j++) {
      sum += dy.data[j] * y[j] * ((i === j ? 1 : 0) - y[i]);
    }
    return sum;
  });
}
