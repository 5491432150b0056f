/**
 * Who played what how often: a sparse table `[u, i]` of counts, compressed by user and by item.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";

/** One orientation of the table. Row `r` owns the entries `starts[r]` up to `starts[r + 1]`. */
export interface SparseRows {
  /** Where each row starts, and the end of the last: `[rows + 1]`. */
  readonly starts: Uint32Array;
  /** The column of each entry, ascending within a row: `[entries]`. */
  readonly indices: Uint32Array;
  /** Plays of each entry, at least 1: `[entries]`. */
  readonly counts: Uint32Array;
}

/** Play counts in both orientations. Entries that are not stored are 0. */
export interface Interactions {
  /** Number of users, u. */
  readonly users: number;
  /** Number of items, i. */
  readonly items: number;
  /** Rows are users, columns items. */
  readonly byUser: SparseRows;
  /** Rows are items, columns users: the same entries. */
  readonly byItem: SparseRows;
}

/** The entries of one row, as views: nothing is copied. */
export interface SparseRow {
  /** Columns, ascending. */
  readonly indices: Uint32Array;
  /** Plays of each column. */
  readonly counts: Uint32Array;
}

/** Plays as they come from a file: three columns of equal length, in any order. */
export interface TripletColumns {
  /** User of each play, 0 to u - 1. */
  readonly users: ArrayLike<number>;
  /** Item of each play, 0 to i - 1. */
  readonly items: ArrayLike<number>;
  /** Plays, whole numbers of at least 1. */
  readonly counts: ArrayLike<number>;
}

/** Largest count, and largest sum of the counts of one user and item: 2^32 - 1. */
export const LARGEST_COUNT = 0xFFFFFFFF;

const ATTEMPT = "Cannot make interactions";

/** The counts of a user and an item that sum to more than fits. */
export class CountSumError extends RangeError {
  /** Largest sum that fits. */
  readonly most: number = LARGEST_COUNT;

  /** Names both by their numbers. */
  constructor(
    /** The user's number. */
    readonly user: number,
    /** The item's number. */
    readonly item: number,
    /** What the counts sum to. */
    readonly sum: number,
  ) {
    super(
      `${ATTEMPT}: the counts of user ${user} and item ${item} sum to ${sum}, expected at most ` +
        LARGEST_COUNT,
    );
  }
}

/**
 * Compresses triplets. Several triplets of one user and item become one entry, their sum.
 *
 * Memory: 8 bytes an entry and orientation, and as much again while it runs.
 *
 * @param columns The triplets, in any order
 * @param shape Numbers of users and items; some may have no plays
 * @returns Both orientations
 * @throws {RangeError} when the columns differ in length, an index is outside the shape, or a count
 * or a sum of counts is not a whole number from 1 to 2^32 - 1; the message gives the place
 *
 * @example
 * ```ts
 * import { makeInteractions, rowOf } from "./interactions.ts";
 *
 * const plays = { users: [0, 1, 0], items: [2, 0, 2], counts: [3, 1, 4] };
 * const { byUser } = makeInteractions(plays, { users: 2, items: 3 });
 * const { indices, counts } = rowOf(byUser, 0);
 * if (indices.join() !== "2" || counts.join() !== "7") throw new Error("duplicates are summed");
 * ```
 */
export function makeInteractions(
  columns: TripletColumns,
  shape: { readonly users: number; readonly items: number },
): Interactions {
  checkColumns(columns, shape);
  // Two stable counting sorts, by item and then by user, leave the items of a user ascending.
  const { users, items, counts } = columns;
  const sortedByItem = groupRows(items, users, counts, shape.items);
  const merged = mergeDuplicates(transposeRows(sortedByItem, shape.users));
  return withBothOrientations(merged, shape);
}

/**
 * The entries of one row, as views.
 *
 * @throws {RangeError} when there is no such row
 */
export function rowOf(rows: SparseRows, row: number): SparseRow {
  const last = rows.starts.length - 2;
  whole("Cannot read a row of interactions", { row }, 0, last);
  const [start, end] = [rows.starts[row], rows.starts[row + 1]];
  return { indices: rows.indices.subarray(start, end), counts: rows.counts.subarray(start, end) };
}

/** Entries of each row: for `byItem` the number of users who played it, its popularity. `[rows]` */
export function rowLengths({ starts }: SparseRows): Uint32Array {
  return Uint32Array.from({ length: starts.length - 1 }, (_, row) => starts[row + 1] - starts[row]);
}

/**
 * The entries that pass a test. Shape and numbering stay, so that factors and ids still fit.
 *
 * @param interactions What to filter
 * @param keep Called once per entry, users ascending, then items ascending
 */
export function filterInteractions(
  interactions: Interactions,
  keep: (user: number, item: number, count: number) => boolean,
): Interactions {
  const { starts, indices, counts } = interactions.byUser;
  const kept = {
    starts: new Uint32Array(starts.length),
    indices: new Uint32Array(indices.length),
    counts: new Uint32Array(counts.length),
  };
  let size = 0;
  for (let user = 0; user < interactions.users; user++) {
    for (let entry = starts[user]; entry < starts[user + 1]; entry++) {
      if (!keep(user, indices[entry], counts[entry])) continue;
      kept.indices[size] = indices[entry];
      kept.counts[size++] = counts[entry];
    }
    kept.starts[user + 1] = size;
  }
  return withBothOrientations(cutTo(kept, size), interactions);
}

/**
 * The same entries with rows and columns exchanged.
 *
 * @param rows One orientation
 * @param columns Number of columns, which become rows
 */
export function transposeRows(rows: SparseRows, columns: number): SparseRows {
  const owner = new Uint32Array(rows.indices.length);
  for (let row = 0; row < rows.starts.length - 1; row++) {
    owner.fill(row, rows.starts[row], rows.starts[row + 1]);
  }
  return groupRows(rows.indices, owner, rows.counts, columns);
}

function withBothOrientations(
  byUser: SparseRows,
  { users, items }: { readonly users: number; readonly items: number },
): Interactions {
  return { users, items, byUser, byItem: transposeRows(byUser, items) };
}

/** A stable counting sort of entries by row. */
function groupRows(
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
  rowCount: number,
): SparseRows {
  const starts = new Uint32Array(rowCount + 1);
  for (let entry = 0; entry < rows.length; entry++) starts[rows[entry] + 1]++;
  for (let row = 0; row < rowCount; row++) starts[row + 1] += starts[row];
  const next = starts.slice();
  const indices = new Uint32Array(rows.length);
  const counts = new Uint32Array(rows.length);
  for (let entry = 0; entry < rows.length; entry++) {
    const place = next[rows[entry]]++;
    indices[place] = columns[entry];
    counts[place] = values[entry];
  }
  return { starts, indices, counts };
}

/** Sums neighbouring entries of one row and column, in place. */
function mergeDuplicates(rows: SparseRows): SparseRows {
  const { starts, indices, counts } = rows;
  let size = 0;
  let from = 0;
  for (let row = 0; row < starts.length - 1; row++) {
    const [rowStart, end] = [size, starts[row + 1]];
    for (let entry = from; entry < end; entry++) {
      if (size > rowStart && indices[size - 1] === indices[entry]) {
        counts[size - 1] = summed(counts[size - 1], counts[entry], row, indices[entry]);
      } else {
        indices[size] = indices[entry];
        counts[size++] = counts[entry];
      }
    }
    from = end;
    starts[row + 1] = size;
  }
  return cutTo(rows, size);
}

function summed(a: number, b: number, user: number, item: number): number {
  if (a + b <= LARGEST_COUNT) return a + b;
  throw new CountSumError(user, item, a + b);
}

function cutTo({ starts, indices, counts }: SparseRows, size: number): SparseRows {
  if (size === indices.length) return { starts, indices, counts };
  return { starts, indices: indices.slice(0, size), counts: counts.slice(0, size) };
}

function checkColumns(
  { users, items, counts }: TripletColumns,
  shape: { readonly users: number; readonly items: number },
): void {
  whole(ATTEMPT, { users: shape.users, items: shape.items }, 0, 2 ** 32 - 1);
  const lengths = [users, items, counts].map(({ length }) => length);
  const named = { "the length of users, items and counts": lengths.join(", ") };
  check(lengths.every((length) => length === lengths[0]), ATTEMPT, named, "three times the same");
  for (let at = 0; at < users.length; at++) {
    if (!isWhole(users[at], 0, shape.users - 1)) {
      fail(at, "user", users[at], 0, shape.users - 1);
    }
    if (!isWhole(items[at], 0, shape.items - 1)) {
      fail(at, "item", items[at], 0, shape.items - 1);
    }
    if (!isWhole(counts[at], 1, LARGEST_COUNT)) fail(at, "count", counts[at], 1, LARGEST_COUNT);
  }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function fail(at: number, what: string, value: number, least: number, most: number): never {
  throw new RangeError(
    `${ATTEMPT}: triplet ${at} has ${what} ${value}, expected a whole number from ${least} to ${most}`,
  );
}
