/**
 * Eigenvalues and eigenvectors of symmetric matrices, on the host in float64: Householder reflections
 * to three diagonals, then implicit QR steps with Wilkinson's shift. Source: Golub and Van Loan,
 * "Matrix Computations", sections 8.3.1 to 8.3.3.
 *
 * All inner loops run along rows, which is what makes d = 1,000 a matter of seconds.
 *
 * @module
 */
import { checkRows } from "../gpu/fitting.ts";
import type { NdArray } from "../gpu/tensor.ts";

/** Eigenvalues with their vectors, largest value first. */
export interface Eigen {
  /** [d], descending. */
  readonly values: Float64Array;
  /** [d, d]: ROW i is the unit eigenvector of value i, its largest component positive. */
  readonly vectors: NdArray<Float64Array>;
}

/** Three diagonals of a symmetric matrix, and the product of the reflections that led to them. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i couples i and i + 1. */
  readonly off: Float64Array;
  /** Row i becomes eigenvector i. */
  readonly rows: Float64Array[];
}

/** QR steps an eigenvalue beyond which something is wrong; two or three are the rule. */
const MOST_STEPS = 50;

/** Below it float64 has no digits left by which a step could come nearer. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix; about 6 d³ operations.
 *
 * @param matrix [d, d]; only differences between its two triangles make the result wrong
 * @throws {RangeError} when the matrix is not square, or holds NaN or infinity
 *
 * @example
 * ```ts
 * import { ndarray, symmetricEigen } from "jsr:@cetus/cetus";
 * const { values, vectors } = symmetricEigen(ndarray([2, 2], Float64Array.of(2, 1, 1, 2)));
 * console.log(values); // [3, 1]
 * ```
 */
export function symmetricEigen(matrix: NdArray): Eigen {
  const [d] = matrix.shape;
  checkRows("Cannot find eigenvectors", matrix, { rows: d, width: d, wide: true });
  const tridiagonal = reduceToTridiagonal(matrix, d);
  diagonalise(tridiagonal);
  return sorted(tridiagonal);
}

function reduceToTridiagonal({ data }: NdArray, d: number): Tridiagonal {
  const a = Array.from({ length: d }, (_, i) => Float64Array.from(data.subarray(i * d, i * d + d)));
  const reflections: { v: Float64Array; factor: number }[] = [];
  const off = new Float64Array(d);
  for (let k = 0; k < d - 2; k++) {
    const reflection = reflectionOf(a[k], k + 1);
    off[k] = reflection.length;
    reflections.push(reflection);
    if (reflection.factor !== 0) reflectBothSides(a, k + 1, reflection.v, reflection.factor);
  }
  if (d > 1) off[d - 2] = a[d - 2][d - 1];
  const diagonal = Float64Array.from(a, (row, i) => row[i]);
  return { diagonal, off, rows: transposedProduct(reflections, d) };
}

/** I - factor v vᵀ turns x[first …] into (length, 0, 0, …). */
function reflectionOf(
  x: Float64Array,
  first: number,
): { v: Float64Array; factor: number; length: number } {
  const v = new Float64Array(x.length);
  v.set(x.subarray(first), first);
  let largest = 0;
  for (let i = first; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]));
  if (largest === 0) return { v, factor: 0, length: 0 };
  let tail = 0; // in units of the largest, so that squares neither overflow nor vanish
  for (let i = first + 1; i < v.length; i++) tail += (v[i] / largest) ** 2;
  if (tail === 0) return { v, factor: 0, length: v[first] };
  const head = v[first] / largest;
  const length = head > 0 ? -Math.sqrt(head * head + tail) : Math.sqrt(head * head + tail);
  for (let i = first; i < v.length; i++) v[i] /= largest;
  v[first] -= length;
  return { v, factor: 2 / (v[first] * v[first] + tail), length: length * largest };
}

/** A becomes H A H on the rows and columns from `first` on: A - v wᵀ - w vᵀ. */
function reflectBothSides(
  a: readonly Float64Array[],
  first: number,
  v: Float64Array,
  factor: number,
): void {
  const d = a.length;
  const w = new Float64Array(d);
  let along = 0;
  for (let i = first; i < d; i++) {
    const row = a[i];
    let sum = 0;
    for (let j = first; j < d; j++) sum += row[j] * v[j];
    w[i] = factor * sum;
    along += w[i] * v[i];
  }
  const share = 0.5 * factor * along;
  for (let i = first; i < d; i++) w[i] -= share * v[i];
  for (let i = first; i < d; i++) {
    const row = a[i];
    const [vi, wi] = [v[i], w[i]];
    for (let j = first; j < d; j++) row[j] -= vi * w[j] + wi * v[j];
  }
}

/** The transpose of H₀ H₁ … as rows: the identity, reflected by the last first. */
function transposedProduct(
  reflections: readonly { v: Float64Array; factor: number }[],
  d: number,
): Float64Array[] {
  const rows = Array.from({ length: d }, (_, i) => {
    const row = new Float64Array(d);
    row[i] = 1;
    return row;
  });
  for (let k = reflections.length - 1; k >= 0; k--) {
    const { v, factor } = reflections[k];
    if (factor === 0) continue;
    for (let i = k + 1; i < d; i++) { // rows above are untouched so far
      const row = rows[i];
      let sum = 0;
      for (let j = k + 1; j < d; j++) sum += row[j] * v[j];
      const share = factor * sum;
      for (let j = k + 1; j < d; j++) row[j] -= share * v[j];
    }
  }
  return rows;
}

function diagonalise(tridiagonal: Tridiagonal): void {
  const { diagonal, off } = tridiagonal;
  const isSmall = (i: number) =>
    Math.abs(off[i]) <=
      Number.EPSILON * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1])) + SMALLEST_NORMAL;
  let last = diagonal.length - 1;
  let steps = 0;
  while (last > 0) {
    if (isSmall(last - 1)) {
      last--;
      steps = 0;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isSmall(first - 1)) first--;
    if (++steps > MOST_STEPS) {
      throw new Error(`Cannot find eigenvectors: value ${last} did not settle in ${steps} steps`);
    }
    stepQr(tridiagonal, first, last);
  }
}

/** One implicit QR step on rows and columns first … last. */
function stepQr({ diagonal, off, rows }: Tridiagonal, first: number, last: number): void {
  const half = (diagonal[last - 1] - diagonal[last]) / 2;
  const corner = off[last - 1];
  const reach = half + (half < 0 ? -1 : 1) * Math.hypot(half, corner);
  let x = diagonal[first] - (diagonal[last] - corner * (corner / reach));
  let z = off[first];
  for (let k = first; k < last; k++) {
    const length = Math.hypot(x, z);
    const [c, s] = length === 0 ? [1, 0] : [x / length, z / length];
    if (k > first) off[k - 1] = length;
    const [a, b, e] = [diagonal[k], off[k], diagonal[k + 1]];
    diagonal[k] = c * c * a + 2 * c * s * b + s * s * e;
    diagonal[k + 1] = s * s * a - 2 * c * s * b + c * c * e;
    off[k] = c * s * (e - a) + (c * c - s * s) * b;
    if (k < last - 1) {
      x = off[k];
      z = s * off[k + 1];
      off[k + 1] *= c;
    }
    rotate(rows[k], rows[k + 1], c, s);
  }
}

function rotate(upper: Float64Array, lower: Float64Array, c: number, s: number): void {
  for (let j = 0; j < upper.length; j++) {
    const [a, b] = [upper[j], lower[j]];
    upper[j] = c * a + s * b;
    lower[j] = c * b - s * a;
  }
}

/** Largest value first; each vector is turned so that its largest component is positive. */
function sorted({ diagonal, rows }: Tridiagonal): Eigen {
  const d = diagonal.length;
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  const data = new Float64Array(d * d);
  order.forEach((from, to) => {
    const row = rows[from];
    const largest = row.reduce((best, value) => Math.abs(value) > Math.abs(best) ? value : best, 0);
    data.set(largest < 0 ? row.map((value) => -value) : row, to * d);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors: { shape: [d, d], data } };
}
