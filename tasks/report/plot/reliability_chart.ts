/**
 * Whether predicted fractions can be taken at their word: predicted against observed, as SVG.
 *
 * @module
 */
import {
  comparisonLine,
  drawAxes,
  emptyNote,
  type PlotArea,
  X_AXIS_HEIGHT,
  yAxisWidth,
} from "./axes.ts";
import { marker } from "./legend.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import { type AxisOptions, makeScale } from "./scale.ts";
import { element, placesText, SERIES_COLOURS, textElement } from "./svg.ts";

/** Predictions of about the same size. */
export interface FractionBin {
  /** Their mean, 0 to 1. */
  readonly predicted: number;
  /** Mean of what was observed, 0 to 1. */
  readonly observed: number;
  /** How many there are; bins of none are not drawn. */
  readonly count: number;
}

/**
 * What {@linkcode reliabilityChart} draws, 260 pixels wide by default, the height as it follows; in
 * words, every bin.
 */
export interface ReliabilityChartOptions extends ChartOptions {
  /** Below the title, smaller. */
  readonly subtitle?: string;
  /** The bins, in order of the prediction. */
  readonly bins: readonly FractionBin[];
  /** What x counts. Default `predicted`. */
  readonly xLabel?: string;
  /** What y counts. Default `observed`. */
  readonly yLabel?: string;
}

/** Radius of the marker of the fullest bin, in pixels; areas go with the counts. */
const LARGEST = 8;

/** Radius below which a marker could not be seen. */
const SMALLEST = 2;

const NOTHING = "nothing to compare";

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
  const mark = { colour: SERIES_COLOURS[0], shape: 0 };
  return drawing(
    { title, width, height: area.bottom + X_AXIS_HEIGHT, alt },
    subtitle ? textElement(subtitle, 12, 40, { "font-size": 12 }) : "",
    drawAxes(area, { x, y, xLabel, yLabel }),
    comparisonLine(left, area.bottom, right, top),
    element("polyline", {
      points: placesText(places),
      fill: "none",
      stroke: SERIES_COLOURS[0],
      "stroke-width": 1.2,
    }),
    ...places.map(([a, b], i) =>
      marker(a, b, mark, Math.max(SMALLEST, LARGEST * Math.sqrt(bins[i].count / most)))
    ),
    bins.length ? "" : emptyNote(area, NOTHING, 24),
  );
}

function describe({ title }: ReliabilityChartOptions, bins: readonly FractionBin[]): string {
  const points = bins.map(({ predicted, observed, count }) =>
    `${predicted.toFixed(2)} predicted, ${observed.toFixed(2)} observed (${count})`
  );
  return `${title ?? "Reliability"}: ${points.join("; ") || NOTHING}`;
}
