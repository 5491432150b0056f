/**
 * Gradient boosting for two classes, in a worker thread.
 *
 * Source: Friedman 2001, "Greedy function approximation: a gradient boosting machine"; rules and
 * defaults are those of scikit-learn's `GradientBoostingClassifier`.
 *
 * @module
 */
import { check, positive, whole } from "../../gpu/check.ts";
import { type Hooks, hostRows, type Rows } from "../../gpu/fitting.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type Key, key as keyOfSeed } from "../../gpu/random.ts";
import { type BinaryLabels, checkedLabels } from "./labels.ts";
import { joinTrees, type TreeEnsemble } from "./tree_ensemble.ts";
import { TreePool } from "./tree_pool.ts";

/** Options of {@linkcode fitGradientBoosting}. */
export interface GradientBoostingOptions extends Hooks {
  /** Classes of the rows, both of them present. */
  readonly labels: BinaryLabels;
  /** Number of trees. Default 100. */
  readonly rounds?: number;
  /** Share of each tree's step that is taken. Default 0.1. */
  readonly rate?: number;
  /** Most splits between the root and a leaf. Default 3. */
  readonly depth?: number;
  /** Share of the rows that a tree learns from, drawn anew each round. Default 1. */
  readonly subsample?: number;
  /** Features drawn at a split. Default: all of them, which needs no chance. */
  readonly maxFeatures?: number;
  /** Fewest rows of a leaf. Default 1. */
  readonly minLeaf?: number;
  /** Fewest rows of a node that is split. Default 2. */
  readonly minSplit?: number;
  /** Names the draws of rows and features, if there are any. Default `key(0)`. */
  readonly key?: Key;
}

const ATTEMPT = "Cannot fit gradient boosting";

/**
 * Fits gradient boosting with the logistic loss. Features are rounded to float32 and sorted into at
 * most 256 bins; up to 256 distinct values a feature, trees are those of exact sorting. All rounds
 * run in one worker thread, so fits of several folds can share the cores.
 *
 * @param rows Training rows [n, d]; not to be changed before the promise settles
 * @returns A model for `applyTrees`, which gives decision values: log odds of class 1
 * @throws {RangeError} as `checkRows`, or for labels or options out of range
 *
 * @example
 * ```ts
 * import { applyTrees, fitGradientBoosting, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([6, 1], Float32Array.of(1, 2, 3, 7, 8, 9));
 * const model = await fitGradientBoosting(gpu, rows, { labels: [0, 0, 0, 1, 1, 1] });
 * const { data } = await applyTrees(gpu, model, ndarray([2, 1], Float32Array.of(0, 10)));
 * if (data[0] > -2 || data[1] < 2) throw new Error("unexpected");
 * ```
 */
export async function fitGradientBoosting(
  gpu: Gpu,
  rows: Rows,
  options: GradientBoostingOptions,
): Promise<TreeEnsemble> {
  const x = await hostRows(gpu, ATTEMPT, rows);
  const labels = checkedLabels(ATTEMPT, x, options.labels);
  const [, columns] = x.shape;
  const boosting = withDefaults(options, columns);
  using pool = new TreePool(ATTEMPT, 1, options.signal);
  const { base, trees } = await pool.boost(
    { data: await pool.bin(x), labels, options: boosting },
    (done) => options.progress?.(done, boosting.rounds),
  );
  return joinTrees(trees, { kind: "boosting", columns, base });
}

function withDefaults(options: GradientBoostingOptions, columns: number) {
  const {
    rounds = 100,
    rate = 0.1,
    depth = 3,
    subsample = 1,
    maxFeatures = columns,
    minLeaf = 1,
    minSplit = 2,
    key = keyOfSeed(0),
  } = options;
  whole(ATTEMPT, { rounds, depth, minLeaf }, 1);
  positive(ATTEMPT, { rate, subsample });
  check(subsample <= 1, ATTEMPT, { subsample }, "a share above 0, at most 1");
  whole(ATTEMPT, { maxFeatures }, 1, columns);
  whole(ATTEMPT, { minSplit }, 2);
  return { rounds, rate, depth, subsample, maxFeatures, minLeaf, minSplit, key };
}
