/**
 * How far a figure would move with other rows: the stratified percentile bootstrap.
 *
 * @module
 */
import { check, finite, whole } from "../../gpu/check.ts";
import { bits, fold, type Key } from "../../gpu/random.ts";
import { type BinaryLabels, binaryLabels } from "../classifiers/labels.ts";

/** A figure and how sure it is. */
export interface Interval {
  /** The figure of all rows, each once. */
  readonly estimate: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
  /** Standard deviation of the figure over the resamples. */
  readonly standardError: number;
}

/** Options of {@linkcode bootstrapInterval}. */
export interface BootstrapOptions {
  /** Which resamples; the same key gives the same interval. */
  readonly key: Key;
  /** Number of resamples, at least 2. Default 1,000. */
  readonly resamples?: number;
  /** Part of the resamples inside the interval, between 0 and 1. Default 0.95. */
  readonly level?: number;
  /**
   * The fold of each row, `[n]`, for figures of rows within folds: each keeps its number of rows of
   * each class, or a resample might have no pair to compare. Default: all rows in one.
   */
  readonly folds?: ArrayLike<number>;
}

/**
 * An interval by the percentile bootstrap: draws rows with replacement, as many of each class as
 * there are, so that a rare class never goes missing, and takes percentiles of the figure as
 * `numpy.percentile` does. Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13.
 *
 * Rows are taken as independent. Neighbouring clips of one recording are not, and the true interval
 * is wider.
 *
 * @param labels Classes, `[n]`
 * @param statistic The figure under weights `[n]`: how often each row was drawn. The array is used
 * again for the next resample. A difference of two models' figures makes a paired test
 * @throws {RangeError} for labels of one class, too few resamples, a level out of range, or a figure
 * that is not finite
 *
 * @example
 * ```ts
 * import { key } from "../../gpu/random.ts";
 * import { bootstrapInterval } from "./bootstrap.ts";
 * import { Ranking } from "./classification.ts";
 *
 * const labels = [0, 0, 0, 1, 1, 1];
 * const ranking = new Ranking(labels, [1, 2, 4, 3, 5, 6]);
 * const auc = bootstrapInterval(labels, (weights) => ranking.auc(weights), { key: key(1) });
 * if (!(auc.low <= auc.estimate && auc.estimate <= auc.high)) throw new Error("not an interval");
 * ```
 */
export function bootstrapInterval(
  labels: BinaryLabels,
  statistic: (weights: Float64Array) => number,
  options: BootstrapOptions,
): Interval {
  const { key, resamples = 1000, level = 0.95, folds } = options;
  whole("Cannot bootstrap", { resamples }, 2);
  check(level > 0 && level < 1, "Cannot bootstrap", { level }, "a number between 0 and 1");
  const placed = { "the number of rows in folds": folds?.length };
  check(
    (folds?.length ?? labels.length) === labels.length,
    "Cannot bootstrap",
    placed,
    `${labels.length}`,
  );
  const classes = rowsOfClasses(binaryLabels("Cannot bootstrap", labels), folds);
  const weights = new Float64Array(labels.length);
  const figures = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    weights.fill(0);
    classes.forEach((rows, c) => drawRows(weights, rows, fold(fold(key, c), r)));
    figures[r] = statistic(weights);
    finite("Cannot bootstrap", { [`the figure of resample ${r}`]: figures[r] });
  }
  figures.sort();
  return {
    estimate: statistic(weights.fill(1)),
    low: percentile(figures, (1 - level) / 2),
    high: percentile(figures, (1 + level) / 2),
    standardError: standardDeviation(figures),
  };
}

/** The rows of each class, of one fold after the other. */
function rowsOfClasses(labels: Uint8Array, folds: ArrayLike<number> = labels.map(() => 0)) {
  const rows = Uint32Array.from(labels, (_, row) => row);
  return [...new Set(Array.from(folds))].sort((a, b) => a - b).flatMap((fold) =>
    [0, 1].map((label) => rows.filter((row) => labels[row] === label && folds[row] === fold))
  );
}

function drawRows(weights: Float64Array, rows: Uint32Array, stream: Key): void {
  for (let i = 0; i < rows.length; i++) {
    // Multiply and shift; the bias of at most n / 2^32 is far below what is measured.
    weights[rows[Math.floor(bits(stream, i) * rows.length * 2 ** -32)]]++;
  }
}

/** Of sorted numbers, with straight lines between them. */
function percentile(sorted: Float64Array, part: number): number {
  const place = part * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
