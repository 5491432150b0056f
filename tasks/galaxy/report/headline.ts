/**
 * The head of the page: what the run is, how good it is, beside what it has to beat.
 *
 * @module
 */
import { barChart } from "../../report/plot/bar_chart.ts";
import { escapeText } from "../../report/plot/svg.ts";
import { duration } from "../../run/progress.ts";
import type { BaselineScores } from "../baseline_run.ts";
import { type GalaxyReportContent, rowOf, WIDTH } from "./content.ts";
import {
  chart,
  fourDigits,
  paragraph,
  percent,
  type Tile,
  tiles,
  unbroken,
  whole,
} from "../../report/html.ts";

/** What the baselines are called on the page, from the weakest. */
export const BASELINE_NAMES: Readonly<Record<keyof BaselineScores, string>> = {
  zeros: "all answers zero",
  mean: "mean of training galaxies",
  colourRidge: "linear model of mean colour",
  pixelRidge: "linear model of 16 × 16 pixels",
};

/** What the error of a perfect network is called, which knows the chances but not the votes. */
export const FLOOR_NAME = "best possible (votes scatter)";

/** The baselines that there are, in the order of their names. */
export function baselineList(
  baselines: BaselineScores | undefined,
): { readonly name: string; readonly rmse: number }[] {
  return Object.entries(BASELINE_NAMES).flatMap(([key, name]) => {
    const rmse = baselines?.[key as keyof BaselineScores];
    return rmse === undefined ? [] : [{ name, rmse }];
  });
}

/** Title, what the run is, its figures and the comparison with the baselines. */
export function headline(content: GalaxyReportContent): string {
  const { title = "Galaxy run", result } = content;
  return [
    `<h1>${escapeText(title)}</h1>`,
    result.synthetic
      ? `<p class="banner"><strong>Synthetic galaxies, simulated votes.</strong> None of these ` +
        `galaxies exists: the pictures were computed, and the volunteers’ answers were drawn by ` +
        `chance from what can be seen in them. Figures on this page do not compare with those of ` +
        `real galaxies.</p>`
      : "",
    lead(content),
    runTiles(content),
    result.rmse === undefined ? "" : comparison(content, result.rmse),
  ].join("\n");
}

function lead({ result }: GalaxyReportContent): string {
  const { heldOutCount, trainCount, rmse, synthetic, transforms } = result;
  const { validationCount, validationDecides } = result;
  const volunteers = synthetic ? "simulated volunteers" : "the volunteers of Galaxy Zoo";
  const task = `A neural network learnt from ${whole(trainCount)} pictures of galaxies how ` +
    `${volunteers} answer 11 questions about a galaxy’s shape: 37 possible answers, for each the ` +
    `fraction of volunteers who gave it.`;
  const decided = validationDecides.length
    ? ` ${whole(validationCount)} others were watched while it learnt and decided ${
      validationDecides.join(" and ")
    }.`
    : "";
  if (rmse === undefined) {
    return paragraph(
      `${task}${decided} No galaxies were held out to be scored, so nothing is known of how good it ` +
        `is.`,
      "lead",
    );
  }
  const copies = transforms > 1
    ? ` Each prediction is the mean over ${transforms} zoomed, turned and mirrored copies.`
    : "";
  return paragraph(
    `${task} Here it predicts those fractions for ${whole(heldOutCount)} galaxies that it ` +
      `was not trained on${decided && ", and which decided nothing"}.${decided}${copies}`,
    "lead",
  );
}

function runTiles({ result, predictions, targets }: GalaxyReportContent): string {
  const { rmse, baselines, trainCount, heldOutCount, timings, parameters, steps } = result;
  const best = baselineList(baselines).toSorted((a, b) => a.rmse - b.rmse).at(0);
  const total = Object.values(timings).reduce((sum, seconds) => sum + seconds, 0);
  const list: Tile[] = [];
  if (rmse !== undefined) {
    const deviation = standardError(predictions, targets);
    const spread = Number.isFinite(deviation)
      ? `± ${fourDigits(deviation)} (standard error)`
      : undefined;
    list.push(["root mean square error (RMSE)", fourDigits(rmse), spread]);
    if (best) {
      list.push(["compared with the best baseline", againstBaseline(rmse, best.rmse), best.name]);
    }
  }
  list.push(["galaxies held out", whole(heldOutCount), `${whole(trainCount)} trained on`]);
  const trained = timings.training === undefined ? "" : `${duration(timings.training)} of training`;
  list.push(["time, all in all", unbroken(duration(total)), trained]);
  list.push(["size of the network", whole(parameters), `trained values; ${whole(steps)} steps`]);
  list.push(["ran on", result.adapter]);
  return tiles(list);
}

function againstBaseline(rmse: number, baseline: number): string {
  const part = 1 - rmse / baseline;
  return `${percent(Math.abs(part))} ${part >= 0 ? "lower" : "higher"}`;
}

/**
 * Standard error of the root mean square error, from the scatter of the galaxies' mean squares: how
 * far it would move with other galaxies held out. NaN for fewer than two.
 */
export function standardError(predictions: Float32Array, targets: Float32Array): number {
  const squares = galaxyErrors(predictions, targets).map((rmse) => rmse ** 2);
  const mean = squares.reduce((a, b) => a + b, 0) / squares.length;
  const variance = squares.reduce((sum, square) => sum + (square - mean) ** 2, 0) /
    (squares.length - 1);
  return Math.sqrt(variance / squares.length) / (2 * Math.sqrt(mean)); // d √m = dm / 2 √m
}

/** Root mean square error of each galaxy over its 37 answers. */
export function galaxyErrors(predictions: Float32Array, targets: Float32Array): number[] {
  return Array.from({ length: targets.length / WIDTH }, (_, row) => {
    const [p, t] = [rowOf(predictions, row), rowOf(targets, row)];
    return Math.sqrt(p.reduce((sum, value, i) => sum + (value - t[i]) ** 2, 0) / WIDTH);
  });
}

function comparison({ result }: GalaxyReportContent, rmse: number): string {
  const { baselines, noiseFloor } = result;
  const bars = [
    ...baselineList(baselines).map(({ name, rmse }) => ({ label: name, value: rmse })),
    { label: "the network", value: rmse, emphasis: true },
    ...(noiseFloor === undefined ? [] : [{ label: FLOOR_NAME, value: noiseFloor }]),
  ].map((bar) => ({ ...bar, text: fourDigits(bar.value) }));
  const floor = noiseFloor === undefined ? "" : ` Not even a perfect network could get below ` +
    `${
      fourDigits(noiseFloor)
    }, the last bar: volunteers are few, and their votes scatter by chance.`;
  return chart((width) =>
    barChart({
      title: "Error on the galaxies held out",
      label: width > 600
        ? "root mean square error over 37 answers; shorter is better"
        : "RMSE over 37 answers; shorter is better",
      bars,
      width,
    })
  ) + paragraph(
    `The root mean square error (RMSE) is the typical difference between a predicted and a voted ` +
      `fraction: 0 is perfect, and 0.1 means being off by about 10 percentage points. The bars ` +
      `above the network’s are what simple rules reach on the same galaxies.${floor}`,
    "note",
  );
}
