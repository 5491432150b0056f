/** Losses and their gradients in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** The losses by name. */
export type LossName =
  | "mse"
  | "weightedMse"
  | "binaryCrossEntropy"
  | "categoricalCrossEntropy";

/** Loss of a row. */
function rowLoss(name: LossName, y: number[], t: number[], w: number[]): number {
  const mean = (term: (i: number) => number) =>
    y.reduce((sum, _, i) => sum + term(i), 0) / y.length;
  switch (name) {
    case "mse":
      return mean((i) => (y[i] - t[i]) ** 2);
    case "weightedMse":
      return mean((i) => w[i] * (y[i] - t[i]) ** 2);
    case "binaryCrossEntropy":
      return mean((i) => Math.max(y[i], 0) - y[i] * t[i] + Math.log1p(Math.exp(-Math.abs(y[i]))));
    case "categoricalCrossEntropy":
      return y.reduce((sum, logit, i) => sum + t[i] * (logSumExp(y) - logit), 0);
  }
}

/** Gradient of the loss of a row. */
function rowGradient(name: LossName, y: number[], t: number[], w: number[]): number[] {
  const k = y.length;
  switch (name) {
    case "mse":
      return y.map((value, i) => 2 * (value - t[i]) / k);
    case "weightedMse":
      return y.map((value, i) => 2 * w[i] * (value - t[i]) / k);
    case "binaryCrossEntropy":
      return y.map((logit, i) => (1 / (1 + Math.exp(-logit)) - t[i]) / k);
    case "categoricalCrossEntropy": {
      const mass = t.reduce((a, b) => a + b, 0);
      return y.map((logit, i) => mass * Math.exp(logit - logSumExp(y)) - t[i]);
    }
  }
}

function logSumExp(values: number[]): number {
  const largest = Math.max(...values);
  const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
  return largest + Math.log(sum);
}

/**
 * Losses [b] and gradient dy [b, k] of their mean over the first `count` rows.
 *
 * @param weights [b, k]; 1 where absent
 */
export function lossRef(
  name: LossName,
  y: NdArray,
  target: NdArray,
  count: number,
  weights?: NdArray,
): { perExample: NdArray<Float64Array>; dy: NdArray<Float64Array> } {
  const [b, k] = y.shape;
  const perExample = new Float64Array(b);
  const dy = new Float64Array(b * k);
  for (let row = 0; row < Math.min(b, count); row++) {
    const rowOf = ({ data }: NdArray) => Array.from(data.slice(row * k, (row + 1) * k));
    const w = weights ? rowOf(weights) : Array(k).fill(1);
    perExample[row] = rowLoss(name, rowOf(y), rowOf(target), w);
    dy.set(rowGradient(name, rowOf(y), rowOf(target), w).map((slope) => slope / count), row * k);
  }
  return { perExample: { shape: [b], data: perExample }, dy: { shape: [b, k], data: dy } };
}
