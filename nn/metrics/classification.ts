/**
 * How well scores tell two classes apart: ROC and precision-recall curves and the areas under them.
 *
 * Everything is counted at the distinct scores, from the highest down, so that equal scores are one
 * step and count half for the area; no figure depends on the order of the rows. Rows may carry
 * weights: a bootstrap hands in how often it drew each.
 *
 * @module
 */
import { check, positive } from "../../gpu/check.ts";
import { type BinaryLabels, binaryLabels } from "../classifiers/labels.ts";

const RANK = "Cannot rank";
const SCORE = "Cannot score";

/** One number per row. */
export type Scores = Float32Array | Float64Array | readonly number[];

/** Points of a ROC curve, from nothing called positive to everything. */
export interface RocCurve {
  /** Share of the negatives called positive, ascending from 0 to 1. */
  readonly falsePositiveRate: Float64Array;
  /** Share of the positives called positive (recall), ascending from 0 to 1. */
  readonly truePositiveRate: Float64Array;
  /** Rows with this score or a higher one are called positive; the first is infinite. */
  readonly thresholds: Float64Array;
}

/** Points of a precision-recall curve, from the highest threshold down. */
export interface PrecisionRecallCurve {
  /** Share of the rows called positive that are; 1 at the first point, where none is called so. */
  readonly precision: Float64Array;
  /** Share of the positives called positive, ascending from 0 to 1. */
  readonly recall: Float64Array;
  /** Rows with this score or a higher one are called positive; the first is infinite. */
  readonly thresholds: Float64Array;
}

/** Pairs of a positive and a negative row, counted by weight. */
export interface Pairs {
  /** Those whose positive scores higher, and half of those that tie. */
  readonly inOrder: number;
  /** All of them. */
  readonly all: number;
}

/** Weight of the positives and negatives down to each distinct score, after a leading zero. */
interface Counts {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Rows sorted by their scores once, to be scored under many weights.
 *
 * @example
 * ```ts
 * import { Ranking } from "./classification.ts";
 *
 * const ranking = new Ranking([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
 * if (ranking.auc() !== 0.75) throw new Error("three of four pairs are in order");
 * ```
 */
export class Ranking {
  /** Number of rows. */
  readonly length: number;
  /** Rows from the highest score down. */
  readonly #order: Uint32Array;
  /** The group of equal scores that each place of the order belongs to, from 1. */
  readonly #group: Uint32Array;
  /** The score of each group, after a leading infinity. */
  readonly #thresholds: Float64Array;
  /** 1 for positives, by row. */
  readonly #positive: Uint8Array;

  /**
   * Sorts the rows.
   *
   * @param labels Classes, `[n]`, both of them present
   * @param scores Scores, `[n]`, higher for the positive class; infinities are in order, NaN is not
   * @throws {RangeError} when the lengths differ, a label is neither 0 nor 1, a score is NaN, or one
   * of the classes is missing
   */
  constructor(labels: BinaryLabels, scores: Scores) {
    const count = { "the number of labels": labels.length };
    check(labels.length === scores.length, RANK, count, `${scores.length}, one a score`);
    this.length = labels.length;
    this.#positive = binaryLabels(RANK, labels);
    checkScores(RANK, scores);
    this.#order = descendingOrder(scores);
    this.#group = new Uint32Array(this.length);
    const thresholds = [Infinity];
    this.#order.forEach((row, place) => {
      const isNew = place === 0 || scores[row] !== scores[this.#order[place - 1]];
      if (isNew) thresholds.push(scores[row]);
      this.#group[place] = thresholds.length - 1;
    });
    this.#thresholds = Float64Array.from(thresholds);
  }

  /**
   * Area under the ROC curve: the chance that a random positive scores above a random negative, ties
   * half. By the trapezium rule over groups of equal scores, which is the rank formula; without
   * weights all sums are exact.
   *
   * @param weights Weight of each row, `[n]`, not negative. Default: 1 each
   * @throws {RangeError} for weights of another length, below 0, or that leave a class without any
   */
  auc(weights?: ArrayLike<number>): number {
    const { positives, negatives } = this.#bothClasses(weights);
    const { inOrder, all } = pairsOf(positives, negatives);
    positive(SCORE, { "the weight of all pairs": all });
    return inOrder / all;
  }

  /**
   * The pairs of a positive and a negative, each with the product of its weights: what
   * {@linkcode Ranking.auc} is the quotient of. Unlike quotients, those of several rankings add up.
   *
   * @param weights As for {@linkcode Ranking.auc}, but a class may be left without any: no pairs
   */
  pairs(weights?: ArrayLike<number>): Pairs {
    const { positives, negatives } = this.#counts(weights);
    return pairsOf(positives, negatives);
  }

  /**
   * Average precision: the sum over thresholds of precision times the step in recall. The area under
   * the curve as steps, not joined by lines, which would flatter.
   *
   * @param weights As for {@linkcode Ranking.auc}
   */
  averagePrecision(weights?: ArrayLike<number>): number {
    const { positives, negatives } = this.#bothClasses(weights);
    let sum = 0;
    for (let g = 1; g < positives.length; g++) {
      const step = positives[g] - positives[g - 1];
      if (step > 0) sum += step * positives[g] / (positives[g] + negatives[g]);
    }
    return sum / positives.at(-1)!;
  }

  /** The ROC curve, a point at each distinct score. */
  rocCurve(): RocCurve {
    const { positives, negatives } = this.#counts();
    return {
      falsePositiveRate: negatives.map((count) => count / negatives.at(-1)!),
      truePositiveRate: positives.map((count) => count / positives.at(-1)!),
      thresholds: this.#thresholds.slice(),
    };
  }

  /** The precision-recall curve, a point at each distinct score. */
  precisionRecallCurve(): PrecisionRecallCurve {
    const { positives, negatives } = this.#counts();
    return {
      precision: positives.map((count, g) => g === 0 ? 1 : count / (count + negatives[g])),
      recall: positives.map((count) => count / positives.at(-1)!),
      thresholds: this.#thresholds.slice(),
    };
  }

  #bothClasses(weights?: ArrayLike<number>): Counts {
    const { positives, negatives } = this.#counts(weights);
    const lesser = Math.min(positives.at(-1)!, negatives.at(-1)!);
    positive(SCORE, { "the lesser weight of the two classes": lesser });
    return { positives, negatives };
  }

  #counts(weights?: ArrayLike<number>): Counts {
    const count = { "the number of weights": weights?.length };
    check((weights?.length ?? this.length) === this.length, SCORE, count, `${this.length}`);
    const positives = new Float64Array(this.#thresholds.length);
    const negatives = new Float64Array(this.#thresholds.length);
    for (let place = 0; place < this.length; place++) {
      const row = this.#order[place];
      const counts = this.#positive[row] === 1 ? positives : negatives;
      const weight = weights === undefined ? 1 : weights[row];
      if (!(weight >= 0)) {
        check(false, SCORE, { [`the weight of row ${row}`]: weight }, "0 or more");
      }
      counts[this.#group[place]] += weight;
    }
    for (let g = 1; g < positives.length; g++) {
      positives[g] += positives[g - 1];
      negatives[g] += negatives[g - 1];
    }
    return { positives, negatives };
  }
}

function pairsOf(positives: Float64Array, negatives: Float64Array): Pairs {
  let area = 0;
  for (let g = 1; g < positives.length; g++) {
    area += (negatives[g] - negatives[g - 1]) * (positives[g] + positives[g - 1]);
  }
  return { inOrder: area / 2, all: positives.at(-1)! * negatives.at(-1)! };
}

/** @throws {RangeError} when a score is NaN */
export function checkScores(attempt: string, scores: Scores): void {
  for (let row = 0; row < scores.length; row++) {
    if (!Number.isNaN(scores[row])) continue;
    check(false, attempt, { [`the score of row ${row}`]: NaN }, "a number");
  }
}

/** Row numbers from the highest score down. */
function descendingOrder(scores: Scores): Uint32Array {
  const order = Uint32Array.from(scores, (_, row) => row);
  // Not `b - a`: the difference of two infinities is NaN.
  return order.sort((a, b) => scores[a] > scores[b] ? -1 : scores[a] < scores[b] ? 1 : a - b);
}

/**
 * Area under the ROC curve, ties half; see {@linkcode Ranking.auc}.
 *
 * @param labels Classes, `[n]`
 * @param scores Scores, `[n]`
 * @throws {RangeError} what {@linkcode Ranking} refuses
 */
export function rocAuc(labels: BinaryLabels, scores: Scores): number {
  return new Ranking(labels, scores).auc();
}

/**
 * Average precision; see {@linkcode Ranking.averagePrecision}.
 *
 * @param labels Classes, `[n]`
 * @param scores Scores, `[n]`
 * @throws {RangeError} what {@linkcode Ranking} refuses
 */
export function averagePrecision(labels: BinaryLabels, scores: Scores): number {
  return new Ranking(labels, scores).averagePrecision();
}
