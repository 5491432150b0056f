/**
 * Values in columns, one for each of some choices, as SVG.
 *
 * @module
 */
import { finite, whole } from "../../../gpu/check.ts";
import { drawAxes, type PlotArea, X_AXIS_HEIGHT, yAxisWidth } from "./axes.ts";
import { marker } from "./legend.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import { type AxisOptions, makeScale, median, shortNumber } from "./scale.ts";
import { element, LOOK, SERIES_COLOURS, textElement } from "./svg.ts";

/** The values of one choice. */
export interface StripColumn {
  /** The choice. */
  readonly name: string;
  /** Its values, in any order; none is a column without dots. */
  readonly values: readonly number[];
}

/** What {@linkcode stripChart} draws, 360 pixels wide by default; in words, each column's median. */
export interface StripChartOptions extends ChartOptions {
  /** What is chosen. */
  readonly xLabel: string;
  /** The axis of the values. */
  readonly y: AxisOptions;
  /** The columns, from the left. */
  readonly columns: readonly StripColumn[];
  /** Pixels. Default 260. */
  readonly height?: number;
}

/** Part of a column's width that its dots are spread over. */
const SPREAD = 0.5;

/** The golden ratio's fraction: multiples of it, without their whole parts, fill [0, 1) evenly. */
const GOLDEN = 0.6180339887;

/**
 * Draws every value as a dot, moved sideways so that equal ones are seen, and a line at the median of
 * each column.
 *
 * @throws {RangeError} when there is no column, or a value is not finite
 *
 * @example
 * ```ts
 * import { stripChart } from "./strip_chart.ts";
 *
 * const { alt } = stripChart({
 *   xLabel: "redundancy",
 *   y: { label: "AUC" },
 *   columns: [{ name: "2", values: [0.95, 0.97] }, { name: "4", values: [0.9] }],
 * });
 * if (alt !== "AUC by redundancy: 2: median 0.96 of 2; 4: median 0.9 of 1") throw new Error(alt);
 * ```
 */
export function stripChart(options: StripChartOptions): SvgPicture {
  const { title, xLabel, y, columns, width = 360, height = 260 } = options;
  checkColumns(columns);
  const top = title ? 38 : 12;
  const bottom = height - X_AXIS_HEIGHT;
  const values = columns.flatMap((column) => column.values);
  const scale = makeScale(values, y, [bottom, top + 6], Math.max(2, (bottom - top) / 38), true);
  const area: PlotArea = { left: yAxisWidth(scale), right: width - 18, top, bottom };
  const columnWidth = (area.right - area.left) / columns.length;
  const none = makeScale([], { label: "" }, [area.left, area.right], 0);
  const alt = options.alt ?? describe(options);
  return drawing(
    { title, width, height, alt },
    drawAxes(area, { x: { ...none, ticks: [] }, y: scale, xLabel, yLabel: y.label }),
    ...columns.map(({ name, values }, i) => {
      const middle = area.left + (i + 0.5) * columnWidth;
      const places = values.map((value) => scale.at(value));
      return textElement(name, middle, bottom + 19, { "text-anchor": "middle" }) +
        drawColumn(places, middle, columnWidth * SPREAD);
    }),
  );
}

function checkColumns(columns: readonly StripColumn[]): void {
  whole("Cannot draw a strip chart", { "number of columns": columns.length }, 1);
  for (const { name, values } of columns) {
    for (const value of values) {
      finite("Cannot draw a strip chart", { [`"${name}"`]: value });
    }
  }
}

function drawColumn(places: readonly number[], middle: number, width: number): string {
  const mark = { colour: SERIES_COLOURS[0], shape: 0 };
  const dots = places.map((y, i) => marker(middle + width * ((i * GOLDEN) % 1 - 0.5), y, mark, 3));
  if (!places.length) return "";
  const at = median(places);
  return dots.join("") + element("line", {
    x1: middle - width * 0.75,
    x2: middle + width * 0.75,
    y1: at,
    y2: at,
    stroke: LOOK.text,
    "stroke-width": 2,
  });
}

function describe({ title, xLabel, y, columns }: StripChartOptions): string {
  const written = columns.map(({ name, values }) =>
    values.length
      ? `${name}: median ${shortNumber(median(values))} of ${values.length}`
      : `${name}: none`
  );
  return `${title ?? `${y.label} by ${xLabel}`}: ${written.join("; ")}`;
}
