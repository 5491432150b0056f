/**
 * A table of numbers as coloured squares over two axes, such as a spectrogram, as SVG.
 *
 * @module
 */
import { check, finite } from "../../../gpu/check.ts";
import { encodePng } from "../../../files/png.ts";
import { drawAxes, type PlotArea, X_AXIS_HEIGHT, yAxisWidth } from "./axes.ts";
import { type ColourMapName, mapColour } from "./colour_map.ts";
import { type ChartOptions, drawing, PngPicture, type SvgPicture } from "./picture.ts";
import { type AxisOptions, makeScale } from "./scale.ts";
import { element } from "./svg.ts";

/** Numbers in columns, from the left; each column goes from the bottom up, as spectrograms lie. */
export interface HeatMapValues {
  /** `[columns, rows]` */
  readonly values: ArrayLike<number>;
  /** Number of columns. */
  readonly columns: number;
  /** Number of rows. */
  readonly rows: number;
}

/** The colours of numbers. */
export interface HeatMapColours {
  /** Default `viridis`. */
  readonly map?: ColourMapName;
  /** Value at the low end of the map. */
  readonly from: number;
  /** Value at its high end. */
  readonly to: number;
}

/** What {@linkcode heatMap} draws, 360 pixels wide by default; in words, the axes. */
export interface HeatMapOptions extends ChartOptions, HeatMapValues, HeatMapColours {
  /** The horizontal axis; its limits are those of the chart. */
  readonly x: AxisOptions & { readonly from: number; readonly to: number };
  /** The vertical axis. */
  readonly y: AxisOptions & { readonly from: number; readonly to: number };
  /** Where the table lies on the horizontal axis. Default: from end to end. */
  readonly span?: readonly [left: number, right: number];
  /** Pixels. Default 240. */
  readonly height?: number;
}

/**
 * The numbers as pixels, one each, with the first row at the bottom.
 *
 * @returns RGB `[rows, columns, 3]`
 * @throws {RangeError} when the numbers do not fill the table, or one is not finite
 */
export function heatPixels(
  { values, columns, rows, ...colours }: HeatMapValues & HeatMapColours,
): Uint8Array {
  check(
    values.length === columns * rows && values.length > 0,
    "Cannot draw a heat map",
    { "number of values": values.length },
    `${columns} x ${rows}, and one at least`,
  );
  const { map = "viridis", from, to } = colours;
  const pixels = new Uint8Array(rows * columns * 3);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const value = values[column * rows + row];
      finite("Cannot draw a heat map", { [`column ${column}, row ${row}`]: value });
      const part = to > from ? (value - from) / (to - from) : 0.5;
      pixels.set(mapColour(map, part), ((rows - 1 - row) * columns + column) * 3);
    }
  }
  return pixels;
}

/**
 * Draws a table of numbers.
 *
 * @throws {RangeError} as {@linkcode heatPixels}
 *
 * @example
 * ```ts
 * import { heatMap } from "./heat_map.ts";
 *
 * const { svg } = heatMap({
 *   values: [0, 1, 2, 3], // at the left 0 with 1 above it
 *   columns: 2,
 *   rows: 2,
 *   from: 0,
 *   to: 3,
 *   x: { label: "time (s)", from: 0, to: 2 },
 *   y: { label: "frequency (Hz)", from: 0, to: 500 },
 * });
 * if (!svg.includes("<image")) throw new Error("the table is a picture");
 * ```
 */
export function heatMap(options: HeatMapOptions): SvgPicture {
  const { title, x, y, columns, rows, width = 360, height = 240 } = options;
  const top = title ? 34 : 10;
  const bottom = height - X_AXIS_HEIGHT;
  const vertical = makeScale([], y, [bottom, top], (bottom - top) / 40);
  const area: PlotArea = { left: yAxisWidth(vertical), right: width - 14, top, bottom };
  const horizontal = makeScale([], x, [area.left, area.right], (area.right - area.left) / 56);
  const [from, to] = (options.span ?? [x.from, x.to]).map((value) => horizontal.at(value));
  const bytes = encodePng(heatPixels(options), { height: rows, width: columns });
  const alt = options.alt ?? `${title ?? "Heat map"}: ${y.label} against ${x.label}`;
  const picture = new PngPicture(bytes, { alt, width: columns, height: rows });
  return drawing(
    { title, width, height, alt },
    drawAxes(area, { x: horizontal, y: vertical, xLabel: x.label, yLabel: y.label }),
    element("image", {
      href: picture.dataUrl,
      x: from,
      y: top,
      width: to - from,
      height: bottom - top,
      preserveAspectRatio: "none",
      style: "image-rendering:pixelated",
    }),
  );
}
