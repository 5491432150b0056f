/**
 * Results as tables for the terminal.
 *
 * @module
 */
import { alignColumns } from "../../nn/summary.ts";
import { duration } from "../progress.ts";
import type { GalaxyEvaluation } from "./evaluate.ts";
import { QUESTIONS } from "./questions.ts";
import type { QuestionScore } from "./score.ts";
import type { GalaxyResult } from "./train.ts";

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
  const { rmse, baselines, questions = [], validationCount, trainCount } = result;
  const time = `${result.steps} steps in ${duration(result.seconds)} on ${result.adapter}`;
  if (rmse === undefined) return `trained on ${trainCount} galaxies, ${time}\n${out}`;
  const rows: [string, string][] = [
    ...Object.entries<number>({ ...baselines }).map(([name, value]): [string, string] => [
      BASELINES[name],
      value.toFixed(4),
    ]),
    ["the network", rmse.toFixed(4)],
  ];
  return [
    `RMSE of ${validationCount} galaxies held out, ${trainCount} trained on`,
    ...alignColumns(rows, [1]).map((line) => `  ${line}`),
    "",
    ...questionLines(questions),
    "",
    time,
    out,
  ].join("\n");
}

/** The result of an evaluation. */
export function evaluationTable(result: GalaxyEvaluation): string {
  const rows: [string, string][] = [
    ...Object.entries(result.baselines).map(([name, value]): [string, string] => [
      BASELINES[name],
      value.toFixed(4),
    ]),
    ["the network", result.rmse.toFixed(4)],
  ];
  const left = result.trainedOn ? `; ${result.trainedOn} left out, trained on` : "";
  return [
    `RMSE of ${result.count} galaxies${left}`,
    ...alignColumns(rows, [1]).map((line) => `  ${line}`),
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
