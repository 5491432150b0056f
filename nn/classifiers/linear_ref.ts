/**
 * Linear classifiers on the host in float64: the definition that the shader is tested against, and
 * value and gradient of small tables.
 *
 * Newton's method with conjugate gradients: Keerthi and DeCoste 2005, "A Modified Finite Newton Method
 * for Fast Solution of Large Scale Linear SVMs".
 *
 * @module
 */
import { checkRows } from "../../gpu/fitting.ts";
import { addScaled, dot, lengthOf, slice } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import type { BinaryLabels } from "./labels.ts";
import type { Evaluation } from "./lbfgs.ts";
import {
  type Linear,
  LINEAR_ATTEMPT,
  type LinearLoss,
  type LinearOptions,
  linearOptions,
  modelOf,
  rowProducts,
  signsOf,
} from "./linear_model.ts";

/** A loss and its derivatives, of the margin m = y f(x). */
interface MarginLoss {
  value(m: number): number;
  slope(m: number): number;
  curvature(m: number): number;
}

const LOSSES: Readonly<Record<LinearLoss, MarginLoss>> = {
  "squared-hinge": {
    value: (m) => Math.max(0, 1 - m) ** 2,
    slope: (m) => -2 * Math.max(0, 1 - m),
    curvature: (m) => m < 1 ? 2 : 0,
  },
  logistic: {
    value: (m) => Math.max(0, -m) + Math.log1p(Math.exp(-Math.abs(m))),
    slope: (m) => -1 / (1 + Math.exp(m)),
    curvature: (m) => 1 / (2 + Math.exp(m) + Math.exp(-m)),
  },
};

/** More Newton steps than any sound problem takes. */
const MOST_STEPS = 100;
const MOST_GRADIENT_STEPS = 1000;

/**
 * Fits a linear classifier.
 *
 * @param x Features `[n, d]`; bring them to one scale first
 * @param labels Classes, `[n]`, both of them present
 * @throws {RangeError} when the lengths differ, a class is missing, or an option is out of range
 *
 * @example
 * ```ts
 * import { ndarray } from "../../gpu/tensor.ts";
 * import { linearScores } from "./linear_model.ts";
 * import { fitLinearRef } from "./linear_ref.ts";
 *
 * const x = ndarray([4, 1], Float64Array.of(-2, -1, 1, 3));
 * const model = fitLinearRef(x, [0, 0, 1, 1], { loss: "squared-hinge", cost: 1 });
 * const scores = linearScores(model, x);
 * if (!(scores[1] < 0 && scores[2] > 0)) throw new Error("not separated");
 * ```
 */
export function fitLinearRef(
  x: NdArray,
  labels: BinaryLabels,
  options: LinearOptions,
): Linear {
  const filled = linearOptions(options);
  checkRows(LINEAR_ATTEMPT, x);
  const w = minimise(new Objective(x, signsOf(x, labels), filled), filled.tolerance);
  return modelOf(filled.loss, w);
}

/**
 * The function that a fit minimises.
 *
 * @returns value and gradient at weights and intercept, `[columns + 1]`
 */
export function linearObjectiveRef(
  x: NdArray,
  labels: BinaryLabels,
  options: LinearOptions,
): (w: Float64Array) => Evaluation {
  const objective = new Objective(x, signsOf(x, labels), linearOptions(options));
  return (w) => {
    const margins = objective.margins(w);
    return { value: objective.value(w, margins), gradient: objective.gradient(w, margins) };
  };
}

/** Rows that one sum of `linearSums` takes. */
const ROWS_A_SUM = 1024;

/**
 * Losses of all rows and their derivatives by the weights, as the shader leaves them.
 *
 * @param signs Classes as -1 and 1, `[rows]`
 * @param w Weights and intercept, `[columns + 1]`; zeros may follow
 * @returns [sums, width + 4]: for each 1024 rows the gradient, zeros up to the width, which is a
 * multiple of 4, then the loss and three zeros
 */
export function linearSumsRef(
  x: NdArray,
  signs: Float64Array,
  w: Float64Array,
  loss: LinearLoss,
): NdArray<Float64Array> {
  const { value, slope } = LOSSES[loss];
  const [rows, columns] = x.shape;
  const width = 4 * Math.ceil((columns + 1) / 4);
  const sums = Math.ceil(rows / ROWS_A_SUM);
  const data = new Float64Array(sums * (width + 4));
  for (let sum = 0; sum < sums; sum++) {
    const first = sum * ROWS_A_SUM;
    const part = slice(x, first, Math.min(first + ROWS_A_SUM, rows));
    const margins = rowProducts(part, w).map((f, r) => signs[first + r] * f);
    const place = data.subarray(sum * (width + 4), (sum + 1) * (width + 4));
    addRows(place, part, margins.map((m, r) => signs[first + r] * slope(m)));
    place[width] = margins.reduce((total, m) => total + value(m), 0);
  }
  return ndarray([sums, width + 4], data);
}

/** sum += Σ factor (x, 1). */
function addRows(
  sum: Float64Array,
  { shape: [rows, columns], data }: NdArray,
  factors: Float64Array,
): void {
  for (let r = 0; r < rows; r++) {
    const factor = factors[r];
    if (factor === 0) continue;
    const start = r * columns;
    for (let i = 0; i < columns; i++) sum[i] += factor * data[start + i];
    sum[columns] += factor;
  }
}

class Objective {
  readonly length: number;
  readonly #x: NdArray;
  readonly #signs: Float64Array;
  readonly #loss: MarginLoss;
  readonly #cost: number;
  readonly #penalise: boolean;

  constructor(x: NdArray, signs: Float64Array, options: Required<LinearOptions>) {
    this.length = x.shape[1] + 1;
    this.#x = x;
    this.#signs = signs;
    this.#loss = LOSSES[options.loss];
    this.#cost = options.cost;
    this.#penalise = options.penaliseIntercept;
  }

  /** y f(x) for each row. */
  margins(w: Float64Array): Float64Array {
    return rowProducts(this.#x, w).map((f, r) => this.#signs[r] * f);
  }

  value(w: Float64Array, margins: Float64Array): number {
    const losses = margins.reduce((sum, m) => sum + this.#loss.value(m), 0);
    return dot(w, this.#penalised(w)) / 2 + this.#cost * losses;
  }

  gradient(w: Float64Array, margins: Float64Array): Float64Array {
    const factors = margins.map((m, r) => this.#cost * this.#signs[r] * this.#loss.slope(m));
    const sum = this.#penalised(w);
    addRows(sum, this.#x, factors);
    return sum;
  }

  /** The second derivative at `margins`, times v. */
  curvature(v: Float64Array, margins: Float64Array): Float64Array {
    const products = rowProducts(this.#x, v);
    const factors = products.map((p, r) => this.#cost * this.#loss.curvature(margins[r]) * p);
    const sum = this.#penalised(v);
    addRows(sum, this.#x, factors);
    return sum;
  }

  #penalised(w: Float64Array): Float64Array {
    const copy = w.slice();
    if (!this.#penalise) copy[copy.length - 1] = 0;
    return copy;
  }
}

function minimise(objective: Objective, tolerance: number): Float64Array {
  let w = new Float64Array(objective.length);
  let margins = objective.margins(w);
  let gradient = objective.gradient(w, margins);
  const goal = tolerance * lengthOf(gradient);
  for (let step = 0; step < MOST_STEPS && lengthOf(gradient) > goal; step++) {
    const direction = newtonDirection(objective, gradient, margins);
    const next = lineSearch(objective, w, margins, gradient, direction);
    if (next === undefined) break; // no descent left within float64
    ({ w, margins } = next);
    gradient = objective.gradient(w, margins);
  }
  return w;
}

/** Solves curvature · d = -gradient to a tenth, by conjugate gradients. */
function newtonDirection(
  objective: Objective,
  gradient: Float64Array,
  margins: Float64Array,
): Float64Array {
  const direction = new Float64Array(objective.length);
  const residual = gradient.map((g) => -g);
  let search = residual.slice();
  let square = dot(residual, residual);
  const goal = 0.01 * square; // of the squares: a tenth of the norm
  for (let step = 0; step < MOST_GRADIENT_STEPS && square > goal; step++) {
    const curved = objective.curvature(search, margins);
    const length = square / dot(search, curved);
    addScaled(direction, length, search);
    addScaled(residual, -length, curved);
    const next = dot(residual, residual);
    search = search.map((s, i) => residual[i] + next / square * s);
    square = next;
  }
  return direction;
}

/** Halves the step until the value falls as it should (Armijo). */
function lineSearch(
  objective: Objective,
  w: Float64Array,
  margins: Float64Array,
  gradient: Float64Array,
  direction: Float64Array,
): { w: Float64Array<ArrayBuffer>; margins: Float64Array } | undefined {
  const value = objective.value(w, margins);
  const slope = dot(gradient, direction);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = Float64Array.from(w, (value, i) => value + length * direction[i]);
    const nextMargins = objective.margins(next);
    if (objective.value(next, nextMargins) <= value + 1e-4 * length * slope) {
      return { w: next, margins: nextMargins };
    }
  }
  return undefined;
}
