/**
 * The filters of a convolution over colours as a picture.
 *
 * @module
 */
import type { PngSize } from "../../files/png.ts";
import type { NdArray } from "../../gpu/tensor.ts";

/** How many times a weight is enlarged. */
const SCALE = 8;
/** Between two tiles, in pixels. */
const GAP = 6;
/** Tiles in a row: as many as a phone shows without shrinking them to nothing. */
const COLUMNS = 8;

/** A picture of all filters. */
export interface FilterSheet extends Pick<PngSize, "height" | "width"> {
  /** `[height, width, 3]`, 0 to 255. */
  readonly pixels: Uint8Array;
}

/**
 * Tiles in rows of eight, each weight a square of 8 x 8. Mid-grey is 0; the largest weight, by size,
 * of all filters or of each one is fully bright or dark.
 *
 * @param filters `[kh, kw, 3, f]`
 * @param scaling whether all filters share one scale, or each has its own
 */
export function filterSheet(filters: NdArray, scaling: "joint" | "each"): FilterSheet {
  const [kh, kw, , count] = filters.shape;
  const columns = Math.min(COLUMNS, count);
  const [tileHeight, tileWidth] = [kh * SCALE + GAP, kw * SCALE + GAP];
  const height = Math.ceil(count / columns) * tileHeight - GAP;
  const width = columns * tileWidth - GAP;
  const pixels = new Uint8Array(height * width * 3).fill(255);
  const largest = largestOfEach(filters);
  const joint = Math.max(...largest);
  for (let f = 0; f < count; f++) {
    const most = (scaling === "joint" ? joint : largest[f]) || 1;
    const [top, left] = [Math.floor(f / columns) * tileHeight, (f % columns) * tileWidth];
    for (let y = 0; y < kh * SCALE; y++) {
      for (let x = 0; x < kw * SCALE; x++) {
        const weight = (Math.floor(y / SCALE) * kw + Math.floor(x / SCALE)) * 3;
        for (let channel = 0; channel < 3; channel++) {
          const value = filters.data[(weight + channel) * count + f] / most;
          pixels[((top + y) * width + left + x) * 3 + channel] = Math.round(127.5 * (1 + value));
        }
      }
    }
  }
  return { pixels, height, width };
}

function largestOfEach({ shape, data }: NdArray): number[] {
  const count = shape[3];
  const largest = new Array<number>(count).fill(0);
  data.forEach((value, i) => largest[i % count] = Math.max(largest[i % count], Math.abs(value)));
  return largest;
}
