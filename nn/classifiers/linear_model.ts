/**
 * Linear classifiers: what is minimised to fit one, what a fitted one is, and its scores.
 *
 * @module
 */
import type { FeatureRows } from "./features.ts";
import { type BinaryLabels, binaryLabels } from "./labels.ts";

/**
 * What an error costs, of the margin m = y f(x) with y = ±1: `squared-hinge`, max(0, 1 - m)², makes a
 * support vector machine; `logistic`, ln(1 + exp(-m)), makes the scores log odds.
 */
export type LinearLoss = "squared-hinge" | "logistic";

/** A separating hyperplane: f(x) = weights · x + intercept, positive on the side of class 1. */
export interface LinearModel {
  /** What it was fitted with. */
  readonly loss: LinearLoss;
  /** `[columns]`. */
  readonly weights: Float64Array;
  /** The score of a row of zeros. */
  readonly intercept: number;
}

/** What a fit minimises: |w|²/2 + cost Σ loss(y f(x)). */
export interface LinearOptions {
  /** What an error costs. */
  readonly loss: LinearLoss;
  /** Weight of the errors against |w|²/2, > 0: `C` in scikit-learn. */
  readonly cost: number;
  /** Ends when the length of the gradient is this part of the first one. Default 1e-4. */
  readonly tolerance?: number;
  /**
   * Whether the intercept counts in |w|², as the weight of a constant feature. By default it does
   * for the squared hinge, as in scikit-learn's `LinearSVC`, and does not for the logistic loss, as
   * in its `LogisticRegression`.
   */
  readonly penaliseIntercept?: boolean;
}

/** The options with their defaults. */
export function linearOptions(options: LinearOptions): Required<LinearOptions> {
  const { loss, cost, tolerance = 1e-4, penaliseIntercept = loss === "squared-hinge" } = options;
  if (loss !== "squared-hinge" && loss !== "logistic") {
    throw new RangeError(
      `Cannot fit a linear classifier: loss is ${loss}, expected squared-hinge or logistic`,
    );
  }
  if (!(cost > 0 && Number.isFinite(cost))) {
    throw new RangeError(`Cannot fit a linear classifier: expected a cost > 0, got ${cost}`);
  }
  if (!(tolerance > 0)) {
    throw new RangeError(
      `Cannot fit a linear classifier: expected a tolerance > 0, got ${tolerance}`,
    );
  }
  return { loss, cost, tolerance, penaliseIntercept };
}

/**
 * Classes as -1 and 1, once rows and labels fit together.
 *
 * @returns `[rows]`
 * @throws {RangeError} when lengths differ, or a class is missing
 */
export function signsOf(x: FeatureRows, labels: BinaryLabels): Float64Array<ArrayBuffer> {
  checkRows(x, "fit");
  if (labels.length !== x.rows) {
    throw new RangeError(
      `Cannot fit a linear classifier: expected ${x.rows} labels, got ${labels.length}`,
    );
  }
  return Float64Array.from(binaryLabels(labels, "fit a linear classifier"), (c) => 2 * c - 1);
}

/** Weights and intercept, `[columns + 1]`, as a model. */
export function modelOf(loss: LinearLoss, w: Float64Array): LinearModel {
  return { loss, weights: w.slice(0, -1), intercept: w[w.length - 1] };
}

/**
 * Scores of rows, in float64 on the host: positive on the side of class 1; log odds after a fit with
 * the logistic loss.
 *
 * @param model From `fitLinear`
 * @param x Features `[n, columns]`
 * @returns `[n]`
 * @throws {RangeError} when the number of columns differs
 *
 * @example
 * ```ts
 * const model = { loss: "logistic", weights: Float64Array.of(2), intercept: -1 } as const;
 * const scores = linearScores(model, { values: Float32Array.of(0, 3), rows: 2, columns: 1 });
 * console.log([...scores]); // [-1, 5]
 * ```
 */
export function linearScores(model: LinearModel, x: FeatureRows): Float64Array {
  checkRows(x, "score by");
  if (x.columns !== model.weights.length) {
    throw new RangeError(
      `Cannot score by a linear classifier: expected ${model.weights.length} features, got ` +
        `${x.columns}`,
    );
  }
  return rowProducts(x, withIntercept(model));
}

function checkRows({ values, rows, columns }: FeatureRows, attempt: string): void {
  if (values.length === rows * columns) return;
  throw new RangeError(
    `Cannot ${attempt} a linear classifier: expected ${rows} x ${columns} numbers, got ` +
      `${values.length}`,
  );
}

/** w·(x, 1) for each row, with w `[columns + 1]`. */
export function rowProducts(
  { values, rows, columns }: FeatureRows,
  w: Float64Array,
): Float64Array<ArrayBuffer> {
  const products = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = w[columns];
    const start = r * columns;
    for (let i = 0; i < columns; i++) sum += w[i] * values[start + i];
    products[r] = sum;
  }
  return products;
}

function withIntercept({ weights, intercept }: LinearModel): Float64Array {
  const w = new Float64Array(weights.length + 1);
  w.set(weights);
  w[weights.length] = intercept;
  return w;
}
