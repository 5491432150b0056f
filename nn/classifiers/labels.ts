/**
 * Classes of rows: one of two.
 *
 * @module
 */

/** The class of each row: 1 or true for the positive one, 0 or false for the other. */
export type BinaryLabels = Uint8Array | Float32Array | Float64Array | readonly (number | boolean)[];

/**
 * Labels as bytes, once it is sure that there are both.
 *
 * @param labels Classes, `[n]`
 * @param attempt What they are for, as messages say it: `rank`
 * @throws {RangeError} when a label is neither 0 nor 1, or one of the classes is missing
 */
export function binaryLabels(labels: BinaryLabels, attempt: string): Uint8Array {
  let positives = 0;
  const bytes = Uint8Array.from(labels, (label, row) => {
    const number = Number(label);
    if (number !== 0 && number !== 1) {
      throw new RangeError(
        `Cannot ${attempt}: the label of row ${row} is ${label}, expected 0 or 1`,
      );
    }
    positives += number;
    return number;
  });
  if (positives > 0 && positives < bytes.length) return bytes;
  throw new RangeError(
    `Cannot ${attempt}: expected rows of both classes, got ${positives} positive ones of ` +
      `${bytes.length}`,
  );
}
