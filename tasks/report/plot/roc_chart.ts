/**
 * How well scores tell two classes apart: ROC and precision-recall curves, as SVG.
 *
 * @module
 */
import { check, whole } from "../../../gpu/check.ts";
import { lineChart, type Series } from "./line_chart.ts";
import type { ChartOptions, SvgPicture } from "./picture.ts";

/** One curve, from nothing called positive to everything. */
export interface RateCurve {
  /** What the legend calls it; say the area there if the reader wants it. */
  readonly name: string;
  /** Values along x, 0 to 1. */
  readonly x: ArrayLike<number>;
  /** Values along y, 0 to 1. */
  readonly y: ArrayLike<number>;
}

/**
 * What {@linkcode rocChart} and {@linkcode precisionRecallChart} draw, 520 pixels wide by default; in
 * words, the names of the curves.
 */
export interface RateChartOptions extends ChartOptions {
  /** The curves; the first is what the chart is about. */
  readonly curves: readonly RateCurve[];
  /** Share of the positives, where precision starts from without any skill. */
  readonly positiveShare?: number;
  /** Pixels. Default 460. */
  readonly height?: number;
}

/** Curves are simplified until a point leaves them: half of this is below half a pixel. */
const TOLERANCE = 1e-3;

/** Grey, the last of the colours. */
const CHANCE_COLOUR = 6;

/**
 * The share of the positives found against the share of the negatives called positive, above the
 * diagonal that chance would follow.
 *
 * @throws {RangeError} when there is no curve, or a point of one lies outside 0 to 1
 *
 * @example
 * ```ts
 * import { Ranking } from "../../../nn/metrics/classification.ts";
 * import { rocChart } from "./roc_chart.ts";
 *
 * const curve = new Ranking([0, 1, 0, 1], [0.1, 0.8, 0.3, 0.9]).rocCurve();
 * const { alt } = rocChart({
 *   curves: [{ name: "model", x: curve.falsePositiveRate, y: curve.truePositiveRate }],
 * });
 * if (!alt.includes("model")) throw new Error(alt);
 * ```
 */
export function rocChart(options: RateChartOptions): SvgPicture {
  return rateChart(options, [chanceBetween(0, 1)], {
    name: "ROC",
    x: "false alarms: share of the others called positive",
    y: "hits: share of the positives found",
  });
}

/**
 * The share of what is called positive that is, against the share of the positives found. The first
 * point, where nothing is called positive, is left out.
 *
 * @throws {RangeError} as {@linkcode rocChart}
 */
export function precisionRecallChart(options: RateChartOptions): SvgPicture {
  const { positiveShare } = options;
  const chance = positiveShare === undefined ? [] : [chanceBetween(positiveShare, positiveShare)];
  const curves = options.curves.map(({ name, x, y }) => ({
    name,
    x: Array.from(x).slice(1),
    y: Array.from(y).slice(1),
  }));
  return rateChart({ ...options, curves }, chance, {
    name: "Precision and recall",
    x: "recall: share of the positives found",
    y: "precision: share of finds that are right",
  });
}

/** What scores without skill would give, from one side to the other. */
function chanceBetween(left: number, right: number): Series {
  const points = [[0, left], [1, right]] as const;
  return { name: "chance", points, dashed: true, markers: false, colour: CHANCE_COLOUR };
}

function rateChart(
  { title, curves, width = 520, height = 460, alt }: RateChartOptions,
  chance: readonly Series[],
  words: { readonly name: string; readonly x: string; readonly y: string },
): SvgPicture {
  whole(`Cannot draw a ${words.name} chart`, { "number of curves": curves.length }, 1);
  const series: Series[] = curves.map((curve, i) => ({
    name: curve.name,
    points: simplified(pointsOf(curve), TOLERANCE),
    markers: false,
    dashed: i > 0,
    colour: i,
  }));
  return lineChart({
    title,
    x: { label: width < 420 ? words.x.split(":")[0] : words.x, from: 0, to: 1 },
    y: { label: height < 380 ? words.y.split(":")[0] : words.y, from: 0, to: 1 },
    series: [...series, ...chance],
    width,
    height,
    alt: alt ?? `${title ?? words.name}: ${curves.map(({ name }) => name).join("; ")}`,
  });
}

function pointsOf({ name, x, y }: RateCurve): [number, number][] {
  const points = Array.from(x, (value, i): [number, number] => [value, y[i]]);
  const attempt = `Cannot draw the curve "${name}"`;
  whole(attempt, { "number of points": points.length }, 1);
  for (const point of points) {
    check(point.every((part) => part >= 0 && part <= 1), attempt, { point }, "numbers from 0 to 1");
  }
  return points;
}

/**
 * The points that a line cannot do without: no other one lies further than the tolerance from it
 * (Ramer 1972; Douglas and Peucker 1973). Thousands of steps of a curve are as many pixels.
 */
export function simplified(
  points: readonly (readonly [number, number])[],
  tolerance: number,
): (readonly [number, number])[] {
  const kept = new Uint8Array(points.length);
  kept[0] = kept[points.length - 1] = 1;
  const stretches: [number, number][] = [[0, points.length - 1]];
  for (let next = stretches.pop(); next; next = stretches.pop()) {
    const [first, last] = next;
    let [furthest, distance] = [0, tolerance];
    for (let i = first + 1; i < last; i++) {
      const away = distanceTo(points[i], points[first], points[last]);
      if (away > distance) [furthest, distance] = [i, away];
    }
    if (furthest === 0) continue;
    kept[furthest] = 1;
    stretches.push([first, furthest], [furthest, last]);
  }
  return points.filter((_, i) => kept[i]);
}

/** Distance of a point from the stretch between two others. */
function distanceTo(
  [x, y]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  const along = square > 0 ? Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square)) : 0;
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}
