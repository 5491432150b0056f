/**
 * Which rows train and which are held out. Nothing here draws lots: an order comes from the caller.
 *
 * @module
 */
import { check, whole } from "../../gpu/check.ts";

/** Row numbers of the two parts of a data set. */
export interface Split {
  /** Rows to learn from, ascending. */
  readonly train: Uint32Array;
  /** Rows held out and watched while training, ascending. */
  readonly validation: Uint32Array;
  /** Rows held out and scored at the end, ascending; absent where those of validation are. */
  readonly test?: Uint32Array;
}

/** The rows that a split's predictions are scored on. */
export function scoredRows({ validation, test }: Split): Uint32Array {
  return test ?? validation;
}

/**
 * Rows in order: first those to learn from, then those to watch, then those to score.
 *
 * @throws {RangeError} for counts that are no whole numbers
 *
 * @example
 * ```ts
 * import { consecutiveSplit } from "./split.ts";
 *
 * if (consecutiveSplit(4, 2, 3).test.join() !== "6,7,8") throw new Error("wrong");
 * ```
 */
export function consecutiveSplit(
  train: number,
  validation: number,
  test: number,
): Required<Split> {
  whole("Cannot split rows", { train, validation, test });
  const end = train + validation;
  return { train: range(0, train), validation: range(train, end), test: range(end, end + test) };
}

/** The whole numbers from `start` up to, not including, `end`. */
function range(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, i) => start + i);
}

/**
 * Deals rows to folds like cards: the row at place `i` of `order` goes to fold `i mod folds`, so
 * that the sizes of two folds differ by at most one.
 *
 * @param n Number of rows
 * @param folds Number of folds, 2 to `n`
 * @param order A permutation of 0 to n - 1, drawn by the caller
 * @returns The fold of each row, `[n]`
 * @throws {RangeError} when `folds` is out of range or `order` is not a permutation
 *
 * @example
 * ```ts
 * import { foldAssignment } from "./split.ts";
 *
 * const fold = foldAssignment(4, 2, Uint32Array.of(3, 1, 0, 2));
 * if (fold.join() !== "0,1,1,0") throw new Error("wrong");
 * ```
 */
export function foldAssignment(n: number, folds: number, order: Uint32Array): Uint32Array {
  whole("Cannot make folds", { folds }, 2, n);
  const dealt = { "length of the order": order.length };
  check(order.length === n, "Cannot make folds", dealt, `${n}, as of rows`);
  const fold = new Uint32Array(n).fill(folds);
  order.forEach((row, i) => {
    const good = row < n && fold[row] === folds;
    check(good, "Cannot make folds", { [`row ${i} of the order`]: row }, "each row once");
    fold[row] = i % folds;
  });
  return fold;
}

/**
 * The rows inside and outside one fold.
 *
 * @param assignment The fold of each row, from {@linkcode foldAssignment}
 * @param fold The fold that is held out
 */
export function foldSplit(assignment: Uint32Array, fold: number): Split {
  const rows = range(0, assignment.length);
  return {
    train: rows.filter((row) => assignment[row] !== fold),
    validation: rows.filter((row) => assignment[row] === fold),
  };
}
