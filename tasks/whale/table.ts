/**
 * Results as tables for the terminal.
 *
 * @module
 */
import { indented, spreadRow } from "../run/table.ts";
import { duration } from "../run/progress.ts";
import type { Spread } from "../run/seeds.ts";
import { BASELINE_NAMES } from "./baselines.ts";
import type { WhaleEvaluation } from "./evaluate.ts";
import type { Auc } from "./protocol.ts";
import type { Scored, WhaleEnsembleResult, WhaleResult } from "./result.ts";
import type { WhaleSeedsResult } from "./train.ts";
import { BASELINE_LABELS, classifierWords, probeRows } from "./words.ts";

/** The rows of a result's table: what, and its area. The report shows the same. */
export function resultRows(result: WhaleResult): (readonly [label: string, auc: Auc])[] {
  const { baselines, single, blend, blocked, members, againstTruth, withOrder } = result;
  const scored = (what: string, areas: Scored) =>
    Object.entries(areas).map(([name, auc]) => [`${what}, ${classifierWords(name)}`, auc] as const);
  const blended = `blend of ${members.length}`;
  return [
    ...BASELINE_NAMES.map((name) => [BASELINE_LABELS[name], baselines[name]] as const),
    ...scored("learnt features", single),
    ...(members.length > 1 ? scored(blended, blend) : []),
    ...(blocked ? scored(`${blended}, folds of neighbours`, blocked) : []),
    ...(againstTruth ? [[`${blended}, wrong labels put right`, againstTruth] as const] : []),
    ...(withOrder ? [[`${blended}, helped by order: a leak`, withOrder] as const] : []),
  ];
}

/** The result of a run. */
export function resultTable(result: WhaleResult, out: string): string {
  const { interval, measuredOn, repeats, seconds, adapter } = result;
  const [clips, ...how] = measuredOn.split(": ");
  const line = ([label, { auc, deviation }]: readonly [string, Auc]) => [
    label,
    auc.toFixed(4),
    ...(repeats.length > 1 ? [deviation?.toFixed(4) ?? ""] : []),
  ];
  const rows = [...resultRows(result), ...probeRows(result)].map(line);
  const head = repeats.length > 1 ? [["", "mean", "SD"]] : [];
  return [
    `area under the ROC curve, ${clips}`,
    ...indented([...head, ...rows]),
    "",
    ...how,
    `95 % interval of the blend ${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`,
    `${duration(seconds)} on ${adapter}`,
    out,
  ].join("\n");
}

/** The result of several runs. */
export function seedsTable(
  { seeds, baselines, single, blend, runs }: WhaleSeedsResult,
  out: string,
) {
  const scored = (what: string, spreads: Readonly<Record<string, Spread>>) =>
    Object.entries(spreads).map(([name, spread]) =>
      spreadRow(`${what}, ${classifierWords(name)}`, spread)
    );
  const rows = [
    ["", "mean", "SD"],
    ...BASELINE_NAMES.map((name) => spreadRow(BASELINE_LABELS[name], baselines[name])),
    ...scored("learnt features", single),
    ...scored(`blend of ${runs[0].members.length}`, blend),
  ];
  const [clips, ...how] = runs[0].measuredOn.split(": ");
  return [
    `area under the ROC curve, ${clips}, seeds ${seeds.join(", ")}`,
    ...indented(rows),
    "",
    ...how,
    out,
  ].join("\n");
}

/** The result of an evaluation. */
export function evaluationTable(result: WhaleEvaluation): string {
  const { auc, interval, averagePrecision, count, callShare, trainedOn, synthetic } = result;
  const left = trainedOn ? `; ${trainedOn} left out, trained on` : "";
  const rows = [
    ["area under the ROC curve", auc.toFixed(4)],
    ["  95 % interval", `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`],
    ["average precision", averagePrecision.toFixed(4)],
    ["share of calls", callShare.toFixed(4)],
  ];
  return [
    `${count} ${synthetic ? "synthetic clips" : "clips"}${left}`,
    ...indented(rows, []),
  ].join("\n");
}

/** Numbers of models that the table of an ensemble shows. */
const SHOWN = [1, 2, 3, 5, 10, 20, 30, 50];

/** The result of an ensemble. */
export function ensembleTable(result: WhaleEnsembleResult, out: string): string {
  const { svmCurve, curve, classifier, trials, measuredOn, seconds, adapter } = result;
  const [clips, how] = measuredOn.split(": ");
  const shown = [...new Set([...SHOWN, curve.length, svmCurve.length])]
    .filter((n) => n <= svmCurve.length).sort((a, b) => a - b);
  const cell = (auc?: Auc) => auc ? auc.auc.toFixed(4) + spread(auc) : "";
  const rows = [
    [
      "models",
      classifierWords("svm"),
      ...(classifier === "svm" ? [] : [classifierWords(classifier)]),
    ],
    ...shown.map((n) => [
      `${n}`,
      cell(svmCurve[n - 1]),
      ...(classifier === "svm" ? [] : [cell(curve[n - 1])]),
    ]),
  ];
  return [
    `area under the ROC curve of the best n of ${trials} trials, chosen and scored on different folds`,
    clips,
    ...indented(rows, [0, 1, 2]),
    "",
    how,
    `${duration(seconds)} on ${adapter}`,
    out,
  ].join("\n");
}

function spread({ deviation }: Auc): string {
  return deviation === undefined ? "" : ` ± ${deviation.toFixed(4)}`;
}
