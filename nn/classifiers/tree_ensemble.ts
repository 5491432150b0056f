/**
 * Many trees as one classifier: scores of rows, importance of features.
 *
 * @module
 */
import { notFinite } from "./feature_bins.ts";
import type { FeatureRows } from "./features.ts";
import { type GrownTree, LEAF } from "./tree.ts";

/**
 * A fitted random forest or gradient boosting. Nodes of all trees lie one after the other, those of
 * a tree from its root on; children come after their parent.
 */
export interface TreeEnsemble {
  /** What a score is: the mean of the leaves (`forest`), or `base` and their sum (`boosting`). */
  readonly kind: "forest" | "boosting";
  /** Number of features. */
  readonly columns: number;
  /** Log odds of class 1 among the training rows for boosting; 0 for a forest. */
  readonly base: number;
  /** First node of each tree, and the number of all nodes: `[trees + 1]`. */
  readonly starts: Uint32Array;
  /** Column that an inner node looks at; 0 at a leaf. */
  readonly feature: Uint32Array;
  /** Rows at or below it go left; a number on the scale of the feature, 0 at a leaf. */
  readonly threshold: Float32Array;
  /** Left child, counted over all trees; -1 at a leaf. */
  readonly left: Int32Array;
  /** Right child, counted over all trees; -1 at a leaf. */
  readonly right: Int32Array;
  /** At a leaf: share of class 1 (forest), or log odds to add, rate included (boosting). */
  readonly value: Float64Array;
  /** Decrease of impurity at a split, times the weight of its rows; 0 at a leaf. */
  readonly gain: Float32Array;
}

/** Joins trees; for the fits. */
export function joinTrees(
  trees: readonly GrownTree[],
  about: Pick<TreeEnsemble, "kind" | "columns" | "base">,
): TreeEnsemble {
  const starts = new Uint32Array(trees.length + 1);
  trees.forEach((tree, i) => starts[i + 1] = starts[i] + tree.feature.length);
  const nodes = starts[trees.length];
  const joined = {
    feature: new Uint32Array(nodes),
    threshold: new Float32Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    gain: new Float32Array(nodes),
  };
  trees.forEach((tree, i) => {
    const start = starts[i];
    const shifted = (child: number) => child === LEAF ? LEAF : child + start;
    joined.feature.set(tree.feature, start);
    joined.threshold.set(tree.threshold, start);
    joined.left.set(tree.left.map(shifted), start);
    joined.right.set(tree.right.map(shifted), start);
    joined.value.set(tree.value, start);
    joined.gain.set(tree.gain, start);
  });
  return { ...about, starts, ...joined };
}

/**
 * Scores of rows; higher means class 1. Features are rounded to float32, as they were for the fit.
 *
 * @param model A fitted ensemble
 * @param x Rows with the columns it was fitted on
 * @returns `[rows]`: probabilities of class 1 from a forest, decision values (log odds) from boosting
 * @throws {RangeError} for another number of columns, or a feature that is no finite float32 number
 */
export function ensembleScores(model: TreeEnsemble, x: FeatureRows): Float64Array<ArrayBuffer> {
  const values = finiteRows(model, x);
  const { starts, feature, threshold, left, right, value } = model;
  const trees = starts.length - 1;
  const scores = new Float64Array(x.rows).fill(model.base);
  // Trees outside: one of them stays in the processor's cache, all of them would not.
  for (let tree = 0; tree < trees; tree++) {
    for (let row = 0; row < x.rows; row++) {
      const at = row * x.columns;
      let node = starts[tree];
      while (left[node] !== LEAF) {
        node = values[at + feature[node]] <= threshold[node] ? left[node] : right[node];
      }
      scores[row] += value[node];
    }
  }
  return model.kind === "forest" ? scores.map((sum) => sum / trees) : scores;
}

function finiteRows(model: TreeEnsemble, { values, rows, columns }: FeatureRows): Float32Array {
  const attempt = "score rows with an ensemble of trees";
  if (columns !== model.columns || values.length !== rows * columns) {
    throw new RangeError(
      `Cannot ${attempt}: ${values.length} values in ${rows} rows of ${columns} columns came, ` +
        `rows of ${model.columns} columns were expected`,
    );
  }
  const rounded = values instanceof Float32Array ? values : Float32Array.from(values);
  for (let i = 0; i < rounded.length; i++) {
    if (Number.isFinite(rounded[i])) continue;
    throw notFinite(attempt, Math.floor(i / columns), i % columns, values[i]);
  }
  return rounded;
}

/**
 * Importance of each feature: its decrease of impurity, mean over trees, as scikit-learn's
 * `feature_importances_`. In a forest each tree counts the same; in boosting a tree counts by the
 * error it removes.
 *
 * @returns `[columns]`, with sum 1; all 0 when no tree has a split
 */
export function featureImportances(model: TreeEnsemble): Float64Array<ArrayBuffer> {
  const total = new Float64Array(model.columns);
  for (let tree = 0; tree + 1 < model.starts.length; tree++) {
    const [start, end] = model.starts.subarray(tree, tree + 2);
    const scale = model.kind === "forest" ? sum(model.gain.subarray(start, end)) || 1 : 1;
    for (let node = start; node < end; node++) {
      total[model.feature[node]] += model.gain[node] / scale;
    }
  }
  const all = sum(total) || 1;
  return total.map((importance) => importance / all);
}

function sum(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
