/**
 * Lists of recommendations, and how unlike each other their items are.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";
import { checkRows } from "../gpu/fitting.ts";
import { type CandidateOptions, checkCutoff, openItems } from "./candidates.ts";

/** How far two items are apart, 0 for alike. */
export type ItemDistance = (a: number, b: number) => number;

/**
 * The `k` items of highest score, best first; of equal scores the lower item number first. Fewer
 * where there are fewer candidates.
 *
 * @param scores One score an item, `[i]`
 * @param k Length of the list, from 1 on
 * @param options What may be recommended and what is left out
 * @throws {RangeError} for a candidate's score that is no number, and for items that do not exist
 *
 * @example
 * ```ts
 * import { topItems } from "./diversity.ts";
 *
 * if (topItems([3, 9, 9, 5], 2, { exclude: [1] }).join() !== "2,3") throw new Error("wrong");
 * ```
 */
export function topItems(
  scores: ArrayLike<number>,
  k: number,
  options: CandidateOptions = {},
): Uint32Array {
  checkCutoff(k);
  const open = openItems(scores.length, options);
  const items: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    if (open[item] === 0) continue;
    if (Number.isNaN(scores[item])) {
      throw new RangeError(`Cannot rank items: item ${item} has score NaN, expected a number`);
    }
    items.push(item);
  }
  // Compared, not subtracted: two infinite scores would give NaN.
  items.sort((a, b) => scores[a] === scores[b] ? a - b : scores[a] < scores[b] ? 1 : -1);
  return Uint32Array.from(items.slice(0, k));
}

/**
 * Mean distance of all pairs in a list (Ziegler et al. 2005 sum the similarities instead). NaN for
 * fewer than two items.
 *
 * @example
 * ```ts
 * import { groupDistance, intraListDiversity } from "./diversity.ts";
 *
 * const artists = [0, 0, 1]; // of three songs
 * const diversity = intraListDiversity([0, 1, 2], groupDistance(artists));
 * if (diversity !== 2 / 3) throw new Error("one of three pairs shares the artist");
 * ```
 */
export function intraListDiversity(items: ArrayLike<number>, distance: ItemDistance): number {
  let sum = 0;
  for (let a = 0; a < items.length; a++) {
    for (let b = a + 1; b < items.length; b++) sum += distance(items[a], items[b]);
  }
  return sum / (items.length * (items.length - 1) / 2);
}

/** 1 for items of different groups, such as artists, and 0 for items of the same. */
export function groupDistance(groups: ArrayLike<number>): ItemDistance {
  return (a, b) => groups[a] === groups[b] ? 0 : 1;
}

/**
 * One minus the cosine of two vectors, 0 to 2. A vector of zeros is at distance 1 from all others.
 *
 * @param vectors Row-major, `[items, size]`
 * @param size Length of a vector, from 1 on
 * @throws {RangeError} when the numbers do not make whole vectors, or are not finite
 */
export function cosineDistance(vectors: ArrayLike<number>, size: number): ItemDistance {
  const attempt = "Cannot measure distances";
  whole(attempt, { size }, 1);
  const count = { "the number of elements": vectors.length };
  check(vectors.length % size === 0, attempt, count, `a multiple of ${size}`);
  const data = Float64Array.from(vectors);
  checkRows(attempt, { shape: [data.length / size, size], data }, { least: 0, wide: true });
  const dot = (a: number, b: number) => {
    let sum = 0;
    for (let f = 0; f < size; f++) sum += vectors[a * size + f] * vectors[b * size + f];
    return sum;
  };
  return (a, b) => {
    const norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return norms > 0 ? 1 - dot(a, b) / norms : 1;
  };
}
