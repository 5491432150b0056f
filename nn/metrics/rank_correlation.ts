/**
 * Correlation of ranks: whether two quantities rise together, along whatever curve.
 *
 * @module
 */

import { check } from "../../gpu/check.ts";

/**
 * Ranks of values, put to mean 0 and length 1, so that the inner product of two such vectors is
 * Spearman's rank correlation. Equal values share the mean of their ranks; values that are all equal
 * give zeros.
 *
 * @returns `[values.length]`
 * @throws {RangeError} when a value is NaN
 */
export function unitRanks(values: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, at) => at);
  for (let at = 0; at < n; at++) {
    if (Number.isNaN(values[at])) {
      check(false, "Cannot rank values", { [`value ${at}`]: NaN }, "a number");
    }
  }
  order.sort((a, b) => values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0);
  const ranks = new Float64Array(n);
  for (let first = 0; first < n;) {
    let next = first + 1;
    while (next < n && values[order[next]] === values[order[first]]) next++;
    // Ranks from -(n - 1) / 2 on: their mean is 0.
    for (let at = first; at < next; at++) ranks[order[at]] = (first + next - 1) / 2 - (n - 1) / 2;
    first = next;
  }
  const length = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0));
  return length > 0 ? ranks.map((rank) => rank / length) : ranks;
}

/**
 * Spearman's rank correlation, from -1 to 1; 0 where one of the two never changes.
 *
 * @throws {RangeError} when the lengths differ, or a value is NaN
 *
 * @example
 * ```ts
 * import { spearman } from "./rank_correlation.ts";
 *
 * if (spearman([1, 2, 3], [1, 4, 9]) < 0.9999) throw new Error("both rise");
 * ```
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = { "the number of values": b.length };
  check(a.length === b.length, "Cannot correlate", count, `${a.length} as of the others`);
  const [x, y] = [unitRanks(a), unitRanks(b)];
  return x.reduce((sum, value, at) => sum + value * y[at], 0);
}
