/**
 * Features in at most 256 bins each, so that a tree finds a split by counting bytes instead of
 * sorting numbers. The bins are quantiles of the training rows; a feature of at most 256 distinct
 * values has one bin for each, and a tree on it is an exact one.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";

/** Most bins of a feature: what a byte can number. */
export const MAX_BINS = 256;

/** Training rows in bins. The arrays are shared between threads where that is possible. */
export interface FeatureBins {
  /** Number of rows. */
  readonly rows: number;
  /** Number of features. */
  readonly columns: number;
  /** The bin of each number, column-major: `[columns, rows]`. */
  readonly bins: Uint8Array;
  /** Smallest training value of each bin, `[columns, 256]`; 0 where there is no such bin. */
  readonly low: Float32Array;
  /** Largest training value of each bin, `[columns, 256]`. */
  readonly high: Float32Array;
}

/** Bins of neighbouring columns, as a worker returns them. */
export interface BinnedColumns {
  /** The bin of each number, `[columns, rows]`. */
  readonly bins: Uint8Array<ArrayBuffer>;
  /** As in {@linkcode FeatureBins}. */
  readonly low: Float32Array<ArrayBuffer>;
  /** As in {@linkcode FeatureBins}. */
  readonly high: Float32Array<ArrayBuffer>;
}

/** Room for bins: shared memory, or memory that is copied to each worker where there is none. */
export function emptyBins(rows: number, columns: number): FeatureBins {
  return {
    rows,
    columns,
    bins: new Uint8Array(buffer(columns * rows)),
    low: new Float32Array(buffer(columns * MAX_BINS * 4)),
    high: new Float32Array(buffer(columns * MAX_BINS * 4)),
  };
}

// Browsers have shared memory only on pages that isolate themselves from other origins.
function buffer(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined"
    ? new ArrayBuffer(bytes)
    : new SharedArrayBuffer(bytes);
}

/**
 * Neighbouring columns, one after the other, as float32.
 *
 * @param x The table [rows, columns]
 * @param first First column
 * @param count Number of columns
 * @returns `[count, rows]`
 */
export function columnBlock(
  { shape: [rows, columns], data }: NdArray,
  first: number,
  count: number,
): Float32Array<ArrayBuffer> {
  const block = new Float32Array(count * rows);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < count; k++) block[k * rows + row] = data[row * columns + first + k];
  }
  return block;
}

/**
 * Sorts columns into bins.
 *
 * @param values Columns one after the other, `[columns, rows]`
 * @param rows Number of rows
 */
export function binColumns(values: Float32Array, rows: number): BinnedColumns {
  const columns = values.length / rows;
  const bins = new Uint8Array(columns * rows);
  const low = new Float32Array(columns * MAX_BINS);
  const high = new Float32Array(columns * MAX_BINS);
  for (let column = 0; column < columns; column++) {
    const from = values.subarray(column * rows, (column + 1) * rows);
    const span = [column * MAX_BINS, (column + 1) * MAX_BINS] as const;
    const highs = high.subarray(...span);
    const count = findBins(Float32Array.from(from).sort(), low.subarray(...span), highs);
    assign(from, highs, count, bins.subarray(column * rows, (column + 1) * rows));
  }
  return { bins, low, high };
}

/** Writes the least and the largest value of each bin; gives the number of bins. */
function findBins(sorted: Float32Array, low: Float32Array, high: Float32Array): number {
  const wanted = distinct(sorted) <= MAX_BINS ? Infinity : MAX_BINS;
  let count = 0;
  for (let start = 0; start < sorted.length;) {
    // Bins left of even size; one common value may fill several, which the others make up for.
    const share = Math.max(1, (sorted.length - start) / (wanted - count));
    let end = Math.min(sorted.length, start + Math.round(share));
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end++;
    low[count] = sorted[start];
    high[count++] = sorted[end - 1];
    start = end;
  }
  return count;
}

function distinct(sorted: Float32Array): number {
  let count = 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) count++;
  return count;
}

function assign(values: Float32Array, high: Float32Array, count: number, bins: Uint8Array): void {
  for (let i = 0; i < values.length; i++) {
    let [first, last] = [0, count - 1];
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (values[i] <= high[middle]) last = middle;
      else first = middle + 1;
    }
    bins[i] = first;
  }
}

/**
 * The number that parts two bins: rows at or below it go left. It is the largest float32 up to the
 * midpoint of the bins' nearest values, so that float32 rows fall as they would by the exact
 * midpoint, and never equals `above`.
 *
 * @param below Largest value to the left
 * @param above Smallest value to the right
 */
export function thresholdBetween(below: number, above: number): number {
  const exact = below / 2 + above / 2; // halves first: the sum could pass the largest float32
  const rounded = Math.fround(exact);
  return rounded <= exact ? rounded : previousFloat32(rounded);
}

const FLOAT = new Float32Array(1);
const BITS = new Int32Array(FLOAT.buffer);

function previousFloat32(value: number): number {
  FLOAT[0] = value;
  if (value === 0) BITS[0] = -0x7FFFFFFF; // the smallest negative number
  else BITS[0] += value > 0 ? -1 : 1;
  return FLOAT[0];
}
