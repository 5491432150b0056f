/** The in-batch softmax loss and its gradient in float64. */
import { dot } from "../gpu/rows.ts";
import type { NdArray } from "../gpu/tensor.ts";

/** Shorter vectors are divided by this instead of their length. */
const SHORTEST = 1e-6;

/** Operands of {@linkcode contrastiveLossRef}. */
export interface ContrastiveLossInputs {
  /** Vectors of songs, [b, k]. */
  readonly y: NdArray;
  /** Vectors of users, [b, k]. */
  readonly target: NdArray;
  /** Rows that are examples; the rest is padding. */
  readonly count: number;
  /** Divides the cosines. */
  readonly temperature: number;
}

/** Losses [b] and gradient dy [b, k] of their mean over the first `count` rows. */
export function contrastiveLossRef(
  { y, target, count, temperature }: ContrastiveLossInputs,
): { perExample: NdArray<Float64Array>; dy: NdArray<Float64Array> } {
  const [b, k] = y.shape;
  const songs = unitRows(y, count);
  const users = unitRows(target, count);
  const perExample = new Float64Array(b);
  const dy = new Float64Array(b * k);
  const byUnit = songs.map(() => new Float64Array(k));
  users.forEach(({ unit: user }, row) => {
    const logits = songs.map(({ unit }) => dot(user, unit) / temperature);
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    perExample[row] = largest + Math.log(sum) - logits[row];
    logits.forEach((logit, song) => {
      const slope = Math.exp(logit - largest) / sum - (song === row ? 1 : 0);
      for (let i = 0; i < k; i++) byUnit[song][i] += slope * user[i] / (temperature * count);
    });
  });
  songs.forEach(({ unit, length }, song) => {
    const along = length > SHORTEST ? dot(byUnit[song], unit) : 0;
    for (let i = 0; i < k; i++) {
      dy[song * k + i] = (byUnit[song][i] - along * unit[i]) / Math.max(length, SHORTEST);
    }
  });
  return { perExample: { shape: [b], data: perExample }, dy: { shape: [b, k], data: dy } };
}

function unitRows({ data, shape }: NdArray, count: number) {
  const k = shape[1];
  return Array.from({ length: count }, (_, row) => {
    const values = Float64Array.from(data.slice(row * k, (row + 1) * k));
    const length = Math.sqrt(dot(values, values));
    return { unit: values.map((value) => value / Math.max(length, SHORTEST)), length };
  });
}
