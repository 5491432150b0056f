/**
 * Checks shared by the fits of trees, and the options that they have in common.
 *
 * @module
 */
import type { FeatureRows } from "./features.ts";
import { type BinaryLabels, binaryLabels } from "./labels.ts";

/** Options of a fit that takes a while. */
export interface TreeFitOptions {
  /** Ends the fit and its workers; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each tree with the number of trees done and wanted. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Labels as bytes, when table and labels fit each other.
 *
 * @param attempt What they are for, as messages say it: `fit a random forest`
 * @throws {RangeError} otherwise
 */
export function checkedLabels(attempt: string, x: FeatureRows, labels: BinaryLabels): Uint8Array {
  const { values, rows, columns } = x;
  if (columns < 1 || values.length !== rows * columns) {
    throw new RangeError(
      `Cannot ${attempt}: ${values.length} values came, ${rows} rows of ${columns} columns were ` +
        `expected`,
    );
  }
  if (labels.length !== rows) {
    throw new RangeError(`Cannot ${attempt}: ${labels.length} labels came for ${rows} rows`);
  }
  return binaryLabels(labels, attempt);
}

/** What an option may be. */
export interface Allowed {
  /** Smallest value. */
  readonly from: number;
  /** Largest value, itself allowed. */
  readonly to?: number;
  /** Whether `from` itself is not allowed. */
  readonly above?: boolean;
  /** Whether fractions are allowed. */
  readonly fraction?: boolean;
}

/**
 * Checks a number of the options.
 *
 * @throws {RangeError} saying which number was expected
 */
export function checkOption(attempt: string, name: string, value: number, allowed: Allowed): void {
  const { from, to = Infinity, above = false, fraction = false } = allowed;
  const whole = fraction || Number.isInteger(value) || value === to;
  if (whole && (above ? value > from : value >= from) && value <= to) return;
  const range = `${above ? "above" : "from"} ${from}${to === Infinity ? "" : ` to ${to}`}`;
  throw new RangeError(
    `Cannot ${attempt}: ${name} is ${value}, expected a ${fraction ? "" : "whole "}number ${range}`,
  );
}
