/**
 * Whether predicted fractions can be taken at their word: predicted against observed, as SVG.
 *
 * @module
 */
import { drawAxes, type PlotArea, X_AXIS_HEIGHT, yAxisWidth } from "./axes.ts";
import { marker } from "./legend.ts";
import { drawing, type SvgPicture } from "./picture.ts";
import { type AxisOptions, makeScale } from "./scale.ts";
import { element, LOOK, SERIES_COLOURS, textElement } from "./svg.ts";

/** Predictions of about the same size. */
export interface FractionBin {
  /** Their mean, 0 to 1. */
  readonly predicted: number;
  /** Mean of what was observed, 0 to 1. */
  readonly observed: number;
  /** How many there are; bins of none are not drawn. */
  readonly count: number;
}

/** What {@linkcode reliabilityChart} draws. */
export interface ReliabilityChartOptions {
  /** Above the chart. */
  readonly title?: string;
  /** Below the title, smaller. */
  readonly subtitle?: string;
  /** The bins, in order of the prediction. */
  readonly bins: readonly FractionBin[];
  /** What x counts. Default `predicted`. */
  readonly xLabel?: string;
  /** What y counts. Default `observed`. */
  readonly yLabel?: string;
  /** Pixels; the height follows from it. Default 260. */
  readonly width?: number;
  /** What the chart shows, in words. Default: the title and every bin. */
  readonly alt?: string;
}

/** Radius of the marker of the fullest bin, in pixels; areas go with the counts. */
const LARGEST = 8;

/** Radius below which a marker could not be seen. */
const SMALLEST = 2;

const UNIT_AXIS: AxisOptions = { label: "", from: 0, to: 1 };

/**
 * Draws the bins as disks, the larger the more predictions they hold, over the diagonal on which
 * predicted and observed agree.
 *
 * @example
 * ```ts
 * import { reliabilityChart } from "./reliability_chart.ts";
 *
 * const { alt } = reliabilityChart({ bins: [{ predicted: 0.2, observed: 0.3, count: 7 }] });
 * if (!alt.includes("0.20 predicted, 0.30 observed (7)")) throw new Error(alt);
 * ```
 */
export function reliabilityChart(options: ReliabilityChartOptions): SvgPicture {
  const { title, subtitle, width = 260, xLabel = "predicted", yLabel = "observed" } = options;
  const bins = options.bins.filter(({ count }) => count > 0);
  const top = (title ? 34 : 12) + (subtitle ? 18 : 0);
  const scale = (pixels: readonly [number, number]) => makeScale([], UNIT_AXIS, pixels, 2);
  const left = yAxisWidth(scale([0, 1]));
  const right = width - 18;
  const area: PlotArea = { left, right, top, bottom: top + right - left };
  const [x, y] = [scale([left, right]), scale([area.bottom, top])];
  const alt = options.alt ?? describe(options, bins);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const places = bins.map(({ predicted, observed }) => [x.at(predicted), y.at(observed)] as const);
  const mark = { colour: SERIES_COLOURS[0], shape: 0, dashed: false, joined: true, markers: true };
  return drawing(
    { title, width, height: area.bottom + X_AXIS_HEIGHT, alt },
    subtitle ? textElement(subtitle, 12, 40, { "font-size": 12 }) : "",
    drawAxes(area, { x, y, xLabel, yLabel }),
    diagonal(area),
    element("polyline", {
      points: places.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" "),
      fill: "none",
      stroke: SERIES_COLOURS[0],
      "stroke-width": 1.2,
    }),
    ...places.map(([a, b], i) =>
      marker(a, b, mark, Math.max(SMALLEST, LARGEST * Math.sqrt(bins[i].count / most)))
    ),
    bins.length ? "" : emptyNote(area),
  );
}

function diagonal({ left, right, top, bottom }: PlotArea): string {
  const stroke = { stroke: LOOK.axis, "stroke-dasharray": "2 3", "stroke-width": 1.3 };
  return element("line", { x1: left, y1: bottom, x2: right, y2: top, ...stroke });
}

function emptyNote({ left, right, top, bottom }: PlotArea): string {
  const middle = { "text-anchor": "middle" };
  return textElement("nothing to compare", (left + right) / 2, (top + bottom) / 2 + 24, middle);
}

function describe({ title }: ReliabilityChartOptions, bins: readonly FractionBin[]): string {
  const points = bins.map(({ predicted, observed, count }) =>
    `${predicted.toFixed(2)} predicted, ${observed.toFixed(2)} observed (${count})`
  );
  return `${title ?? "Reliability"}: ${points.join("; ") || "nothing to compare"}`;
}
