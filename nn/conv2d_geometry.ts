/** Extents of a convolution, and how its kernels share the work. */
import { check } from "../gpu/check.ts";
import type { Context } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import type { Shape } from "../gpu/tensor.ts";

/**
 * How an image's border is treated: `"valid"` takes only outputs whose filter lies inside the image,
 * `"same"` pads with zeros so that there are `ceil(input / stride)` outputs.
 */
export type Padding = "valid" | "same";

/** What the kernels and the references need besides tensors. */
export interface Conv2dOptions {
  /** Pixels between neighbouring outputs, on both axes. Default 1. */
  readonly stride?: number;
  /** Treatment of the border. Default `"valid"`. */
  readonly padding?: Padding;
  /** What follows the bias. Default `"none"`. */
  readonly activation?: "relu" | "none";
}

/**
 * Outputs along an axis, and the zeros put before the first pixel.
 *
 * @param input pixels of the image
 * @param size pixels of the filter
 * @throws RangeError when the filter is larger than the image and nothing is padded
 */
export function convOutputLength(
  input: number,
  size: number,
  stride: number,
  padding: Padding,
): { length: number; before: number } {
  if (padding === "same") {
    const length = Math.ceil(input / stride);
    const padded = Math.max(0, (length - 1) * stride + size - input);
    return { length, before: Math.floor(padded / 2) };
  }
  check(size <= input, "Cannot convolve", { size }, `at most ${input} pixels, or padding "same"`);
  return { length: Math.floor((input - size) / stride) + 1, before: 0 };
}

/** All extents of a convolution, by the names of the shaders' `Params`. */
export type Geometry = Readonly<
  Record<
    "b" | "h" | "w" | "c" | "f" | "kh" | "kw" | "oh" | "ow" | "stride" | "padTop" | "padLeft",
    number
  >
>;

/** Extents of a convolution; throws when the shapes do not fit. */
export function geometryOf(input: Shape, weight: Shape, options: Conv2dOptions): Geometry {
  const { stride = 1, padding = "valid" } = options;
  check(input.length === 4, "Cannot convolve", { input }, "images [b, h, w, c]");
  const fits = weight.length === 4 && weight[2] === input[3];
  check(fits, "Cannot convolve", { weight }, `filters [kh, kw, ${input[3]}, f]`);
  const [b, h, w, c] = input;
  const [kh, kw, , f] = weight;
  const rows = convOutputLength(h, kh, stride, padding);
  const columns = convOutputLength(w, kw, stride, padding);
  return {
    ...{ b, h, w, c, f, kh, kw, stride },
    ...{ oh: rows.length, ow: columns.length, padTop: rows.before, padLeft: columns.before },
  };
}

/** Pairs of an output and a tap inside the image, along an axis. */
function pairsInside(
  input: number,
  output: number,
  size: number,
  stride: number,
  before: number,
): number {
  let pairs = 0;
  for (let o = 0; o < output; o++) {
    const start = o * stride - before;
    pairs += Math.min(size, input - start) - Math.max(0, -start);
  }
  return pairs;
}

/** Operations without those on padding, which no kernel does. */
export function flopsOf(
  { b, h, w, c, f, kh, kw, oh, ow, stride, padTop, padLeft }: Dims,
): number {
  const taps = pairsInside(h, oh, kh, stride, padTop) * pairsInside(w, ow, kw, stride, padLeft);
  return 2 * b * c * f * taps;
}

/** Images, channels or taps by filters that a thread holds. */
export interface Tile {
  readonly rows: number;
  readonly filters: number;
}

/** For a software adapter, where loads cost more than spilled registers. */
export const LARGE: Tile = { rows: 16, filters: 16 };
/** A card has no registers for the large tile; small batches and few filters would not fill it. */
export const SMALL: Tile = { rows: 8, filters: 8 };
/** The tile's part of an entry point's name. */
export const nameOf = (tile: Tile) => `${tile.rows}x${tile.filters}`;

/**
 * The tile for a device and for so many rows and filters.
 *
 * @param narrow tile to prefer where it divides the filters
 */
export function tileOf(context: Context, rows: number, filters: number, narrow?: Tile): Tile {
  if (context.profile === "card" || rows <= 8 || filters <= 8) return SMALL;
  return narrow && filters % narrow.filters === 0 ? narrow : LARGE;
}

/** Kernels by tile: the given ones, which suit the software driver, and `SMALL`. */
export function byTile<K>(large: readonly Tile[], make: (tile: Tile) => K): (tile: Tile) => K {
  const made = new Map([...large, SMALL].map((tile) => [tile, make(tile)]));
  return (tile) => made.get(tile)!;
}

/** Partial sums of a gradient may take this much memory. */
const PARTIAL_BYTES = 32 * 2 ** 20;
/** Threads that keep a device busy; a software adapter has few cores but shares work by workgroup. */
const BUSY_THREADS = { software: 4096, card: 65_536 } as const;
/** Fewer rows in a group would cost more in the second pass than they save in the first. */
const LEAST_ROWS = 16;

/** Groups into which a sum of `rows` is split. */
export function chunksOf(
  context: Context,
  rows: number,
  threads: number,
  elements: number,
): { chunks: number; rows: number } {
  const wanted = Math.ceil(BUSY_THREADS[context.profile] / threads);
  const affordable = Math.floor(PARTIAL_BYTES / (4 * elements));
  const worthwhile = Math.ceil(rows / LEAST_ROWS);
  const each = Math.ceil(rows / Math.max(1, Math.min(wanted, affordable, worthwhile)));
  return { chunks: Math.ceil(rows / each), rows: each };
}
