/**
 * Lines and points over two axes, as SVG.
 *
 * @module
 */
import { whole, within } from "../../../gpu/check.ts";
import {
  drawAxes,
  emptyNote,
  horizontalScale,
  type PlotArea,
  X_AXIS_HEIGHT,
  yAxisWidth,
} from "./axes.ts";
import {
  DASHES,
  drawLegend,
  type LegendEntry,
  legendRowCount,
  type Mark,
  marker,
  ROW_HEIGHT,
  seriesColour,
} from "./legend.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import {
  drawReferenceLabels,
  drawReferenceLines,
  type ReferenceLine,
  referenceMargin,
  type WrittenReference,
  writtenReferences,
} from "./references.ts";
import { type AxisOptions, isShown, makeScale, type Scale, shortNumber } from "./scale.ts";
import { element, placesText } from "./svg.ts";

/** One line, or one cloud of points. */
export interface Series {
  /** What the legend calls it. */
  readonly name: string;
  /** Points in the order in which they are joined; those that are not finite are left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Draw the line dashed. Default false. */
  readonly dashed?: boolean;
  /** Mark each point. Default: where there are 30 points or fewer, or they are not joined. */
  readonly markers?: boolean;
  /** Join the points. Default true; false is a scatter chart. */
  readonly joined?: boolean;
  /** Place in the colours, from 0. Default: place among the series. */
  readonly colour?: number;
}

/**
 * What {@linkcode lineChart} draws, 720 pixels wide by default; in words, the axes and the last value
 * of each series.
 */
export interface LineChartOptions extends ChartOptions {
  /** The horizontal axis. */
  readonly x: AxisOptions;
  /** The vertical axis. */
  readonly y: AxisOptions;
  /** The data; a series without a point that can be shown stands in the legend only. */
  readonly series: readonly Series[];
  /** Horizontal lines to compare with; the axis grows to hold them. */
  readonly references?: readonly ReferenceLine[];
  /** Pixels. Default 360. */
  readonly height?: number;
}

/** Series of more points than this are drawn without markers unless they ask for them. */
const MOST_MARKERS = 30;

/**
 * Draws a chart. The same input gives the same text. A legend is drawn where there are two series
 * or more, or where the chart is too narrow (below 560) for the labels of the references.
 *
 * @throws {RangeError} when there is no series, or no room to draw in
 *
 * @example
 * ```ts
 * import { lineChart } from "./line_chart.ts";
 *
 * const { svg } = lineChart({
 *   x: { label: "step" },
 *   y: { label: "RMSE", from: 0 },
 *   series: [{ name: "training", points: [[0, 0.3], [10, 0.2], [20, 0.15]] }],
 *   references: [{ label: "baseline", y: 0.25 }],
 * });
 * if (!svg.startsWith("<svg")) throw new Error("there is a picture");
 * ```
 */
export function lineChart(options: LineChartOptions): SvgPicture {
  const { title, width = 720, height = 360 } = options;
  checkOptions(options);
  const visible = options.series.map((one) => onlyShown(one, options));
  const marks = visible.map(markOf);
  const references = writtenReferences(options.references ?? [], width);
  const legend = legendOf(visible, marks, references);
  const legendTop = title ? 34 : 8;
  const legendHeight = ROW_HEIGHT * legendRowCount(legend, width - 24);
  const { area, x, y } = layOut(options, visible, {
    top: legendTop + legendHeight + 8,
    right: width - Math.max(referenceMargin(references), 18),
  });
  const alt = options.alt ?? describe(options, visible);
  return drawing(
    { title, width, height, alt },
    drawLegend(legend, { left: 12, top: legendTop, width: width - 24 }),
    drawAxes(area, { x, y, xLabel: options.x.label, yLabel: options.y.label }),
    drawReferenceLines(references, area, y),
    ...visible.map((one, i) => drawSeries(one, marks[i], x, y)),
    drawReferenceLabels(references, area, y),
    visible.every(({ points }) => points.length === 0) ? emptyNote(area, "no points to show") : "",
  );
}

function checkOptions({ series, width = 720, height = 360 }: LineChartOptions): void {
  whole("Cannot draw a line chart", { "number of series": series.length }, 1);
  within("Cannot draw a line chart", { width }, 160);
  within("Cannot draw a line chart", { height }, 120);
}

/** A series without what no axis can show; limits that were asked for cut lines, not the picture. */
function onlyShown(series: Series, { x, y }: LineChartOptions): Series {
  const within = (value: number, axis: AxisOptions) =>
    isShown(value, axis) && value >= (axis.from ?? -Infinity) && value <= (axis.to ?? Infinity);
  return { ...series, points: series.points.filter(([a, b]) => within(a, x) && within(b, y)) };
}

/** Series where there are several, and references that stand beside the data as letters. */
function legendOf(
  series: readonly Series[],
  marks: readonly Mark[],
  references: readonly WrittenReference[],
): LegendEntry[] {
  const keys = references.flatMap(({ key }) => key === undefined ? [] : [{ name: key }]);
  if (series.length === 1 && !keys.length) return [];
  return [...series.map(({ name }, i) => ({ name, mark: marks[i] })), ...keys];
}

function markOf({ points, markers, dashed = false, joined = true, colour }: Series, place: number) {
  return {
    dashed,
    joined,
    markers: markers ?? (!joined || points.length <= MOST_MARKERS),
    shape: place,
    colour: seriesColour(colour ?? place),
  };
}

function layOut(
  { x, y, references = [], height = 360 }: LineChartOptions,
  series: readonly Series[],
  { top, right }: { readonly top: number; readonly right: number },
): { area: PlotArea; x: Scale; y: Scale } {
  const bottom = height - X_AXIS_HEIGHT;
  const xs = series.flatMap(({ points }) => points.map(([value]) => value));
  const ys = series.flatMap(({ points }) => points.map(([, value]) => value));
  const rows = Math.max(2, (bottom - top) / 38);
  const compared = references.map(({ y }) => y);
  const vertical = makeScale([...ys, ...compared], y, [bottom, top + 6], rows, true);
  const left = yAxisWidth(vertical);
  const horizontal = horizontalScale(xs, x, { left, right });
  return { area: { left, right, top, bottom }, x: horizontal, y: vertical };
}

function drawSeries({ points }: Series, mark: Mark, x: Scale, y: Scale): string {
  const places = points.map(([a, b]) => [x.at(a), y.at(b)] as const);
  const line = mark.joined && places.length > 1
    ? element("polyline", {
      points: placesText(places),
      fill: "none",
      stroke: mark.colour,
      "stroke-width": 2,
      "stroke-linejoin": "round",
      "stroke-dasharray": mark.dashed ? DASHES : undefined,
    })
    : "";
  const alone = places.length === 1; // a line of one point could not be seen
  const markers = mark.markers || alone ? places.map(([a, b]) => marker(a, b, mark)) : [];
  return line + markers.join("");
}

function describe({ title, x, y, references = [] }: LineChartOptions, series: readonly Series[]) {
  const lines = series.map(({ name, points }) => {
    if (!points.length) return `${name}: no points`;
    const [first, last] = [points[0], points[points.length - 1]].map(([, y]) => shortNumber(y));
    return `${name}: ${points.length} points, first ${first}, last ${last}`;
  });
  const compared = references.map(({ label }) => label);
  return [
    `${title ?? "Chart"}: ${y.label} against ${x.label}`,
    ...lines,
    ...(compared.length ? [`compared with ${compared.join(", ")}`] : []),
  ].join("; ");
}
