/**
 * The filters of the first convolution as pictures.
 *
 * @module
 */
import type { NdArray } from "../../../gpu/tensor.ts";
import { base64 } from "../../report/plot/picture.ts";
import { encodePng } from "../../../files/png.ts";
import { escapeText } from "../../report/plot/svg.ts";
import type { GalaxyReportContent } from "./content.ts";
import { image, paragraph, section } from "../../report/html.ts";

/** How many times a weight is enlarged. */
const SCALE = 8;
/** Between two tiles, in pixels. */
const GAP = 6;
/** Tiles in a row: as many as a phone shows without shrinking them to nothing. */
const COLUMNS = 8;

/** A picture of all filters. */
export interface FilterSheet {
  /** `[height, width, 3]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
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

/** The section; empty without filters. */
export function filterPictures({ filters, curves }: GalaxyReportContent): string {
  if (!filters) return "";
  const which = curves.length > 1
    ? ` Shown are those of the first of ${curves.length} networks.`
    : "";
  const [kh, kw, , count] = filters.shape;
  return section(
    "What the first layer looks for",
    paragraph(
      `The first layer compares every spot of the picture with ${count} small patterns, its ` +
        `filters of ${kh}\u00a0×\u00a0${kw} pixels in three colours. Training made them. Edges, spots and ` +
        `differences of colour are what one expects; filters that still look like noise had too ` +
        `little training, or too little to do.${which}`,
    ),
    sheet(filters, "joint", "All on one scale: pale filters matter less. Mid-grey is zero."),
    sheet(filters, "each", "Each on a scale of its own, to show its form."),
  );
}

function sheet(filters: NdArray, scaling: "joint" | "each", caption: string): string {
  const { pixels, height, width } = filterSheet(filters, scaling);
  const url = `data:image/png;base64,${base64(encodePng(pixels, { height, width }))}`;
  const alt = `${filters.shape[3]} filters of the first layer. ${caption}`;
  return `<figure>${image({ url, alt, width, height, className: "pixels" })}` +
    `<figcaption>${escapeText(caption)}</figcaption></figure>`;
}
