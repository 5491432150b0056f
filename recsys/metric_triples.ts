/**
 * Triples to learn a metric from: two items that a user played, and one that they did not.
 *
 * @module
 */
import { check } from "../gpu/check.ts";
import { type Key, uniform } from "../gpu/random.ts";
import { type Interactions, rowLengths, rowOf } from "./interactions.ts";

/** Items a and b, played by one user who did not play c. */
export interface Triple {
  /** Played. */
  readonly a: number;
  /** Played too, not a. */
  readonly b: number;
  /** Not played by this user, but by others. */
  readonly c: number;
}

/**
 * An endless list of triples: users drawn evenly among those with two items or more, then items
 * evenly. Items that nobody played are never drawn: of those it is not known that anybody would not.
 */
export class TripleDraw {
  readonly #plays: Interactions;
  readonly #stream: Key;
  readonly #users: Uint32Array;
  readonly #items: Uint32Array;
  #drawn = 0;

  /**
   * A list from its start.
   *
   * @param plays of the items to learn from only
   * @param stream key of the draws; the same key draws the same triples
   * @throws {RangeError} when no user has two items and leaves another one
   */
  constructor(plays: Interactions, stream: Key) {
    this.#plays = plays;
    this.#stream = stream;
    this.#items = placesOf(rowLengths(plays.byItem), (users) => users > 0);
    const most = this.#items.length;
    this.#users = placesOf(rowLengths(plays.byUser), (items) => items >= 2 && items < most);
    const count = {
      "the number of users who played two items and left another": this.#users.length,
    };
    check(this.#users.length > 0, "Cannot fit a metric", count, `1 or more of ${plays.users}`);
  }

  /** The next triple. */
  next(): Triple {
    const user = this.#users[this.#below(this.#users.length)];
    const { indices } = rowOf(this.#plays.byUser, user);
    const first = this.#below(indices.length);
    const other = this.#below(indices.length - 1);
    const second = other < first ? other : other + 1;
    let c = this.#items[this.#below(this.#items.length)];
    while (holds(indices, c)) c = this.#items[this.#below(this.#items.length)];
    return { a: indices[first], b: indices[second], c };
  }

  #below(n: number): number {
    return Math.floor(uniform(this.#stream, this.#drawn++) * n);
  }
}

function placesOf(lengths: Uint32Array, isWanted: (length: number) => boolean): Uint32Array {
  return Uint32Array.from(lengths.keys()).filter((place) => isWanted(lengths[place]));
}

/** Whether an ascending list holds a number. */
function holds(sorted: Uint32Array, wanted: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
