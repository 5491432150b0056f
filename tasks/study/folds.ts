/**
 * Folds of labelled rows for cross-validation, and the figure of each.
 *
 * @module
 */
import { check } from "../../gpu/check.ts";
import { fold, type Key, permutation } from "../../gpu/random.ts";
import { type BinaryLabels, binaryLabels } from "../../nn/classifiers/labels.ts";
import { rocAuc, type Scores } from "../../nn/metrics/classification.ts";
import { foldAssignment } from "./split.ts";

/**
 * How rows are dealt to folds.
 *
 * - `strided`: sorted by class, in file order within each, then dealt out in turn. Folds interleave
 *   in time, and each has its share of both classes. What scikit-learn's `StratifiedKFold` did in
 *   2013, and so the author of the 2013 whale system.
 * - `blocked`: consecutive stretches of the file. Clips recorded side by side stay in one fold, so
 *   that a model cannot score by knowing its neighbours; the honest figure. Their shares of the
 *   classes are what the recording gives: evening them out would make stretches overlap in time.
 * - `random`: as `strided`, shuffled by a key within each class.
 */
export type FoldKind = "strided" | "blocked" | "random";

/** Every {@linkcode FoldKind}. */
export const FOLD_KINDS: readonly FoldKind[] = ["strided", "blocked", "random"];

/** Options of {@linkcode classFolds}. */
export interface FoldOptions {
  /** How rows are dealt out. Default `strided`. */
  readonly kind?: FoldKind;
  /** Which shuffle; needed for `random`, not used otherwise. */
  readonly key?: Key;
}

/**
 * Deals rows in two classes to folds.
 *
 * @param labels Classes, `[n]`, in the order of time
 * @param folds Number of folds, 2 to `n`
 * @param options How, and by which key
 * @returns The fold of each row, `[n]`, for `foldSplit`; sizes differ by at most one
 * @throws {RangeError} for a number of folds out of range, `random` without a key, or folds that lack
 * a class
 *
 * @example
 * ```ts
 * import { classFolds } from "./folds.ts";
 *
 * const labels = [0, 1, 0, 0, 1, 0];
 * if (classFolds(labels, 2).join() !== "0,0,1,0,1,1") throw new Error("wrong");
 * if (classFolds(labels, 2, { kind: "blocked" }).join() !== "0,0,0,1,1,1") throw new Error("wrong");
 * ```
 */
export function classFolds(
  labels: BinaryLabels,
  folds: number,
  options: FoldOptions = {},
): Uint32Array {
  const { kind = "strided" } = options;
  const classes = binaryLabels("Cannot make folds", labels);
  const assignment = kind === "blocked"
    ? stretches(classes.length, folds)
    : foldAssignment(classes.length, folds, classOrder(classes, kind, options.key));
  checkClasses(classes, assignment, folds, kind);
  return assignment;
}

/** All rows of class 0, then all of class 1. */
function classOrder(classes: Uint8Array, kind: FoldKind, key: Key | undefined): Uint32Array {
  const rows = kind === "random"
    ? shuffled(classes.length, key)
    : Uint32Array.from(classes, (_, row) => row);
  return Uint32Array.from([0, 1].flatMap((c) => [...rows.filter((row) => classes[row] === c)]));
}

function shuffled(n: number, key: Key | undefined): Uint32Array {
  check(key !== undefined, "Cannot make random folds", { key }, "a key");
  return permutation(fold(key, "folds"), n);
}

function stretches(n: number, folds: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, row) => row);
  return foldAssignment(n, folds, order).sort(); // dealt in turn, then gathered
}

function checkClasses(
  classes: Uint8Array,
  assignment: Uint32Array,
  folds: number,
  kind: FoldKind,
): void {
  const counts = [new Uint32Array(folds), new Uint32Array(folds)];
  classes.forEach((c, row) => counts[c][assignment[row]]++);
  for (let f = 0; f < folds; f++) {
    const [negative, positive] = [counts[0][f], counts[1][f]];
    if (negative > 0 && positive > 0) continue;
    throw new RangeError(
      `Cannot make ${folds} ${kind} folds: fold ${f} has ${positive} positive and ${negative} ` +
        `negative rows, expected both`,
    );
  }
}

/**
 * The area under the ROC curve of each fold, from scores of models that did not see it. Scores of
 * different folds are not compared: they are those of different models.
 *
 * @param labels Classes, `[n]`
 * @param scores Out-of-fold scores, `[n]`
 * @param assignment The fold of each row, from {@linkcode classFolds}
 * @returns One a fold, `[folds]`
 * @throws {RangeError} when the lengths differ, or a fold lacks a class
 */
export function foldAucs(
  labels: BinaryLabels,
  scores: Scores,
  assignment: Uint32Array,
): Float64Array {
  const { length } = labels;
  const placed = { "number of rows in folds": assignment.length };
  check(assignment.length === length, "Cannot score folds", placed, `${length}, as of labels`);
  const count = assignment.reduce((most, f) => Math.max(most, f), 0) + 1;
  const rows = Uint32Array.from(assignment, (_, row) => row);
  return Float64Array.from({ length: count }, (_, f) => {
    const held = rows.filter((row) => assignment[row] === f);
    return rocAuc(Array.from(held, (row) => labels[row]), Array.from(held, (row) => scores[row]));
  });
}
