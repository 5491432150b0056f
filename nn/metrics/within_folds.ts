/**
 * How well scores of several models tell two classes apart, where each row has its score from the
 * model of its fold.
 *
 * @module
 */
import { check, positive } from "../../gpu/check.ts";
import { type BinaryLabels, binaryLabels } from "../classifiers/labels.ts";
import {
  checkScores,
  type PrecisionRecallCurve,
  Ranking,
  type RocCurve,
  type Scores,
} from "./classification.ts";

const SCORE = "Cannot score within folds";

/** The rows of a fold that has both classes, and their order. */
interface Fold {
  readonly rows: Uint32Array;
  readonly positives: number;
  readonly ranking: Ranking;
}

/**
 * Rows sorted by their scores within each fold once, to be scored under many weights.
 *
 * Pooling the scores of all folds compares scores of different models. The class that has more than
 * its share in a fold has less in what that fold's model learnt, so that a model that knows nothing
 * but the shares puts every fold in the wrong place: 0.3 and less on random data (Parker, Günter and
 * Bedo, "Stratification bias in low signal microarray studies", BMC Bioinformatics 8:326, 2007;
 * Airola et al., "An experimental comparison of cross-validation techniques for estimating the area
 * under the ROC curve", Computational Statistics & Data Analysis 55(4), 2011). Here only rows of the
 * same fold are compared.
 *
 * @example
 * ```ts
 * import { rocAuc } from "./classification.ts";
 * import { RankingWithinFolds } from "./within_folds.ts";
 *
 * // Each fold's model says for all rows what share of calls it learnt from: it knows nothing.
 * const [labels, folds] = [[1, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1]];
 * const shares = [2 / 3, 2 / 3, 2 / 3, 1 / 3, 1 / 3, 1 / 3];
 * if (new RankingWithinFolds(labels, shares, folds).auc() !== 0.5) throw new Error("not a guess");
 * if (rocAuc(labels, shares) >= 0.5) throw new Error("pooling is not biased here");
 * ```
 */
export class RankingWithinFolds {
  /** Number of rows. */
  readonly length: number;
  readonly #folds: readonly Fold[];

  /**
   * Sorts the rows.
   *
   * @param labels Classes, `[n]`, both of them present in some fold
   * @param scores Scores, `[n]`, higher for the positive class
   * @param folds The fold of each row, `[n]`. Rows of a fold with one class make no pair
   * @throws {RangeError} what {@linkcode Ranking} refuses, and when no fold has both classes
   */
  constructor(labels: BinaryLabels, scores: Scores, folds: ArrayLike<number>) {
    const given = { "the number of labels": labels.length };
    check(labels.length === scores.length, SCORE, given, `${scores.length}, one a score`);
    const placed = { "the number of rows in folds": folds.length };
    check(folds.length === labels.length, SCORE, placed, `${labels.length}, one a label`);
    this.length = labels.length;
    const classes = binaryLabels(SCORE, labels);
    checkScores(SCORE, scores);
    this.#folds = rowsByFold(folds).flatMap((rows) => {
      const held = rows.map((row) => classes[row]);
      const positives = held.reduce((sum, label) => sum + label, 0);
      if (positives === 0 || positives === rows.length) return [];
      return [{ rows, positives, ranking: new Ranking(Uint8Array.from(held), pick(scores, rows)) }];
    });
    const count = { "the number of folds with both classes": this.#folds.length };
    check(this.#folds.length > 0, SCORE, count, "1 or more");
  }

  /**
   * The chance that a random positive scores above a random negative of its fold, ties half: each
   * fold's area under the ROC curve, weighted by its number of pairs. The mean of the folds' areas,
   * which Forman and Scholz recommend ("Apples-to-Apples in Cross-Validation Studies", SIGKDD
   * Explorations 12(1), 2010), gives a fold with two positives as much to say as one with two
   * hundred, and is not defined where a fold lacks a class.
   *
   * @param weights Weight of each row, `[n]`, not negative. Default: 1 each
   * @throws {RangeError} for weights of another length, or that leave no pair
   */
  auc(weights?: ArrayLike<number>): number {
    const count = { "the number of weights": weights?.length };
    check((weights?.length ?? this.length) === this.length, SCORE, count, `${this.length}`);
    let [inOrder, all] = [0, 0];
    for (const { rows, ranking } of this.#folds) {
      const pairs = ranking.pairs(weights && pick(weights, rows));
      inOrder += pairs.inOrder;
      all += pairs.all;
    }
    positive(SCORE, { "the weight of all pairs": all });
    return inOrder / all;
  }

  /**
   * The mean of the folds' ROC curves at each share of negatives called positive, weighted by their
   * pairs: the area under it is {@linkcode RankingWithinFolds.auc}. A threshold means another thing in
   * each fold, so that its points have none.
   */
  rocCurve(): Omit<RocCurve, "thresholds"> {
    const curves = this.#folds.map(({ ranking }) => {
      const { falsePositiveRate: x, truePositiveRate: y } = ranking.rocCurve();
      return { x, y, weight: ranking.pairs().all };
    });
    if (curves.length === 1) {
      return { falsePositiveRate: curves[0].x, truePositiveRate: curves[0].y };
    }
    const [x, y]: [number[], number[]] = [[0], [0]];
    for (const at of gridOf(curves)) {
      const [low, high] = [false, true].map((last) =>
        meanOf(curves, (curve) => lineAt(curve, at, last))
      );
      x.push(at, at);
      y.push(low, high);
    }
    return { falsePositiveRate: Float64Array.from(x), truePositiveRate: Float64Array.from(y) };
  }

  /** Average precision of the folds, weighted by their positives. */
  averagePrecision(): number {
    const total = this.#folds.reduce((sum, { positives }) => sum + positives, 0);
    return this.#folds.reduce(
      (sum, { positives, ranking }) => sum + positives / total * ranking.averagePrecision(),
      0,
    );
  }

  /**
   * The mean of the folds' precisions at each recall, weighted by their positives: the area of its
   * steps is {@linkcode RankingWithinFolds.averagePrecision}.
   */
  precisionRecallCurve(): Omit<PrecisionRecallCurve, "thresholds"> {
    const curves = this.#folds.map(({ positives, ranking }) => {
      const { recall: x, precision: y } = ranking.precisionRecallCurve();
      return { x, y, weight: positives };
    });
    if (curves.length === 1) return { recall: curves[0].x, precision: curves[0].y };
    const recall = gridOf(curves);
    const precision = recall.map((at) => meanOf(curves, ({ x, y }) => y[firstFrom(x, at)]));
    return { recall, precision };
  }
}

/** Points with x ascending, and what they weigh beside others. */
interface WeightedCurve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly weight: number;
}

/** Every x of some curves once, ascending. */
function gridOf(curves: readonly WeightedCurve[]): Float64Array {
  return Float64Array.from(new Set(curves.flatMap(({ x }) => [...x]))).sort();
}

function meanOf(
  curves: readonly WeightedCurve[],
  valueOf: (curve: WeightedCurve) => number,
): number {
  const total = curves.reduce((sum, { weight }) => sum + weight, 0);
  return curves.reduce((sum, curve) => sum + curve.weight / total * valueOf(curve), 0);
}

/** The first place whose x is at least `at`. */
function firstFrom(x: Float64Array, at: number): number {
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A curve of straight lines at a place; where it rises there, its lower or its upper end. */
function lineAt({ x, y }: WeightedCurve, at: number, upper: boolean): number {
  let place = firstFrom(x, at);
  if (x[place] > at) {
    const part = (at - x[place - 1]) / (x[place] - x[place - 1]);
    return y[place - 1] + part * (y[place] - y[place - 1]);
  }
  while (upper && x[place + 1] === at) place++;
  return y[place];
}

/** The rows of each fold, ascending, in the order in which the folds appear. */
function rowsByFold(folds: ArrayLike<number>): Uint32Array[] {
  const rows = Map.groupBy(Array.from(folds, (_, row) => row), (row) => folds[row]);
  return Array.from(rows.values(), (members) => Uint32Array.from(members));
}

function pick(values: ArrayLike<number>, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]);
}

/**
 * Area under the ROC curve of pairs of the same fold; see {@linkcode RankingWithinFolds}.
 *
 * @param labels Classes, `[n]`
 * @param scores Scores, `[n]`, each from the model of its row's fold
 * @param folds The fold of each row, `[n]`
 * @throws {RangeError} what {@linkcode RankingWithinFolds} refuses
 */
export function aucWithinFolds(
  labels: BinaryLabels,
  scores: Scores,
  folds: ArrayLike<number>,
): number {
  return new RankingWithinFolds(labels, scores, folds).auc();
}
