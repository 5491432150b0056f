/**
 * What classifiers and figures are called on the page.
 *
 * @module
 */

import type { ClassifierName } from "../config.ts";
import { CLASSIFIER_LABELS } from "../table.ts";

/** A classifier in words; one that is not known as it is. */
export function classifierWords(name: string): string {
  return CLASSIFIER_LABELS[name as ClassifierName] ?? name;
}

/** What a classifier's score is. */
export function scoreWords(classifier: string): string {
  return classifier === "forest" ? "score: probability of a call" : "score: decision value";
}

/** A count with its noun: `1 clip`, `3 clips`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
