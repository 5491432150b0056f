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

/** Rows of numbers, row-major. */
export interface Matrix {
  /** The numbers, `[rows, columns]`. */
  readonly values: Float64Array;
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
}

/** A linear map with intercept. */
export interface LinearModel {
  /** `[d, k]`: one row per feature, one column per answer. */
  readonly weights: Matrix;
  /** `[k]`. */
  readonly intercept: Float64Array;
}

function checkLength({ values, rows, columns }: Matrix, name: string): void {
  if (values.length === rows * columns) return;
  throw new RangeError(
    `Cannot fit a ridge: ${name} should hold ${rows} x ${columns} numbers, it has ${values.length}`,
  );
}

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
      if (j < i) a[i * n + j] = sum / a[j * n + j];
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else {
        throw new RangeError(
          `Cannot solve: the matrix is not positive definite at row ${i} (pivot ${sum})`,
        );
      }
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

function columnMeans({ values, rows, columns }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) means[j] += values[i * columns + j];
  }
  return means.map((sum) => sum / rows);
}

function centred(matrix: Matrix, means: Float64Array): Matrix {
  const { columns } = matrix;
  return { ...matrix, values: matrix.values.map((value, i) => value - means[i % columns]) };
}

/** Lower triangle of XᵀX, `[d, d]`. */
function gramOfColumns({ values, rows, columns: d }: Matrix): Float64Array {
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
function gramOfRows({ values, rows: n, columns }: Matrix): Float64Array {
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += values[i * columns + c] * values[j * columns + c];
      gram[i * n + j] = sum;
    }
  }
  return gram;
}

/** Xᵀ B, `[columns of x, k]`. */
function transposedTimes(x: Matrix, b: Float64Array, k: number): Float64Array {
  const product = new Float64Array(x.columns * k);
  for (let r = 0; r < x.rows; r++) {
    for (let i = 0; i < x.columns; i++) {
      const factor = x.values[r * x.columns + i];
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
 * import { RidgeProblem } from "./ridge.ts";
 *
 * const x = { values: Float64Array.of(0, 1, 2), rows: 3, columns: 1 };
 * const y = { values: Float64Array.of(1, 3, 5), rows: 3, columns: 1 };
 * const { weights, intercept } = new RidgeProblem(x, y).solve(1e-12);
 * if (Math.abs(weights.values[0] - 2) > 1e-9 || Math.abs(intercept[0] - 1) > 1e-9) throw new Error();
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
  constructor(x: Matrix, y: Matrix) {
    checkLength(x, "x");
    checkLength(y, "y");
    if (x.rows !== y.rows || x.rows === 0) {
      throw new RangeError(
        `Cannot fit a ridge: x has ${x.rows} rows, y has ${y.rows}, expected the same and at least 1`,
      );
    }
    this.#xMeans = columnMeans(x);
    this.#yMeans = columnMeans(y);
    this.#x = centred(x, this.#xMeans);
    this.#y = centred(y, this.#yMeans);
    this.#isDual = x.rows < x.columns;
    this.#gram = this.#isDual ? gramOfRows(this.#x) : gramOfColumns(this.#x);
    this.#target = this.#isDual
      ? this.#y.values
      : transposedTimes(this.#x, this.#y.values, y.columns);
    this.meanDiagonal = this.#trace() / x.columns;
  }

  /**
   * The weights and intercept for one penalty.
   *
   * @param penalty What is added to the diagonal (`alpha` in scikit-learn), > 0
   */
  solve(penalty: number): LinearModel {
    const { columns: d } = this.#x;
    const { columns: k } = this.#y;
    const size = this.#isDual ? this.#x.rows : d;
    const factor = this.#gram.slice();
    for (let i = 0; i < size; i++) factor[i * size + i] += penalty;
    choleskyInPlace(factor, size);
    const solution = this.#target.slice();
    choleskySolveInPlace(factor, size, solution, k);
    const values = this.#isDual ? transposedTimes(this.#x, solution, k) : solution;
    const intercept = this.#yMeans.map((mean, c) => {
      let shift = 0;
      for (let i = 0; i < d; i++) shift += this.#xMeans[i] * values[i * k + c];
      return mean - shift;
    });
    return { weights: { values, rows: d, columns: k }, intercept };
  }

  /** Both Gram matrices have the same trace. */
  #trace(): number {
    const size = this.#isDual ? this.#x.rows : this.#x.columns;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += this.#gram[i * size + i];
    return sum;
  }
}

/**
 * Applies a linear model.
 *
 * @param model From {@linkcode RidgeProblem.solve}
 * @param x Features `[n, d]`
 * @returns Answers `[n, k]`
 */
export function predictLinear(model: LinearModel, x: Matrix): Matrix {
  const { rows: d, columns: k, values: weights } = model.weights;
  if (x.columns !== d) {
    throw new RangeError(`Cannot predict: expected ${d} features a row, got ${x.columns}`);
  }
  const values = new Float64Array(x.rows * k);
  for (let r = 0; r < x.rows; r++) {
    values.set(model.intercept, r * k);
    for (let i = 0; i < d; i++) {
      const factor = x.values[r * d + i];
      for (let c = 0; c < k; c++) values[r * k + c] += factor * weights[i * k + c];
    }
  }
  return { values, rows: x.rows, columns: k };
}
