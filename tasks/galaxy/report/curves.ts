/**
 * How the error fell during training.
 *
 * @module
 */
import { lineChart, type Series } from "../../report/plot/line_chart.ts";
import type { Metrics } from "../../run/run_folder.ts";
import type { GalaxyReportContent, ReportCurve } from "./content.ts";
import { baselineList, FLOOR_NAME } from "./headline.ts";
import { chart, fourDigits, paragraph, section } from "../../report/html.ts";

/** A line of more points than this is no easier to read, and makes the page large. */
const MOST_POINTS = 500;

/** With more curves than this their mean is drawn: twenty lines cannot be told apart. */
const MOST_CURVES = 3;

type Points = readonly (readonly [number, number])[];

/** Error and learning rate by training step; empty without metrics. */
export function learningCurves({ curves, result, config }: GalaxyReportContent): string {
  const series = errorSeries(curves);
  if (!series.some(({ points }) => points.length)) return "";
  const floor = result.noiseFloor === undefined
    ? []
    : [{ label: `${FLOOR_NAME} ${fourDigits(result.noiseFloor)}`, y: result.noiseFloor }];
  const references = [
    ...baselineList(result.baselines).map(({ name, rmse }) => ({
      label: `${name} ${fourDigits(rmse)}`,
      y: rmse,
    })),
    ...floor,
  ];
  const errors = chart((width) =>
    lineChart({
      title: "Error by training step",
      x: { label: "training step", from: 0 },
      y: { label: "RMSE", from: 0 },
      series,
      references,
      width,
      height: width > 600 ? 380 : 440,
    })
  );
  return section(
    "How it learnt",
    errors,
    paragraph(explanation(curves), "note"),
    rates(curves, config),
  );
}

function errorSeries(curves: readonly ReportCurve[]): Series[] {
  const drawn = curves.length > MOST_CURVES ? [meanCurve(curves)] : curves;
  return drawn.flatMap(({ name, metrics }, i) => {
    const before = drawn.length > 1 || curves.length > MOST_CURVES ? `${name}, ` : "";
    const colour = drawn.length > 1 ? i : undefined;
    const training = thinned(pointsOf(metrics, "rmse"));
    const validation = pointsOf(metrics, "validationRmse");
    return [
      { name: `${before}training`, points: training, markers: false, colour },
      ...(validation.length
        ? [{ name: `${before}validation`, points: thinned(validation), dashed: true, colour }]
        : []),
    ];
  });
}

/** Points of a figure by step; lines without it, or with what is no number, are left out. */
function pointsOf(metrics: readonly Metrics[], name: string): Points {
  return metrics.flatMap((line) => {
    const [step, value] = [line.step, line[name]];
    const known = typeof step === "number" && typeof value === "number" && Number.isFinite(value);
    return known ? [[step, value] as const] : [];
  });
}

/** Means of as many neighbours as it takes. */
function thinned(points: Points): Points {
  const size = Math.ceil(points.length / MOST_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const group = points.slice(i * size, (i + 1) * size);
    const mean = (place: 0 | 1) =>
      group.reduce((sum, point) => sum + point[place], 0) / group.length;
    return [mean(0), mean(1)] as const;
  });
}

/** The mean of curves at the steps that all of them have. */
function meanCurve(curves: readonly ReportCurve[]): ReportCurve {
  const columns = ["rmse", "validationRmse", "learningRate"].map((name) => {
    const values = new Map<number, number[]>();
    for (const { metrics } of curves) {
      for (const [step, value] of pointsOf(metrics, name)) {
        values.set(step, [...values.get(step) ?? [], value]);
      }
    }
    const common = [...values].filter(([, found]) => found.length === curves.length);
    return common.map(([step, found]) => ({
      step,
      [name]: found.reduce((a, b) => a + b) / found.length,
    }));
  });
  const metrics = columns.flat().toSorted((a, b) => a.step - b.step);
  return { name: `mean of ${curves.length}`, metrics };
}

function explanation(curves: readonly ReportCurve[]): string {
  const several = curves.length > 1
    ? " Each part of the galaxies was held out once, and a network trained on the others."
    : "";
  const longest = Math.max(...curves.map(({ metrics }) => pointsOf(metrics, "rmse").length));
  const size = Math.ceil(longest / MOST_POINTS);
  const means = size > 1 ? ` Each point is a mean of ${size} measurements.` : "";
  return `Training errors are measured while the pictures are turned, zoomed and shifted at random ` +
    `and parts of the network are switched off, which makes them larger than they would be ` +
    `otherwise. Validation errors are measured on galaxies that are not trained on. The ` +
    `dotted lines are errors on the galaxies held out for this page’s figures.${several}${means}`;
}

function rates(curves: readonly ReportCurve[], config: Readonly<Record<string, unknown>>): string {
  const points = pointsOf(curves[0].metrics, "learningRate");
  if (!points.length) return "";
  const drops = config.schedule === "drops"; // by tenths, which only a logarithm shows
  return chart((width) =>
    lineChart({
      title: "Learning rate",
      x: { label: "training step", from: 0 },
      y: { label: "learning rate", ...(drops ? { scale: "log" } : { from: 0 }) },
      series: [{ name: "learning rate", points: thinned(points), markers: false }],
      width,
      height: 220,
    })
  ) + paragraph("The size of the corrections that each step makes to the network.", "note");
}
