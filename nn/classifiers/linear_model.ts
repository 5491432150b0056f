/**
 * Linear classifiers: what is minimised to fit one, what a fitted one is, and its scores.
 *
 * @module
 */
import { oneOf, positive } from "../../gpu/check.ts";
import { type Apply, applyOnHost } from "../../gpu/fitting.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { type BinaryLabels, checkedLabels } from "./labels.ts";

/** What a fit tries, for errors. */
export const LINEAR_ATTEMPT = "Cannot fit a linear classifier";

/**
 * What an error costs, of the margin m = y f(x) with y = ±1: `squared-hinge`, max(0, 1 - m)², makes a
 * support vector machine; `logistic`, ln(1 + exp(-m)), makes the scores log odds.
 */
export type LinearLoss = "squared-hinge" | "logistic";

/** A separating hyperplane: f(x) = weights · x + intercept, positive on the side of class 1. */
export interface Linear {
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
  oneOf(LINEAR_ATTEMPT, { loss }, ["squared-hinge", "logistic"]);
  positive(LINEAR_ATTEMPT, { cost, tolerance });
  return { loss, cost, tolerance, penaliseIntercept };
}

/**
 * Classes as -1 and 1, once rows and labels fit together.
 *
 * @returns `[rows]`
 * @throws {RangeError} when lengths differ, or a class is missing
 */
export function signsOf(x: NdArray, labels: BinaryLabels): Float64Array<ArrayBuffer> {
  return Float64Array.from(checkedLabels(LINEAR_ATTEMPT, x, labels), (label) => 2 * label - 1);
}

/** Weights and intercept, `[columns + 1]`, as a model. */
export function modelOf(loss: LinearLoss, w: Float64Array): Linear {
  return { loss, weights: w.slice(0, -1), intercept: w[w.length - 1] };
}

/**
 * Scores of rows [n, d], in float64 on the host: positive on the side of class 1; log odds after a fit
 * with the logistic loss. Gives [n].
 *
 * @example
 * ```ts
 * import { applyLinear, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const model = { loss: "logistic", weights: Float64Array.of(2), intercept: -1 } as const;
 * const { data } = await applyLinear(gpu, model, ndarray([2, 1], Float32Array.of(0, 3)));
 * console.log([...data]); // [-1, 5]
 * ```
 */
export const applyLinear: Apply<Linear, Float64Array> = applyOnHost({
  attempt: "Cannot apply a linear classifier",
  width: ({ weights }) => weights.length,
  run: (_gpu, model, x) => ndarray([x.shape[0]], linearScores(model, x)),
});

/** Scores of checked rows, [n]. */
export function linearScores(model: Linear, x: NdArray): Float64Array<ArrayBuffer> {
  return rowProducts(x, withIntercept(model));
}

/** w·(x, 1) for each row, with w `[columns + 1]`. */
export function rowProducts(
  { shape: [rows, columns], data }: NdArray,
  w: Float64Array,
): Float64Array<ArrayBuffer> {
  const products = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = w[columns];
    const start = r * columns;
    for (let i = 0; i < columns; i++) sum += w[i] * data[start + i];
    products[r] = sum;
  }
  return products;
}

function withIntercept({ weights, intercept }: Linear): Float64Array {
  const w = new Float64Array(weights.length + 1);
  w.set(weights);
  w[weights.length] = intercept;
  return w;
}
