/**
 * Which plays train and which are held out: by item, for songs nobody has played yet, and by user,
 * as the Million Song Dataset Challenge did. Equal keys give equal splits.
 *
 * @module
 */
import { check, within } from "../gpu/check.ts";
import { fold, type Key, permutation } from "../gpu/random.ts";
import { filterInteractions, type Interactions, rowOf } from "./interactions.ts";

/** How much is held out, and by which key. */
export interface HoldOutOptions {
  /** The key that every draw comes from. */
  readonly key: Key;
  /** Share scored at the end, 0 to 1. Default 0.2. */
  readonly test?: number;
  /** Share watched while training, 0 to 1. Default 0. */
  readonly validation?: number;
}

/** Options of a split by item. */
export interface SplitByItemOptions extends HoldOutOptions {
  /**
   * A group of each item, such as its artist: items of one group stay together, so that a shared
   * voice does not give a test song away. The shares then count items and are met within one group.
   */
  readonly groups?: ArrayLike<number>;
}

/** Numbers of the rows of three parts, each ascending; every row is in one. */
export interface Parts {
  /** To learn from. */
  readonly train: Uint32Array;
  /** To watch while training. */
  readonly validation: Uint32Array;
  /** To score at the end. */
  readonly test: Uint32Array;
}

/** A split by item. The interactions keep the numbers of users and items. */
export interface ItemSplit {
  /** The items of each part. */
  readonly items: Parts;
  /** Plays of the training items: factors made from these alone know nothing of the others. */
  readonly train: Interactions;
  /** Plays of the validation items. */
  readonly validation: Interactions;
  /** Plays of the test items. */
  readonly test: Interactions;
}

/** The plays of held-out users in two halves. */
export interface HalfHistory {
  /** What may be shown to the recommender. */
  readonly visible: Interactions;
  /** What it is to find. */
  readonly hidden: Interactions;
}

/** A split by user. The interactions keep the numbers of users and items. */
export interface UserSplit {
  /** The users of each part. */
  readonly users: Parts;
  /** Whole histories of the training users. */
  readonly train: Interactions;
  /** Halved histories of the validation users. */
  readonly validation: HalfHistory;
  /** Halved histories of the test users. */
  readonly test: HalfHistory;
}

/** Options of a split by user. */
export interface SplitByUserOptions extends HoldOutOptions {
  /**
   * Share of a held-out user's items that stays visible, 0 to 1. Default 0.5, as in the challenge.
   * Rounded up: the only item of a user is visible.
   */
  readonly visible?: number;
}

/**
 * Holds items out with all their plays: cold start. The sizes of the parts are rounded.
 *
 * Van den Oord, Dieleman and Schrauwen (2013) split by song but do not say whether the user factors
 * saw plays of the test songs: factorise `train` for the strict protocol, all interactions for the
 * other one.
 *
 * @throws {RangeError} when a share is outside 0 to 1, or both together exceed 1, or the groups are
 * not one whole number >= 0 an item
 *
 * @example
 * ```ts
 * import { key } from "../gpu/random.ts";
 * import { makeInteractions } from "./interactions.ts";
 * import { splitByItem } from "./splits.ts";
 *
 * const plays = { users: [0, 0, 0, 0, 0], items: [0, 1, 2, 3, 4], counts: [1, 1, 1, 1, 1] };
 * const all = makeInteractions(plays, { users: 1, items: 5 });
 * const { items, test } = splitByItem(all, { key: key(7), test: 0.2 });
 * if (items.train.length !== 4 || test.byUser.counts.length !== 1) throw new Error("one of five");
 * ```
 */
export function splitByItem(interactions: Interactions, options: SplitByItemOptions): ItemSplit {
  const { items: n } = interactions;
  const shares = checkedShares(options, "items");
  const stream = fold(options.key, "split by item");
  const part = options.groups
    ? partOfGroups(n, shares, stream, options.groups)
    : partOfRows(n, shares, stream);
  const playsOf = (wanted: number) =>
    filterInteractions(interactions, (_, i) => part[i] === wanted);
  return {
    items: partsOf(part),
    train: playsOf(TRAIN),
    validation: playsOf(VALIDATION),
    test: playsOf(TEST),
  };
}

/**
 * Holds users out, and of each of them hides a part of the items: the protocol of the Million Song
 * Dataset Challenge (McFee et al. 2012), where half of a history is to be found from the other half.
 *
 * @throws {RangeError} when a share is outside 0 to 1, or test and validation together exceed 1
 */
export function splitByUser(interactions: Interactions, options: SplitByUserOptions): UserSplit {
  const { visible = 0.5 } = options;
  const shares = checkedShares(options, "users");
  checkShare(visible, "visible", "users");
  const part = partOfRows(interactions.users, shares, fold(options.key, "split by user"));
  const isVisible = visibleEntries(interactions, part, visible, fold(options.key, "visible items"));
  const playsOf = (wanted: number, shown: boolean) => {
    let entry = 0; // filterInteractions walks the entries of byUser in order
    return filterInteractions(
      interactions,
      (user) => (isVisible[entry++] === 1) === shown && part[user] === wanted,
    );
  };
  return {
    users: partsOf(part),
    train: playsOf(TRAIN, true),
    validation: { visible: playsOf(VALIDATION, true), hidden: playsOf(VALIDATION, false) },
    test: { visible: playsOf(TEST, true), hidden: playsOf(TEST, false) },
  };
}

const [TRAIN, VALIDATION, TEST] = [0, 1, 2];

interface Shares {
  readonly test: number;
  readonly validation: number;
}

/** The part of each row; the first rows of a permutation are tested, the next watched. */
function partOfRows(n: number, shares: Shares, stream: Key): Uint8Array {
  const part = new Uint8Array(n);
  const test = Math.round(shares.test * n);
  const heldOut = Math.round((shares.test + shares.validation) * n);
  permutation(stream, n).forEach((row, place) => {
    part[row] = place < test ? TEST : place < heldOut ? VALIDATION : TRAIN;
  });
  return part;
}

/** As partOfRows, but a whole group goes where the middle of it falls. */
function partOfGroups(
  n: number,
  shares: Shares,
  stream: Key,
  groups: ArrayLike<number>,
): Uint8Array {
  const sizes = groupSizes(n, groups);
  const numbers = Uint32Array.from(sizes.keys());
  const partOfGroup = new Map<number, number>();
  let before = 0;
  for (const place of permutation(stream, numbers.length)) {
    const size = sizes.get(numbers[place])!;
    const middle = (before + size / 2) / n;
    before += size;
    const isTest = middle < shares.test;
    const isHeldOut = middle < shares.test + shares.validation;
    partOfGroup.set(numbers[place], isTest ? TEST : isHeldOut ? VALIDATION : TRAIN);
  }
  return Uint8Array.from({ length: n }, (_, item) => partOfGroup.get(groups[item])!);
}

/** Items of each group, groups ascending, so that the draw does not hang on the order of items. */
function groupSizes(n: number, groups: ArrayLike<number>): Map<number, number> {
  const count = { "the number of groups": groups.length };
  check(groups.length === n, "Cannot split items", count, `one for each of ${n} items`);
  const sizes = new Map<number, number>();
  for (let item = 0; item < n; item++) {
    const group = groups[item];
    if (!Number.isInteger(group) || group < 0 || group >= 2 ** 32) {
      throw new RangeError(
        `Cannot split items: item ${item} has group ${group}, expected a whole number below 2^32`,
      );
    }
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  return new Map([...sizes].sort(([a], [b]) => a - b));
}

/** 1 for each entry that is shown; all of the training users. Each user draws from its own key. */
function visibleEntries(
  { byUser, users }: Interactions,
  part: Uint8Array,
  share: number,
  stream: Key,
): Uint8Array {
  const isVisible = new Uint8Array(byUser.indices.length).fill(1);
  for (let user = 0; user < users; user++) {
    if (part[user] === TRAIN) continue;
    const n = rowOf(byUser, user).indices.length;
    const shown = Math.ceil(share * n);
    permutation(fold(stream, user), n).forEach((entry, place) => {
      if (place >= shown) isVisible[byUser.starts[user] + entry] = 0;
    });
  }
  return isVisible;
}

function partsOf(part: Uint8Array): Parts {
  const rowsOf = (wanted: number) => {
    const rows = new Uint32Array(part.reduce((sum, p) => sum + (p === wanted ? 1 : 0), 0));
    let size = 0;
    part.forEach((p, row) => {
      if (p === wanted) rows[size++] = row;
    });
    return rows;
  };
  return { train: rowsOf(TRAIN), validation: rowsOf(VALIDATION), test: rowsOf(TEST) };
}

function checkedShares({ test = 0.2, validation = 0 }: HoldOutOptions, what: string): Shares {
  checkShare(test, "test", what);
  checkShare(validation, "validation", what);
  checkShare(test + validation, "test and validation together", what);
  return { test, validation };
}

function checkShare(share: number, name: string, what: string): void {
  within(`Cannot split ${what}`, { [name]: share }, 0, 1);
}
