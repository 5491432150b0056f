/**
 * The two axes of a chart: where the data lie, grid, ticks and labels.
 *
 * @module
 */
import { type AxisOptions, makeScale, type Scale } from "./scale.ts";
import { element, LOOK, textElement, textWidth, widest } from "./svg.ts";

/** The rectangle that the data lie in, in pixels. */
export interface PlotArea {
  /** Left edge. */
  readonly left: number;
  /** Right edge. */
  readonly right: number;
  /** Upper edge. */
  readonly top: number;
  /** Lower edge. */
  readonly bottom: number;
}

/** The axes of a chart. */
export interface Axes {
  /** The horizontal scale. */
  readonly x: Scale;
  /** The vertical scale. */
  readonly y: Scale;
  /** What x counts. */
  readonly xLabel: string;
  /** What y counts. */
  readonly yLabel: string;
}

/** Pixels below the data for the ticks and the label of the x axis. */
export const X_AXIS_HEIGHT = 48;

/** Pixels to the left of the data that the labels of the y axis need. */
export function yAxisWidth(y: Scale): number {
  return 34 + widest(y.ticks.map(y.label)); // the turned label of the axis, and air
}

/** The horizontal scale of data; half a marker of air lies between them and the frame. */
export function horizontalScale(
  values: readonly number[],
  axis: AxisOptions,
  { left, right }: Pick<PlotArea, "left" | "right">,
): Scale {
  return makeScale(values, axis, [left + 6, right - 6], (right - left) / 64);
}

/** Grid, axes, ticks and labels; the data are drawn over it. */
export function drawAxes(area: PlotArea, axes: Axes): string {
  const { left, right, top, bottom } = area;
  const { x, y } = axes;
  const middle = (top + bottom) / 2;
  const labelLeft = left - yAxisWidth(y) + 16;
  return [
    ...y.ticks.map((tick) => line(left, y.at(tick), right, y.at(tick), LOOK.grid)),
    line(left, bottom, right, bottom, LOOK.axis),
    ...y.ticks.map((tick) =>
      textElement(y.label(tick), left - 7, y.at(tick) + 4.5, { "text-anchor": "end" })
    ),
    ...fitting(x, area).map((tick) =>
      line(x.at(tick), bottom, x.at(tick), bottom + 5, LOOK.axis) +
      textElement(x.label(tick), x.at(tick), bottom + 19, { "text-anchor": "middle" })
    ),
    textElement(axes.xLabel, (left + right) / 2, bottom + 39, { "text-anchor": "middle" }),
    textElement(axes.yLabel, labelLeft, middle, {
      "text-anchor": "middle",
      transform: `rotate(-90 ${Math.round(labelLeft)} ${Math.round(middle)})`,
    }),
  ].join("");
}

/** Ticks whose labels do not touch: every one, every second, every third, and so on. */
function fitting({ ticks, at, label }: Scale, { left, right }: PlotArea): readonly number[] {
  if (ticks.length < 2) return ticks;
  const room = widest(ticks.map(label)) + 20;
  const every = Math.max(1, Math.ceil(room * (ticks.length - 1) / (right - left)));
  const even = ticks.filter((tick, i) => i % every === 0 && at(tick) <= right + 1e-6);
  let free = -Infinity; // marks of a logarithmic axis are not evenly apart
  return even.filter((tick) => {
    const half = textWidth(label(tick)) / 2;
    if (at(tick) - half < free) return false;
    free = at(tick) + half + 4;
    return true;
  });
}

/** What stands in the middle of a chart without data. */
export function emptyNote({ left, right, top, bottom }: PlotArea, text: string, down = 0): string {
  const middle = { "text-anchor": "middle" };
  return textElement(text, (left + right) / 2, (top + bottom) / 2 + down, middle);
}

/** A dotted line to compare data with. */
export function comparisonLine(x1: number, y1: number, x2: number, y2: number): string {
  const look = { stroke: LOOK.axis, "stroke-dasharray": "2 3", "stroke-width": 1.3 };
  return element("line", { x1, y1, x2, y2, ...look });
}

/** Charts narrower than this have no room for labels beside the data. */
export const ROOM_BESIDE = 560;

/** A straight line one pixel wide. */
export function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return element("line", { x1, y1, x2, y2, stroke });
}
