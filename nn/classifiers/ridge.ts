/**
 * Ridge regression on the host in float64: centred, the intercept not penalised, solved by Cholesky
 * in the smaller of the two equivalent forms.
 *
 * With X centred `[n, d]`, Y centred `[n, k]`, penalty p:
 *
 * - primal, d <= n: W = (XᵀX + pI)⁻¹ XᵀY
 * - dual, n < d: W = Xᵀ (XXᵀ + pI)⁻¹ Y
 *
 * @module
 */

import { check, positive } from "../../gpu/check.ts";
import {
  type Apply,
  applyOnHost,
  checkRows,
  type Hooks,
  hostRows,
  type Rows,
} from "../../gpu/fitting.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { float64, rowProduct } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";

type Matrix = NdArray<Float64Array>;

/** A linear map with intercept: y = x weights + intercept. */
export interface Ridge {
  /** `[d, k]`: one row per feature, one column per answer. */
  readonly weights: NdArray<Float64Array>;
  /** `[k]`. */
  readonly intercept: Float64Array;
}

const ATTEMPT = "Cannot fit a ridge";

/**
 * Cholesky factor of a symmetric positive definite matrix, in place.
 *
 * @param a `[n, n]` row-major; its lower triangle becomes L with a = L Lᵀ, the upper one is not read
 * @param n Rows and columns
 * @throws {RangeError} when the matrix is not positive definite
 */
export function choleskyInPlace(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (j < i) {
        a[i * n + j] = sum / a[j * n + j];
        continue;
      }
      // Products too large for the penalty to count are not positive definite in float64.
      const pivot = { [`pivot ${i} of the products of the rows plus the penalty`]: sum };
      check(sum > 0 && sum < Infinity, ATTEMPT, pivot, "a number above 0");
      a[i * n + i] = Math.sqrt(sum);
    }
  }
}

/**
 * Solves L Lᵀ X = B for all columns of B at once.
 *
 * @param l The factor from {@linkcode choleskyInPlace}, `[n, n]`
 * @param b Right-hand sides `[n, k]`, replaced by the solution
 */
export function choleskySolveInPlace(l: Float64Array, n: number, b: Float64Array, k: number): void {
  for (let i = 0; i < n; i++) { // L Z = B, from the top
    for (let j = 0; j < i; j++) subtractRow(b, k, i, j, l[i * n + j]);
    divideRow(b, k, i, l[i * n + i]);
  }
  for (let i = n - 1; i >= 0; i--) { // Lᵀ X = Z, from the bottom
    for (let j = i + 1; j < n; j++) subtractRow(b, k, i, j, l[j * n + i]);
    divideRow(b, k, i, l[i * n + i]);
  }
}

function subtractRow(b: Float64Array, k: number, to: number, from: number, factor: number): void {
  if (factor === 0) return;
  for (let c = 0; c < k; c++) b[to * k + c] -= factor * b[from * k + c];
}

function divideRow(b: Float64Array, k: number, row: number, divisor: number): void {
  for (let c = 0; c < k; c++) b[row * k + c] /= divisor;
}

function columnMeans({ shape: [rows, columns], data }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) means[j] += data[i * columns + j];
  }
  return means.map((sum) => sum / rows);
}

function centred({ shape, data }: Matrix, means: Float64Array): Matrix {
  return { shape, data: data.map((value, i) => value - means[i % shape[1]]) };
}

/** Lower triangle of XᵀX, `[d, d]`. */
function gramOfColumns({ shape: [rows, d], data: values }: Matrix): Float64Array {
  const gram = new Float64Array(d * d);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < d; i++) {
      const factor = values[r * d + i];
      for (let j = 0; j <= i; j++) gram[i * d + j] += factor * values[r * d + j];
    }
  }
  return gram;
}

/** Lower triangle of XXᵀ, `[n, n]`. */
function gramOfRows(x: Matrix): Float64Array {
  const [n] = x.shape;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) gram[i * n + j] = rowProduct(x, i, x, j);
  }
  return gram;
}

/** Xᵀ B, `[columns of x, k]`. */
function transposedTimes({ shape: [rows, d], data }: Matrix, b: Float64Array, k: number) {
  const product = new Float64Array(d * k);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < d; i++) {
      const factor = data[r * d + i];
      for (let c = 0; c < k; c++) product[i * k + c] += factor * b[r * k + c];
    }
  }
  return product;
}

/**
 * A ridge problem whose expensive part, the Gram matrix, is computed once for many penalties.
 *
 * @example
 * ```ts
 * import { ndarray, RidgeProblem } from "jsr:@cetus/cetus";
 *
 * const x = ndarray([3, 1], Float64Array.of(0, 1, 2));
 * const y = ndarray([3, 1], Float64Array.of(1, 3, 5));
 * const { weights, intercept } = new RidgeProblem(x, y).solve(1e-12);
 * if (Math.abs(weights.data[0] - 2) > 1e-9 || Math.abs(intercept[0] - 1) > 1e-9) throw new Error();
 * ```
 */
export class RidgeProblem {
  /** Mean of the diagonal of the centred XᵀX (sum over features divided by d): the natural unit. */
  readonly meanDiagonal: number;
  readonly #x: Matrix;
  readonly #y: Matrix;
  readonly #xMeans: Float64Array;
  readonly #yMeans: Float64Array;
  readonly #isDual: boolean;
  readonly #gram: Float64Array;
  /** Right-hand sides: XᵀY or Y. */
  readonly #target: Float64Array;

  /**
   * Centres both and computes the Gram matrix.
   *
   * @param x Features `[n, d]`, n >= 1
   * @param y Answers `[n, k]`
   */
  constructor(x: NdArray, y: NdArray) {
    checkRows(ATTEMPT, x);
    checkRows(ATTEMPT, y, { name: "targets" });
    const [n, d] = x.shape;
    check(y.shape[0] === n, ATTEMPT, { "the number of targets": y.shape[0] }, `${n}, one a row`);
    const [features, targets] = [float64(x), float64(y)];
    this.#xMeans = columnMeans(features);
    this.#yMeans = columnMeans(targets);
    this.#x = centred(features, this.#xMeans);
    this.#y = centred(targets, this.#yMeans);
    this.#isDual = n < d;
    this.#gram = this.#isDual ? gramOfRows(this.#x) : gramOfColumns(this.#x);
    this.#target = this.#isDual ? this.#y.data : transposedTimes(this.#x, this.#y.data, y.shape[1]);
    this.meanDiagonal = this.#trace() / d;
  }

  /**
   * As {@linkcode RidgeProblem.solve}, the penalty in units of the mean diagonal. Of features without any
   * spread every penalty makes weights of 0.
   *
   * @param share A part or a multiple of {@linkcode RidgeProblem.meanDiagonal}, above 0
   */
  solveRelative(share: number): Ridge {
    return this.solve(share * (this.meanDiagonal || 1));
  }

  /**
   * The weights and intercept for one penalty.
   *
   * @param penalty What is added to the diagonal (`alpha` in scikit-learn), > 0
   */
  solve(penalty: number): Ridge {
    const [n, d] = this.#x.shape;
    const [, k] = this.#y.shape;
    const size = this.#isDual ? n : d;
    const factor = this.#gram.slice();
    for (let i = 0; i < size; i++) factor[i * size + i] += penalty;
    choleskyInPlace(factor, size);
    const solution = this.#target.slice();
    choleskySolveInPlace(factor, size, solution, k);
    const weights = this.#isDual ? transposedTimes(this.#x, solution, k) : solution;
    const intercept = this.#yMeans.map((mean, c) => {
      let shift = 0;
      for (let i = 0; i < d; i++) shift += this.#xMeans[i] * weights[i * k + c];
      return mean - shift;
    });
    return { weights: ndarray([d, k], weights), intercept };
  }

  /** Both Gram matrices have the same trace. */
  #trace(): number {
    const size = Math.sqrt(this.#gram.length);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += this.#gram[i * size + i];
    return sum;
  }
}

/** How a ridge is fitted. */
export interface RidgeOptions extends Hooks {
  /** Answers, `[n, k]`. */
  readonly targets: NdArray;
  /** What is added to the diagonal (`alpha` in scikit-learn), above 0. Default 1. */
  readonly penalty?: number;
}

/**
 * Fits a ridge regression; for several penalties see {@linkcode RidgeProblem}.
 *
 * @param rows Features `[n, d]`
 * @throws {RangeError} as `checkRows`, for the targets too, or when the penalty is not above 0
 *
 * @example
 * ```ts
 * import { applyRidge, fitRidge, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([3, 1], Float64Array.of(0, 1, 2));
 * const ridge = await fitRidge(gpu, rows, { targets: ndarray([3, 1], Float64Array.of(1, 3, 5)) });
 * const answers = await applyRidge(gpu, ridge, rows); // [3, 1]
 * ```
 */
export async function fitRidge(
  gpu: Gpu,
  rows: Rows,
  { targets, penalty = 1, signal, progress }: RidgeOptions,
): Promise<Ridge> {
  positive(ATTEMPT, { penalty });
  signal?.throwIfAborted();
  const ridge = new RidgeProblem(await hostRows(gpu, ATTEMPT, rows), targets).solve(penalty);
  progress?.(1, 1);
  return ridge;
}

/** Answers [n, k] of a ridge for rows [n, d], in float64 on the host. */
export const applyRidge: Apply<Ridge, Float64Array> = applyOnHost({
  attempt: "Cannot apply a ridge",
  width: ({ weights }) => weights.shape[0],
  run: (_gpu, ridge, x) => ridgeAnswers(ridge, x),
});

/** Answers for checked rows, `[n, k]`. */
export function ridgeAnswers(
  { weights: { shape: [d, k], data: weights }, intercept }: Ridge,
  { shape: [rows], data }: NdArray,
): NdArray<Float64Array<ArrayBuffer>> {
  const answers = new Float64Array(rows * k);
  for (let r = 0; r < rows; r++) {
    answers.set(intercept, r * k);
    for (let i = 0; i < d; i++) {
      const factor = data[r * d + i];
      for (let c = 0; c < k; c++) answers[r * k + c] += factor * weights[i * k + c];
    }
  }
  return { shape: [rows, k], data: answers };
}
