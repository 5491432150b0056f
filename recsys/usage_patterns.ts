/**
 * Who plays an item, in few numbers. The usage pattern of an item with factors y is X y, one score a
 * user. With XᵀX = L Lᵀ the vectors Lᵀ y have the same inner products, hence the same cosines and
 * distances, and f numbers instead of u: neighbours and maps of usage patterns (van den Oord, Dieleman
 * and Schrauwen 2013, "Deep content-based music recommendation", section 5) need no vector of all users.
 *
 * @module
 */
import { checkRows } from "../gpu/fitting.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";

const ATTEMPT = "Cannot make usage patterns";
/** Below this share of the largest entry of the diagonal a pivot is rounding of zero. */
const NO_PIVOT = 1e-13;

/**
 * Vectors whose inner products are those of the usage patterns of the items. Factors of users that
 * depend on one another, as of fewer users than factors, are fine.
 *
 * @param users factors X [u, f]
 * @param items factors [i, f], fitted or predicted from audio
 * @returns [i, f], in float64
 * @throws {RangeError} when the shapes do not fit, or numbers are not finite
 *
 * @example
 * ```ts
 * import { ndarray } from "../gpu/tensor.ts";
 * import { usagePatterns } from "./usage_patterns.ts";
 *
 * const users = ndarray([3, 1], Float32Array.of(2, 1, 2)); // the pattern of an item of 1 is as long as 3
 * const items = ndarray([1, 1], Float32Array.of(5));
 * if (usagePatterns(users, items).data[0] !== 15) throw new Error("wrong length");
 * ```
 */
export function usagePatterns(users: NdArray, items: NdArray): NdArray<Float64Array> {
  const f = users.shape[1];
  checkRows(ATTEMPT, users, { name: "users", wide: true });
  checkRows(ATTEMPT, items, { name: "items", width: f, wide: true });
  const lower = choleskyFactor(gram(users), f);
  const count = items.shape[0];
  const data = new Float64Array(count * f);
  for (let item = 0; item < count; item++) {
    for (let a = 0; a < f; a++) {
      const y = items.data[item * f + a];
      for (let b = 0; b <= a; b++) data[item * f + b] += y * lower[a * f + b];
    }
  }
  return ndarray([count, f], data);
}

/** XᵀX, the lower triangle. */
function gram({ shape: [u, f], data }: NdArray): Float64Array {
  const sums = new Float64Array(f * f);
  for (let row = 0; row < u; row++) {
    for (let a = 0; a < f; a++) {
      const x = data[row * f + a];
      for (let b = 0; b <= a; b++) sums[a * f + b] += x * data[row * f + b];
    }
  }
  return sums;
}

/**
 * L of a positive semi-definite matrix of which the lower triangle is given, in place. A pivot of zero
 * means that the rest of its column is zero too.
 */
function choleskyFactor(matrix: Float64Array, f: number): Float64Array {
  let largest = 0;
  for (let a = 0; a < f; a++) largest = Math.max(largest, matrix[a * f + a]);
  for (let column = 0; column < f; column++) {
    for (let row = column; row < f; row++) {
      for (let c = 0; c < column; c++) {
        matrix[row * f + column] -= matrix[row * f + c] * matrix[column * f + c];
      }
    }
    const pivot = matrix[column * f + column];
    const factor = pivot > NO_PIVOT * largest ? 1 / Math.sqrt(pivot) : 0;
    for (let row = column; row < f; row++) matrix[row * f + column] *= factor;
  }
  return matrix;
}
