/**
 * Which items a ranking holds.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";

/** What may be recommended. */
export interface CandidateOptions {
  /** The items that may be recommended, such as the test songs, without doubles. Default all. */
  readonly candidates?: ArrayLike<number>;
  /** Items left out of the ranking, such as those the user is known to have played. */
  readonly exclude?: ArrayLike<number>;
}

/** The first half of the messages about rankings. */
export const RANK_ATTEMPT = "Cannot rank items";

/**
 * 1 for each item that may be recommended: a candidate that is not excluded. `[items]`
 *
 * @throws {RangeError} for an item that does not exist, or a candidate named twice
 */
export function openItems(
  items: number,
  { candidates, exclude }: CandidateOptions,
): Uint8Array {
  const open = new Uint8Array(items);
  if (!candidates) open.fill(1);
  else {
    for (let at = 0; at < candidates.length; at++) {
      checkItem(candidates[at], items, "candidate");
      if (open[candidates[at]] === 1) {
        throw new RangeError(`${RANK_ATTEMPT}: item ${candidates[at]} is a candidate twice`);
      }
      open[candidates[at]] = 1;
    }
  }
  for (let at = 0; at < (exclude?.length ?? 0); at++) {
    checkItem(exclude![at], items, "item to exclude");
    open[exclude![at]] = 0;
  }
  return open;
}

function checkItem(item: number, items: number, what: string): void {
  whole(RANK_ATTEMPT, { [what]: item }, 0, items - 1);
}

/**
 * Checks a number of places.
 *
 * @throws {RangeError} unless `k` is a whole number from 1 on
 */
export function checkCutoff(k: number): void {
  if (Number.isInteger(k) && k >= 1) return;
  throw new RangeError(`Cannot judge the first ${k} places: expected a whole number from 1 on`);
}
