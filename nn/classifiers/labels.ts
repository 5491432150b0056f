/**
 * Classes of rows: one of two.
 *
 * @module
 */

import { check } from "../../gpu/check.ts";
import type { NdArray } from "../../gpu/tensor.ts";

/** The class of each row: 1 or true for the positive one, 0 or false for the other. */
export type BinaryLabels = Uint8Array | Float32Array | Float64Array | readonly (number | boolean)[];

/**
 * Labels as bytes, once it is sure that there are both.
 *
 * @param attempt what they are for: `Cannot rank`
 * @param labels classes, `[n]`
 * @throws {RangeError} when a label is neither 0 nor 1, or one of the classes is missing
 */
export function binaryLabels(attempt: string, labels: BinaryLabels): Uint8Array {
  let positives = 0;
  const bytes = Uint8Array.from(labels, (label, row) => {
    const number = Number(label);
    check(number === 0 || number === 1, attempt, { [`the label of row ${row}`]: label }, "0 or 1");
    positives += number;
    return number;
  });
  const both = positives > 0 && positives < bytes.length;
  check(
    both,
    attempt,
    { "the number of positive labels": positives },
    `both classes among ${bytes.length}`,
  );
  return bytes;
}

/**
 * Labels as bytes, when there is one for each row.
 *
 * @throws {RangeError} otherwise, or as `binaryLabels`
 */
export function checkedLabels(
  attempt: string,
  { shape: [rows] }: NdArray,
  labels: BinaryLabels,
): Uint8Array {
  const count = { "the number of labels": labels.length };
  check(labels.length === rows, attempt, count, `${rows}, one a row`);
  return binaryLabels(attempt, labels);
}
