/**
 * Bringing features to one scale, by figures of the rows that are learnt from.
 *
 * @module
 */
import { type NdArray, ndarray } from "../../gpu/tensor.ts";

/** (v - offset) factor, column by column. */
export interface Scaling {
  /** `[columns]` */
  readonly offset: Float64Array;
  /** `[columns]`; 0 for columns that do not vary. */
  readonly factor: Float64Array;
}

/** Added to deviations before they divide, as in the 2013 system. */
const LEAST_DEVIATION = 1e-4;

/** Least to 0 and largest to 1; other rows may leave that range. */
export function rangeScaling({ shape: [, columns], data }: NdArray, rows: Uint32Array): Scaling {
  const least = new Float64Array(columns).fill(Infinity);
  const largest = new Float64Array(columns).fill(-Infinity);
  for (const row of rows) {
    for (let c = 0, i = row * columns; c < columns; c++, i++) {
      if (data[i] < least[c]) least[c] = data[i];
      if (data[i] > largest[c]) largest[c] = data[i];
    }
  }
  const factor = largest.map((most, c) => most > least[c] ? 1 / (most - least[c]) : 0);
  return { offset: least, factor };
}

/** Mean to 0 and deviation to 1. */
export function standardScaling({ shape: [, columns], data }: NdArray, rows: Uint32Array): Scaling {
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (const row of rows) {
    for (let c = 0; c < columns; c++) mean[c] += data[row * columns + c] / rows.length;
  }
  for (const row of rows) {
    for (let c = 0; c < columns; c++) squares[c] += (data[row * columns + c] - mean[c]) ** 2;
  }
  return {
    offset: mean,
    factor: squares.map((sum) => 1 / (Math.sqrt(sum / rows.length) + LEAST_DEVIATION)),
  };
}

/** Some rows of a table, scaled. */
export function scaledRows(
  { shape: [, columns], data }: NdArray,
  rows: Uint32Array,
  { offset, factor }: Scaling,
): NdArray<Float32Array> {
  const scaled = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => {
    for (let c = 0; c < columns; c++) {
      scaled[r * columns + c] = (data[row * columns + c] - offset[c]) * factor[c];
    }
  });
  return ndarray([rows.length, columns], scaled);
}

/** All row numbers of a table. */
export function allRows({ shape: [length] }: NdArray): Uint32Array {
  return Uint32Array.from({ length }, (_, row) => row);
}
