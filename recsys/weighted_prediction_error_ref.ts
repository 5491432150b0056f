/** The weighted prediction error and its gradient in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** Operands of {@linkcode weightedPredictionErrorRef}. */
export interface WeightedPredictionErrorInputs {
  /** Predicted factors, [b, k]. */
  readonly y: NdArray;
  /** [b, k]. */
  readonly target: NdArray;
  /** A symmetric matrix row by row, then a constant: [b, k² + 1]. */
  readonly weights: NdArray;
  /** Rows that are examples; the rest is padding. */
  readonly count: number;
  /** Divides loss and gradient. Default 1. */
  readonly scale?: number;
}

/** Losses [b] and gradient dy [b, k] of their mean over the first `count` rows. */
export function weightedPredictionErrorRef(
  { y, target, weights, count, scale = 1 }: WeightedPredictionErrorInputs,
): { perExample: NdArray<Float64Array>; dy: NdArray<Float64Array> } {
  const [b, k] = y.shape;
  const perExample = new Float64Array(b);
  const dy = new Float64Array(b * k);
  for (let row = 0; row < Math.min(b, count); row++) {
    const matrix = row * (k * k + 1);
    let loss = weights.data[matrix + k * k];
    for (let i = row * k; i < (row + 1) * k; i++) {
      let product = 0;
      for (let j = 0; j < k; j++) {
        product += weights.data[matrix + (i - row * k) * k + j] * y.data[row * k + j];
      }
      loss += y.data[i] * (product - 2 * target.data[i]);
      dy[i] = 2 * (product - target.data[i]) / (scale * count);
    }
    perExample[row] = loss / scale;
  }
  return { perExample: { shape: [b], data: perExample }, dy: { shape: [b, k], data: dy } };
}
