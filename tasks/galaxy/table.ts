/**
 * Results as tables for the terminal.
 *
 * @module
 */
import { figureRow, indented, spreadRow } from "../run/table.ts";
import { alignColumns } from "../../gpu/display.ts";
import { duration } from "../run/progress.ts";
import type { BaselineScores } from "./baseline_run.ts";
import type { GalaxyEvaluation } from "./evaluate.ts";
import { QUESTIONS } from "./questions.ts";
import type { QuestionScore } from "./score.ts";
import type { GalaxyResult } from "./result.ts";
import type { GalaxySeedsResult } from "./train.ts";

/** What the baselines are called. */
const BASELINES: Readonly<Record<string, string>> = {
  zeros: "all zeros",
  mean: "mean of the training galaxies",
  colourRidge: "ridge on the mean colour",
  pixelRidge: "ridge on 16 x 16 pixels",
  ownMean: "mean of these galaxies",
};

/** The result of a training run. */
export function resultTable(result: GalaxyResult, out: string): string {
  const { rmse, questions = [], heldOutCount } = result;
  const time = `${result.steps} steps in ${duration(result.seconds)} on ${result.adapter}`;
  if (rmse === undefined) return `${partsOf(result)}, none only scored\n${time}\n${out}`;
  return [
    `RMSE of ${heldOutCount} ${kindOf(result)} held out; ${partsOf(result)}`,
    ...indented(errorRows({ ...result, rmse })),
    "",
    ...questionLines(questions),
    "",
    time,
    out,
  ].join("\n");
}

/** The result of several runs. */
export function seedsTable(result: GalaxySeedsResult, out: string): string {
  const { seeds, rmse, baselines, runs, ratioToPixelRidge } = result;
  const [first] = runs;
  const time = `${first.steps} steps a run on ${first.adapter}`;
  if (!rmse) {
    return `trained ${seeds.length} times; ${partsOf(first)}, none only scored\n${time}\n${out}`;
  }
  const rows = [
    ["", "mean", "SD"],
    ...Object.entries({ ...baselines }).map(([name, spread]) => spreadRow(BASELINES[name], spread)),
    spreadRow(networkName(first), rmse),
    ...(ratioToPixelRidge
      ? [spreadRow("network / ridge on 16 x 16 pixels", ratioToPixelRidge)]
      : []),
  ];
  const held = `${first.heldOutCount} ${kindOf(first)} held out; ${partsOf(first)}`;
  return [
    `RMSE of ${held}, seeds ${seeds.join(", ")}`,
    ...indented(rows),
    "",
    time,
    out,
  ].join("\n");
}

function networkName({ transforms }: { readonly transforms: number }): string {
  return transforms > 1 ? `the network, mean of ${transforms} transformations` : "the network";
}

/** How many galaxies were trained on, and what those that were watched decided. */
function partsOf({ trainCount, validationCount, validationDecides }: GalaxyResult): string {
  const trained = `${trainCount} trained on`;
  if (!validationDecides.length) return trained;
  return `${trained}, ${validationCount} decided ${validationDecides.join(" and ")}`;
}

function kindOf({ synthetic }: { readonly synthetic: boolean }): string {
  return synthetic ? "synthetic galaxies" : "galaxies";
}

/** Errors of the baselines, of the network, and what no prediction can get below. */
function errorRows(
  result: Pick<GalaxyEvaluation, "rmse" | "noiseFloor" | "transforms"> & {
    readonly baselines?: Partial<BaselineScores> | GalaxyEvaluation["baselines"];
  },
): string[][] {
  const { rmse, baselines, noiseFloor } = result;
  return [
    ...Object.entries<number>({ ...baselines }).map(([name, rmse]) =>
      figureRow(BASELINES[name], rmse)
    ),
    figureRow(networkName(result), rmse),
    ...(noiseFloor === undefined ? [] : [figureRow("chance in the votes alone", noiseFloor)]),
  ];
}

/** The result of an evaluation. */
export function evaluationTable(result: GalaxyEvaluation): string {
  const left = result.trainedOn ? `; ${result.trainedOn} left out, learnt from` : "";
  return [
    `RMSE of ${result.count} ${kindOf(result)}${left}`,
    ...indented(errorRows(result)),
    "",
    ...questionLines(result.questions),
  ].join("\n");
}

/** Accuracy counts the galaxies that at least half of the volunteers were asked about. */
function questionLines(questions: readonly QuestionScore[]): string[] {
  const rows = questions.map(({ number, rmse, accuracy, count }) => [
    `${number}`,
    QUESTIONS[number - 1].text,
    rmse.toFixed(4),
    count ? `${(100 * accuracy).toFixed(1)} %` : "",
    `${count}`,
  ]);
  return alignColumns([["", "question", "RMSE", "accuracy", "galaxies"], ...rows], [0, 2, 3, 4]);
}
