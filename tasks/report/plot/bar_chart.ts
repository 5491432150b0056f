/**
 * Horizontal bars from zero with their values written out, as SVG.
 *
 * @module
 */
import { whole, within } from "../../../gpu/check.ts";
import { ROOM_BESIDE } from "./axes.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import { shortNumber } from "./scale.ts";
import { element, LOOK, SERIES_COLOURS, textElement, widest } from "./svg.ts";

/** One bar. */
export interface Bar {
  /** What it is called. */
  readonly label: string;
  /** Its length, 0 or more. */
  readonly value: number;
  /** What is written at its end. Default: three significant digits. */
  readonly text?: string;
  /** The bar that the chart is about; drawn in colour and with a bold label. Default false. */
  readonly emphasis?: boolean;
}

/** What {@linkcode barChart} draws, 720 pixels wide by default; in words, every bar. */
export interface BarChartOptions extends ChartOptions {
  /** What the lengths count, with the unit; below the chart. */
  readonly label?: string;
  /** The bars, from the top. */
  readonly bars: readonly Bar[];
  /** Value of the longest bar that would fit. Default: the largest of the values. */
  readonly to?: number;
}

/** Thickness of a bar, in pixels. */
const THICKNESS = 20;

/**
 * Draws bars. They start at zero, so that their lengths compare.
 *
 * @throws {RangeError} when there is no bar, or a value that is no length
 *
 * @example
 * ```ts
 * import { barChart } from "./bar_chart.ts";
 *
 * const { alt } = barChart({ title: "RMSE", bars: [{ label: "mean", value: 0.18 }] });
 * if (alt !== "RMSE: mean 0.18") throw new Error(alt);
 * ```
 */
export function barChart(options: BarChartOptions): SvgPicture {
  const { title, label, bars, width = 720 } = options;
  checkBars(bars);
  const beside = width >= ROOM_BESIDE; // or each label is above its bar
  const rowHeight = beside ? THICKNESS + 10 : THICKNESS + 26;
  const top = title ? 38 : 10;
  const height = top + bars.length * rowHeight + (label ? 28 : 8);
  const left = beside ? 24 + widest(bars.map((bar) => bar.label)) : 12;
  const room = width - left - 20 - widest(bars.map(valueText));
  const plain = bars.every(({ emphasis }) => !emphasis); // then all are what the chart is about
  const most = options.to ?? Math.max(...bars.map(({ value }) => value), 0);
  const alt = options.alt ?? describe(options);
  return drawing(
    { title, width, height, alt },
    ...bars.map((bar, i) => {
      const length = most > 0 ? room * Math.min(1, bar.value / most) : 0;
      return drawBar(bar, { left, top: top + i * rowHeight, length, beside, plain });
    }),
    label ? textElement(label, left, height - 10) : "",
  );
}

function checkBars(bars: readonly Bar[]): void {
  whole("Cannot draw a bar chart", { "number of bars": bars.length }, 1);
  for (const { label, value } of bars) {
    within("Cannot draw a bar chart", { [`"${label}"`]: value }, 0);
  }
}

interface BarPlace {
  readonly left: number;
  readonly top: number;
  readonly length: number;
  readonly beside: boolean;
  readonly plain: boolean;
}

function drawBar(bar: Bar, { left, top, length, beside, plain }: BarPlace): string {
  const weight = bar.emphasis ? { "font-weight": 600, fill: LOOK.text } : { fill: LOOK.text };
  const barTop = beside ? top + 5 : top + 20;
  const label = beside
    ? textElement(bar.label, left - 8, barTop + 15, { ...weight, "text-anchor": "end" })
    : textElement(bar.label, left, top + 14, weight);
  const rect = element("rect", {
    x: left,
    y: barTop,
    width: length,
    height: THICKNESS,
    fill: bar.emphasis || plain ? SERIES_COLOURS[0] : "#b8c4d0",
  });
  return label + rect + textElement(valueText(bar), left + length + 6, barTop + 15, weight);
}

function valueText({ value, text }: Bar): string {
  return text ?? shortNumber(value, 3);
}

function describe({ title, label, bars }: BarChartOptions): string {
  const name = title ?? label ?? "Bars";
  return `${name}: ${bars.map((bar) => `${bar.label} ${valueText(bar)}`).join(", ")}`;
}
