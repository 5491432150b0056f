/**
 * Many trees as one classifier: scores of rows, importance of features.
 *
 * @module
 */
import { type Apply, applyOnHost } from "../../gpu/fitting.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
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
 * Scores of rows [n, d]; higher means class 1. Features are rounded to float32, as they were for the
 * fit. Gives [n]: probabilities of class 1 from a forest, decision values (log odds) from boosting.
 */
export const applyTrees: Apply<TreeEnsemble, Float64Array> = applyOnHost({
  attempt: "Cannot apply an ensemble of trees",
  width: ({ columns }) => columns,
  run: (_gpu, model, x) => ndarray([x.shape[0]], treeScores(model, x)),
});

/** Scores of checked rows, [n]. */
export function treeScores(
  model: TreeEnsemble,
  { shape, data }: NdArray,
): Float64Array<ArrayBuffer> {
  const [rows, columns] = shape;
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const { starts, feature, threshold, left, right, value } = model;
  const trees = starts.length - 1;
  const scores = new Float64Array(rows).fill(model.base);
  // Trees outside: one of them stays in the processor's cache, all of them would not.
  for (let tree = 0; tree < trees; tree++) {
    for (let row = 0; row < rows; row++) {
      const at = row * columns;
      let node = starts[tree];
      while (left[node] !== LEAF) {
        node = values[at + feature[node]] <= threshold[node] ? left[node] : right[node];
      }
      scores[row] += value[node];
    }
  }
  return model.kind === "forest" ? scores.map((sum) => sum / trees) : scores;
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
