/**
 * What baselines, classifiers and figures are called, on the terminal and on the page.
 *
 * @module
 */
import type { BaselineName } from "./baselines.ts";
import { type ClassifierName, isClassifier } from "./config.ts";
import type { Auc } from "./protocol.ts";
import type { WhaleResult } from "./result.ts";

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
