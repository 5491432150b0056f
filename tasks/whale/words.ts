/**
 * What baselines, classifiers and figures are called, on the terminal and on the page.
 *
 * @module
 */
import type { BaselineName } from "./baselines.ts";
import { type ClassifierName, isClassifier } from "./config.ts";
import type { Auc, Repeat } from "./protocol.ts";
import type { WhaleEnsembleResult, WhaleResult } from "./result.ts";

/** Headers of predictions, as the Redux challenge takes them. */
export const PREDICTION_TABLE = { idColumn: "clip", columns: ["probability"] } as const;

/** What the baselines are called. */
export const BASELINE_LABELS: Readonly<Record<BaselineName, string>> = {
  rawPixels: "raw pixels, linear SVM",
  timeMean: "mean spectrum, linear SVM",
};

/** What the classifiers are called. */
export const CLASSIFIER_LABELS: Readonly<Record<ClassifierName, string>> = {
  svm: "linear SVM",
  logistic: "logistic regression",
  forest: "random forest",
  boosting: "gradient boosting",
};

/** What hears nothing. */
export function probeRows({ leakProbe }: WhaleResult): (readonly [label: string, auc: Auc])[] {
  return [
    ["order alone: labels of neighbours", leakProbe.order],
    ["level alone", leakProbe.level],
  ];
}

/** What a figure in folds is, beyond the clips that it is of. */
const IN_FOLDS = "a clip is compared with those of its fold, which the same model scored; the " +
  "dictionaries heard all clips, without labels";

/**
 * On what a run's figures were measured.
 *
 * @param repeats what was repeated, each in so many parts
 */
export function measuredOn(
  { synthetic, trainCount, scoredCount }: Pick<
    WhaleResult,
    "synthetic" | "trainCount" | "scoredCount"
  >,
  repeats: readonly Repeat[],
): string {
  const kind = synthetic ? "synthetic clips" : "clips";
  const [{ parts }] = repeats;
  if (parts.length === 1) return `${scoredCount} ${kind} put aside, ${trainCount} learnt from`;
  const shuffles = repeats.length > 1 ? `, ${repeats.length} shuffles` : "";
  return `${scoredCount} ${kind} in ${parts.length} folds${shuffles}: ${IN_FOLDS}`;
}

/** On what the figures of a blend of a search's best models were measured. */
export function blendMeasuredOn(
  { synthetic, count }: Pick<WhaleEnsembleResult, "synthetic" | "count">,
  repeats: readonly Repeat[],
  rounds: number,
): string {
  const clips = { synthetic, trainCount: count, scoredCount: count };
  const narrowed = rounds > 1
    ? "; the ranges of later rounds were narrowed by figures of all folds"
    : "";
  return `${measuredOn(clips, repeats)}; models were chosen by the other folds${narrowed}`;
}

/** A classifier in words; one that is not known as it is. */
export function classifierWords(name: string): string {
  return isClassifier(name) ? CLASSIFIER_LABELS[name] : name;
}

/** What a classifier's score is. */
export function scoreWords(classifier: string): string {
  return classifier === "forest" ? "score: probability of a call" : "score: decision value";
}

/** A count with its noun: `1 clip`, `3 clips`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
