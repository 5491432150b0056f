/**
 * A table that scikit-learn's values in these tests were computed on, and what tests make of scores.
 *
 *     def table(n, first):
 *         x = np.array([[math.floor(1e4 * math.sin(1.7*i*i + 2.3*i*j + j) + 0.5) for j in range(8)]
 *                       for i in range(first, first + n)], np.float32)
 *         s = [r[0] + r[1]*r[2]/1e4 + 0.5*r[3] + 4e3*math.sin(7.1*i)
 *              for i, r in zip(range(first, first + n), x.astype(float))]
 *         return x, np.array([v > 0 for v in s], int)
 *
 * @module
 */
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";

/** Rows and their classes. */
export interface LabelledRows {
  readonly x: NdArray<Float32Array>;
  readonly labels: number[];
}

const COLUMNS = 8;

/** Rows `first` to `first + rows - 1` of an endless table of whole numbers. */
export function table(rows: number, first: number): LabelledRows {
  const values = new Float32Array(rows * COLUMNS);
  const labels = Array.from({ length: rows }, (_, k) => {
    const i = first + k;
    const row = values.subarray(k * COLUMNS, (k + 1) * COLUMNS);
    for (let j = 0; j < COLUMNS; j++) {
      row[j] = Math.floor(1e4 * Math.sin(1.7 * i * i + 2.3 * i * j + j) + 0.5);
    }
    const score = row[0] + row[1] * row[2] / 1e4 + 0.5 * row[3] + 4e3 * Math.sin(7.1 * i);
    return score > 0 ? 1 : 0;
  });
  return { x: ndarray([rows, COLUMNS], values), labels };
}

/** Share of pairs of both classes that the scores put in the right order; ties count half. */
export function areaUnderCurve(scores: Float64Array, labels: readonly number[]): number {
  const side = (label: number) => scores.filter((_, i) => labels[i] === label);
  const [negative, positive] = [side(0), side(1)];
  let right = 0;
  for (const high of positive) {
    for (const low of negative) right += high > low ? 1 : high === low ? 0.5 : 0;
  }
  return right / (negative.length * positive.length);
}

/** A number that changes with each score and with their order. */
export function weightedSum(scores: Float64Array): number {
  return scores.reduce((sum, score, i) => sum + i * score, 0);
}
