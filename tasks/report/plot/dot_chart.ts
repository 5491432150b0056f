/**
 * Values as dots with how far they may be off, one in a row, as SVG. The axis need not start at zero:
 * places compare, not lengths.
 *
 * @module
 */
import { check, whole } from "../../../gpu/check.ts";
import { horizontalScale, line, type PlotArea, ROOM_BESIDE, X_AXIS_HEIGHT } from "./axes.ts";
import { marker } from "./legend.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import { type AxisOptions, type Scale, shortNumber } from "./scale.ts";
import { element, LOOK, SERIES_COLOURS, textElement, widest } from "./svg.ts";

/** One value. */
export interface Dot {
  /** What it is called. */
  readonly label: string;
  /** The value. */
  readonly value: number;
  /** Lower end of the line through it. Default: no line. */
  readonly low?: number;
  /** Upper end. */
  readonly high?: number;
  /** What is written at the end of its row. Default: four significant digits. */
  readonly text?: string;
  /**
   * `main` is what the chart is about, in colour and with a bold label; `warning` is not to be taken
   * for a result, an orange square; others are grey. Default `plain`.
   */
  readonly tone?: "main" | "plain" | "warning";
}

/** What {@linkcode dotChart} draws, 720 pixels wide by default; in words, every value. */
export interface DotChartOptions extends ChartOptions {
  /** The axis. */
  readonly x: AxisOptions;
  /** The values, from the top. */
  readonly dots: readonly Dot[];
}

const LOOKS = {
  main: { colour: SERIES_COLOURS[0], shape: 0, radius: 6 },
  plain: { colour: LOOK.axis, shape: 0, radius: 4.5 },
  warning: { colour: SERIES_COLOURS[1], shape: 1, radius: 4.5 },
} as const;

/**
 * Draws values in rows.
 *
 * @throws {RangeError} when there is no value, or one is not finite
 *
 * @example
 * ```ts
 * import { dotChart } from "./dot_chart.ts";
 *
 * const { alt } = dotChart({
 *   title: "AUC",
 *   x: { label: "area", from: 0.5, to: 1 },
 *   dots: [{ label: "blend", value: 0.96, low: 0.95, high: 0.97 }],
 * });
 * if (alt !== "AUC: blend 0.96 (0.95 to 0.97)") throw new Error(alt);
 * ```
 */
export function dotChart(options: DotChartOptions): SvgPicture {
  const { title, x, dots, width = 720 } = options;
  checkDots(dots);
  const beside = width >= ROOM_BESIDE; // or each label is above its dot
  const rowHeight = beside ? 28 : 42;
  const top = title ? 38 : 10;
  const bottom = top + dots.length * rowHeight;
  const left = beside ? 24 + widest(dots.map(({ label }) => label)) : 20;
  const area: PlotArea = { left, right: width - 26 - widest(dots.map(valueText)), top, bottom };
  const values = dots.flatMap(({ value, low = value, high = value }) => [low, value, high]);
  const scale = horizontalScale(values, x, area);
  const alt = options.alt ?? describe(options);
  return drawing(
    { title, width, height: bottom + X_AXIS_HEIGHT, alt },
    drawGrid(area, scale),
    textElement(x.label, (left + area.right) / 2, bottom + 39, { "text-anchor": "middle" }),
    ...dots.map((dot, i) =>
      drawRow(dot, scale, area, { top: top + i * rowHeight, rowHeight, beside })
    ),
  );
}

function checkDots(dots: readonly Dot[]): void {
  whole("Cannot draw a dot chart", { "number of values": dots.length }, 1);
  for (const { label, value, low = value, high = value } of dots) {
    const range = [low, value, high];
    const good = range.every(Number.isFinite) && low <= value && value <= high;
    check(good, "Cannot draw a dot chart", { [`"${label}"`]: range }, "numbers in order");
  }
}

function drawGrid({ left, right, top, bottom }: PlotArea, { ticks, at, label }: Scale): string {
  return [
    ...ticks.map((tick) =>
      line(at(tick), top, at(tick), bottom, LOOK.grid) +
      textElement(label(tick), at(tick), bottom + 19, { "text-anchor": "middle" })
    ),
    line(left, bottom, right, bottom, LOOK.axis),
  ].join("");
}

interface RowPlace {
  readonly top: number;
  readonly rowHeight: number;
  readonly beside: boolean;
}

function drawRow(
  dot: Dot,
  { at, from, to }: Scale,
  { left, right }: PlotArea,
  { top, rowHeight, beside }: RowPlace,
): string {
  const { label, value, low, high, tone = "plain" } = dot;
  const { colour, shape, radius } = LOOKS[tone];
  const weight = { fill: LOOK.text, "font-weight": tone === "main" ? 600 : undefined };
  const y = beside ? top + rowHeight / 2 : top + rowHeight - 13;
  const inside = (x: number) => at(Math.min(to, Math.max(from, x)));
  const span = low === undefined || high === undefined ? "" : element("line", {
    x1: inside(low),
    x2: inside(high),
    y1: y,
    y2: y,
    stroke: colour,
    "stroke-width": 2.5,
    "stroke-linecap": "round",
  });
  return [
    beside
      ? textElement(label, left - 8, y + 4.5, { ...weight, "text-anchor": "end" })
      : textElement(label, left - 8, top + 14, weight),
    span,
    marker(inside(value), y, { colour, shape }, radius),
    textElement(valueText(dot), right + 10, y + 4.5, weight),
  ].join("");
}

function valueText({ value, text }: Dot): string {
  return text ?? shortNumber(value);
}

function describe({ title, x, dots }: DotChartOptions): string {
  const values = dots.map((dot) => {
    const { label, low, high } = dot;
    const range = low === undefined || high === undefined
      ? ""
      : ` (${shortNumber(low)} to ${shortNumber(high)})`;
    return `${label} ${valueText(dot)}${range}`;
  });
  return `${title ?? x.label}: ${values.join(", ")}`;
}
