/**
 * How the rows of a sparse table are cut for the device: ranges that fit a binding, rows by length,
 * long rows in parts.
 *
 * @module
 */
import type { SparseRows } from "./interactions.ts";

/** Neighbouring rows, whose entries and factors each fit one binding. */
export interface RowRange {
  /** First row. */
  readonly first: number;
  /** Row after the last. */
  readonly end: number;
}

/** Bytes of an entry on the device: column and weight. */
export const ENTRY_BYTES = 8;
/** Bytes of a row of a table for the device: four u32. */
export const TABLE_BYTES = 16;

/**
 * Ranges of rows that cover all, as few as fit.
 *
 * @param rows The table
 * @param rowBytes Bytes of the factors of one row
 * @param mostBytes The most that a tensor may take
 * @throws {RangeError} when a single row does not fit
 */
export function rowRanges(rows: SparseRows, rowBytes: number, mostBytes: number): RowRange[] {
  const { starts } = rows;
  const bytesOfRow = Math.max(rowBytes, TABLE_BYTES);
  const ranges: RowRange[] = [];
  let first = 0;
  for (let row = 0; row < starts.length - 1; row++) {
    const alone = Math.max(ENTRY_BYTES * (starts[row + 1] - starts[row]), bytesOfRow);
    if (alone > mostBytes) {
      throw new RangeError(
        `Cannot cut rows for the device: row ${row} takes ${alone} bytes, expected at most ` +
          `${mostBytes} in one binding`,
      );
    }
    const entryBytes = ENTRY_BYTES * (starts[row + 1] - starts[first]);
    if (entryBytes > mostBytes || (row + 1 - first) * bytesOfRow > mostBytes) {
      ranges.push({ first, end: row });
      first = row;
    }
  }
  ranges.push({ first, end: starts.length - 1 });
  return ranges;
}

/** Rows whose sums are made of parts, worked on together. */
export interface RowGroup {
  /** Row of each slot, and where its parts begin in `order`; one more than slots: `[slots + 1, 2]`. */
  readonly slots: Uint32Array;
  /** Parts of each slot in the order of their sum: `[parts]`. */
  readonly order: Uint32Array;
  /** Slot, row, first entry, entry after the last, shard by shard, long ones first: `[parts, 4]`. */
  readonly parts: Uint32Array;
  /** Parts of each shard of the fixed side: the first, and how many. */
  readonly shards: readonly { readonly offset: number; readonly count: number }[];
}

/** How the rows of a range are solved. Rows and entries count from the start of the range. */
export interface RowPlan {
  /** Rows that one thread takes whole: row, first entry, entry after the last, 0: `[rows, 4]`. */
  readonly whole: Uint32Array;
  /** The others. */
  readonly groups: readonly RowGroup[];
}

/** How rows are cut. */
export interface CutOptions {
  /** The shards of the fixed side. */
  readonly shards: readonly RowRange[];
  /** Whether rows of up to `longest` entries may be taken whole. */
  readonly whole: boolean;
  /** Most entries of a part, and of a row that is taken whole. */
  readonly longest: number;
  /** Most parts of a group. */
  readonly mostParts: number;
  /** Most parts of a row. */
  readonly mostPartsOfRow: number;
}

/** Threads that belong together, whose rows should be of equal length. */
const TOGETHER = 64;

/**
 * Deals sorted elements, 64 at a time, so that every stretch holds long ones and short ones: a software
 * device gives each of its cores a stretch of a dispatch.
 */
export function dealt<T>(sorted: readonly T[]): T[] {
  const blocks = Math.ceil(sorted.length / TOGETHER);
  let stride = Math.max(1, Math.round(blocks * 0.382)); // the golden section spreads best
  while (greatestDivisor(stride, blocks) > 1) stride++;
  return Array.from({ length: blocks }, (_, i) => (i * stride) % blocks).flatMap((block) =>
    sorted.slice(TOGETHER * block, TOGETHER * (block + 1))
  );
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/**
 * Sorts the rows of a range by length, so that neighbouring threads do equal work, and cuts those
 * that one thread should not take whole.
 *
 * @throws {RangeError} when one row has more parts than a group may hold
 */
export function planRows(rows: SparseRows, range: RowRange, options: CutOptions): RowPlan {
  const { whole, longest } = options;
  const { starts } = rows;
  const lengthOf = (row: number) => starts[row + 1] - starts[row];
  const order = Array.from({ length: range.end - range.first }, (_, i) => range.first + i)
    .sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  const isWhole = (row: number) => whole && lengthOf(row) <= longest;
  const offset = starts[range.first];
  const table = dealt(order.filter(isWhole)).flatMap((
    row,
  ) => [row - range.first, starts[row] - offset, starts[row + 1] - offset, 0]);
  const cut = order.filter((row) => !isWhole(row));
  return { whole: Uint32Array.from(table), groups: groupsOf(rows, range, cut, options) };
}

/** A run of entries of one row in one shard. */
interface Part {
  readonly slot: number;
  readonly row: number;
  readonly shard: number;
  readonly first: number;
  readonly end: number;
}

function groupsOf(
  rows: SparseRows,
  range: RowRange,
  cut: readonly number[],
  options: CutOptions,
): RowGroup[] {
  const groups: RowGroup[] = [];
  let parts: Part[] = [];
  let slots: number[] = [];
  const close = () => {
    if (slots.length > 0) groups.push(groupOf(parts, slots, range, rows, options));
    [parts, slots] = [[], []];
  };
  for (const row of cut) {
    const ofRow = partsOfRow(rows, row, options);
    const most = Math.min(options.mostParts, options.mostPartsOfRow);
    if (ofRow.length > most) {
      throw new RangeError(
        `Cannot cut rows for the device: row ${row} has ${ofRow.length} parts, expected at most ${most}`,
      );
    }
    if (Math.max(parts.length + ofRow.length, slots.length + 2) > options.mostParts) close();
    parts.push(...ofRow.map((part) => ({ ...part, slot: slots.length })));
    slots.push(row);
  }
  close();
  return groups;
}

/** The entries of a row, which ascend by column, cut at shards and after every `longest`. */
function partsOfRow(
  { starts, indices }: SparseRows,
  row: number,
  { shards, longest }: CutOptions,
): Omit<Part, "slot">[] {
  const parts: Omit<Part, "slot">[] = [];
  let shard = 0;
  for (let first = starts[row]; first < starts[row + 1];) {
    while (indices[first] >= shards[shard].end) shard++;
    let end = first + 1;
    const most = Math.min(starts[row + 1], first + longest);
    while (end < most && indices[end] < shards[shard].end) end++;
    parts.push({ row, shard, first, end });
    first = end;
  }
  return parts;
}

function groupOf(
  parts: readonly Part[],
  slots: readonly number[],
  range: RowRange,
  { starts }: SparseRows,
  { shards }: CutOptions,
): RowGroup {
  const offset = starts[range.first];
  const sorted = parts.map((part, at) => ({ ...part, at })).sort((a, b) =>
    a.shard - b.shard || (b.end - b.first) - (a.end - a.first) || a.at - b.at
  );
  const placeOf = new Uint32Array(parts.length);
  sorted.forEach(({ at }, place) => placeOf[at] = place);
  const firstPart = new Uint32Array(slots.length + 1);
  for (const { slot } of parts) firstPart[slot + 1]++;
  for (let slot = 0; slot < slots.length; slot++) firstPart[slot + 1] += firstPart[slot];
  const rowOf = (slot: number) => slot < slots.length ? slots[slot] - range.first : 0;
  return {
    slots: Uint32Array.from([...firstPart].flatMap((place, slot) => [rowOf(slot), place])),
    order: placeOf,
    parts: Uint32Array.from(
      sorted.flatMap(({ slot, row, first, end }) => [
        slot,
        row - range.first,
        first - offset,
        end - offset,
      ]),
    ),
    shards: shards.map((_, shard) => ({
      offset: sorted.filter((part) => part.shard < shard).length,
      count: sorted.filter((part) => part.shard === shard).length,
    })),
  };
}
