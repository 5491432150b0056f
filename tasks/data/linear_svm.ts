/**
 * Linear support vector machine with squared hinge on the host in float64: the baseline classifier,
 * as scikit-learn's `LinearSVC` with its defaults.
 *
 * Minimises |w|²/2 + C Σ max(0, 1 - y f(x))² with y = ±1 and f(x) = w·(x, 1): the intercept is
 * the weight of a constant feature and penalised like the others. Newton's method with conjugate
 * gradients: Keerthi and DeCoste 2005, "A Modified Finite Newton Method for Fast Solution of Large
 * Scale Linear SVMs".
 *
 * @module
 */
import type { FeatureRows } from "../../nn/classifiers/features.ts";
import { type BinaryLabels, binaryLabels } from "../../nn/classifiers/labels.ts";

/** A separating hyperplane. */
export interface LinearSvm {
  /** `[columns]`. */
  readonly weights: Float64Array;
  /** The score of a row of zeros. */
  readonly intercept: number;
}

/** Options of {@linkcode fitLinearSvm}. */
export interface LinearSvmOptions {
  /** Weight of the errors against |w|²/2, > 0: `C` in scikit-learn. */
  readonly cost: number;
  /** Ends when the gradient is this part of the first one. Default 1e-4. */
  readonly tolerance?: number;
}

/** More Newton steps than any sound problem takes. */
const MOST_STEPS = 100;
const MOST_GRADIENT_STEPS = 1000;

/**
 * Fits the machine.
 *
 * @param x Features `[n, d]`; bring them to one scale first
 * @param labels Classes, `[n]`, both of them present
 * @throws {RangeError} when the lengths differ, a class is missing, or the cost is not positive
 *
 * @example
 * ```ts
 * import { fitLinearSvm, svmScores } from "./linear_svm.ts";
 *
 * const x = { values: Float64Array.of(-2, -1, 1, 3), rows: 4, columns: 1 };
 * const svm = fitLinearSvm(x, [0, 0, 1, 1], { cost: 1 });
 * const scores = svmScores(svm, x);
 * if (!(scores[1] < 0 && scores[2] > 0)) throw new Error("not separated");
 * ```
 */
export function fitLinearSvm(
  x: FeatureRows,
  labels: BinaryLabels,
  options: LinearSvmOptions,
): LinearSvm {
  const { cost, tolerance = 1e-4 } = options;
  checkRows(x, "fit");
  if (labels.length !== x.rows) {
    throw new RangeError(
      `Cannot fit a linear SVM: expected ${x.rows} labels, got ${labels.length}`,
    );
  }
  if (!(cost > 0)) {
    throw new RangeError(`Cannot fit a linear SVM: expected a cost > 0, got ${cost}`);
  }
  const signs = Float64Array.from(binaryLabels(labels, "fit a linear SVM"), (c) => 2 * c - 1);
  const w = minimise(new SquaredHinge(x, signs, cost), tolerance);
  return { weights: w.slice(0, x.columns), intercept: w[x.columns] };
}

/**
 * Scores of rows: positive on the side of class 1.
 *
 * @param svm From {@linkcode fitLinearSvm}
 * @param x Features `[n, d]`
 * @returns `[n]`
 */
export function svmScores(svm: LinearSvm, x: FeatureRows): Float64Array {
  checkRows(x, "score by");
  if (x.columns !== svm.weights.length) {
    throw new RangeError(
      `Cannot score by a linear SVM: expected ${svm.weights.length} features, got ${x.columns}`,
    );
  }
  return rowProducts(x, Float64Array.of(...svm.weights, svm.intercept));
}

function checkRows({ values, rows, columns }: FeatureRows, attempt: string): void {
  if (values.length === rows * columns) return;
  throw new RangeError(
    `Cannot ${attempt} a linear SVM: expected ${rows} x ${columns} numbers, got ${values.length}`,
  );
}

/** w·(x, 1) for each row. */
function rowProducts({ values, rows, columns }: FeatureRows, w: Float64Array): Float64Array {
  const products = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = w[columns];
    const start = r * columns;
    for (let i = 0; i < columns; i++) sum += w[i] * values[start + i];
    products[r] = sum;
  }
  return products;
}

/** The function that is minimised, at points `[d + 1]`. */
class SquaredHinge {
  readonly length: number;
  readonly #x: FeatureRows;
  readonly #signs: Float64Array;
  readonly #cost: number;

  constructor(x: FeatureRows, signs: Float64Array, cost: number) {
    this.length = x.columns + 1;
    this.#x = x;
    this.#signs = signs;
    this.#cost = cost;
  }

  /** How far each row is inside the margin, `max(0, 1 - y f(x))`. */
  violations(w: Float64Array): Float64Array {
    return rowProducts(this.#x, w).map((f, r) => Math.max(0, 1 - this.#signs[r] * f));
  }

  value(w: Float64Array, violations: Float64Array): number {
    return dot(w, w) / 2 + this.#cost * dot(violations, violations);
  }

  gradient(w: Float64Array, violations: Float64Array): Float64Array {
    return this.#addRows(w, violations.map((v, r) => -2 * this.#cost * this.#signs[r] * v));
  }

  /** The second derivative at `violations`, times v. */
  curvature(v: Float64Array, violations: Float64Array): Float64Array {
    const products = rowProducts(this.#x, v);
    return this.#addRows(v, products.map((p, r) => violations[r] > 0 ? 2 * this.#cost * p : 0));
  }

  /** base + Σ factor (x, 1). */
  #addRows(base: Float64Array, factors: Float64Array): Float64Array {
    const { values, rows, columns } = this.#x;
    const sum = base.slice();
    for (let r = 0; r < rows; r++) {
      const factor = factors[r];
      if (factor === 0) continue;
      const start = r * columns;
      for (let i = 0; i < columns; i++) sum[i] += factor * values[start + i];
      sum[columns] += factor;
    }
    return sum;
  }
}

function minimise(hinge: SquaredHinge, tolerance: number): Float64Array {
  let w = new Float64Array(hinge.length);
  let violations = hinge.violations(w);
  let gradient = hinge.gradient(w, violations);
  const goal = tolerance * norm(gradient);
  for (let step = 0; step < MOST_STEPS && norm(gradient) > goal; step++) {
    const direction = newtonDirection(hinge, gradient, violations);
    const next = lineSearch(hinge, w, violations, gradient, direction);
    if (next === undefined) break; // no descent left within float64
    ({ w, violations } = next);
    gradient = hinge.gradient(w, violations);
  }
  return w;
}

/** Solves curvature · d = -gradient to a tenth, by conjugate gradients. */
function newtonDirection(
  hinge: SquaredHinge,
  gradient: Float64Array,
  violations: Float64Array,
): Float64Array {
  const direction = new Float64Array(hinge.length);
  const residual = gradient.map((g) => -g);
  let search = residual.slice();
  let square = dot(residual, residual);
  const goal = 0.01 * square; // of the squares: a tenth of the norm
  for (let step = 0; step < MOST_GRADIENT_STEPS && square > goal; step++) {
    const curved = hinge.curvature(search, violations);
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
  hinge: SquaredHinge,
  w: Float64Array,
  violations: Float64Array,
  gradient: Float64Array,
  direction: Float64Array,
): { w: Float64Array<ArrayBuffer>; violations: Float64Array } | undefined {
  const value = hinge.value(w, violations);
  const slope = dot(gradient, direction);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = Float64Array.from(w, (value, i) => value + length * direction[i]);
    const nextViolations = hinge.violations(next);
    if (hinge.value(next, nextViolations) <= value + 1e-4 * length * slope) {
      return { w: next, violations: nextViolations };
    }
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}
