/**
 * How the values of some groups are spread: shares of each group in equal steps, as SVG.
 *
 * @module
 */
import { finite, whole } from "../../../gpu/check.ts";
import { drawAxes, horizontalScale, type PlotArea, X_AXIS_HEIGHT, yAxisWidth } from "./axes.ts";
import {
  DASHES,
  drawLegend,
  legendRowCount,
  type Mark,
  ROW_HEIGHT,
  seriesColour,
} from "./legend.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import { makeScale, median, type Scale, shortNumber } from "./scale.ts";
import { element, placesText } from "./svg.ts";

/** Values that belong together. */
export interface HistogramGroup {
  /** What the legend calls it. */
  readonly name: string;
  /** The values, in any order; at least one. */
  readonly values: ArrayLike<number>;
}

/** What {@linkcode histogram} draws, 720 pixels wide by default; in words, groups and medians. */
export interface HistogramOptions extends ChartOptions {
  /** What the values are, with the unit. */
  readonly label: string;
  /** The groups, drawn over each other. */
  readonly groups: readonly HistogramGroup[];
  /** What a bar's height is. Default `share (%)`. */
  readonly yLabel?: string;
  /** Number of steps. Default 30. */
  readonly bins?: number;
  /** Least value shown. Default: that of all groups. */
  readonly from?: number;
  /** Greatest value shown. */
  readonly to?: number;
  /** Pixels. Default 300. */
  readonly height?: number;
}

/**
 * Draws the share of each group that falls into each step, so that a rare group is seen as well as a
 * frequent one. Values beyond the limits count in the first and the last step.
 *
 * @throws {RangeError} when there is no group, a group is empty, or a value is not finite
 *
 * @example
 * ```ts
 * import { histogram } from "./histogram.ts";
 *
 * const { alt } = histogram({ label: "score", groups: [{ name: "calls", values: [1, 2, 9] }] });
 * if (alt !== "score: calls: 3 values, median 2") throw new Error(alt);
 * ```
 */
export function histogram(options: HistogramOptions): SvgPicture {
  const { title, groups, bins = 30, width = 720, height = 300 } = options;
  checkGroups(groups);
  const [from, to] = limitsOf(options);
  const shares = groups.map(({ values }) => binShares(values, { from, to, bins }));
  const legend = groups.map(({ name }, i) => ({ name, mark: markOf(i) }));
  const legendTop = title ? 34 : 8;
  const top = legendTop + ROW_HEIGHT * legendRowCount(legend, width - 24) + 8;
  const bottom = height - X_AXIS_HEIGHT;
  const y = makeScale(
    shares.flatMap((share) => [...share].map((part) => 100 * part)),
    { label: "", from: 0 },
    [bottom, top + 4],
    (bottom - top) / 38,
    true,
  );
  const area: PlotArea = { left: yAxisWidth(y), right: width - 18, top, bottom };
  const x = horizontalScale([], { label: "", from, to }, area);
  const alt = options.alt ?? describe(options);
  return drawing(
    { title, width, height, alt },
    drawLegend(legend, { left: 12, top: legendTop, width: width - 24 }),
    drawAxes(area, { x, y, xLabel: options.label, yLabel: options.yLabel ?? "share (%)" }),
    ...shares.map((share, i) => drawSteps(share, markOf(i), x, y)),
  );
}

/**
 * The share of the values in each of some equal steps; they sum to 1.
 *
 * @returns `[bins]`
 */
export function binShares(
  values: ArrayLike<number>,
  { from, to, bins }: { readonly from: number; readonly to: number; readonly bins: number },
): Float64Array {
  const shares = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(bins * (values[i] - from) / (to - from));
    shares[Math.min(bins - 1, Math.max(0, bin))] += 1 / values.length;
  }
  return shares;
}

function checkGroups(groups: readonly HistogramGroup[]): void {
  whole("Cannot draw a histogram", { "number of groups": groups.length }, 1);
  for (const { name, values } of groups) {
    const attempt = `Cannot draw a histogram of "${name}"`;
    whole(attempt, { "number of values": values.length }, 1);
    Array.from(values).forEach((value, at) => finite(attempt, { [`value ${at}`]: value }));
  }
}

function limitsOf({ groups, from, to }: HistogramOptions): [number, number] {
  const all = groups.flatMap(({ values }) => Array.from(values));
  const low = from ?? all.reduce((a, b) => Math.min(a, b));
  const high = to ?? all.reduce((a, b) => Math.max(a, b));
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

function markOf(place: number): Mark {
  return {
    colour: seriesColour(place),
    shape: place,
    dashed: place > 0,
    joined: true,
    markers: false,
  };
}

function drawSteps(shares: Float64Array, { colour, dashed }: Mark, x: Scale, y: Scale): string {
  const step = (x.to - x.from) / shares.length;
  const places = Array.from(shares).flatMap((share, i) => {
    const [left, right, height] = [x.from + i * step, x.from + (i + 1) * step, y.at(100 * share)];
    return [[x.at(left), height], [x.at(right), height]];
  });
  const points = [[x.at(x.from), y.at(0)], ...places, [x.at(x.to), y.at(0)]];
  return element("polygon", {
    points: placesText(points),
    fill: colour,
    "fill-opacity": 0.22,
    stroke: colour,
    "stroke-width": 1.8,
    "stroke-dasharray": dashed ? DASHES : undefined,
  });
}

function describe({ title, label, groups }: HistogramOptions): string {
  const written = groups.map(({ name, values }) => {
    const middle = shortNumber(median(Array.from(values)), 3);
    return `${name}: ${values.length} values, median ${middle}`;
  });
  return `${title ?? label}: ${written.join("; ")}`;
}
