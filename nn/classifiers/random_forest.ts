/**
 * Random forest for two classes, grown in worker threads.
 *
 * Source: Breiman 2001, "Random forests"; the defaults are those of scikit-learn's
 * `RandomForestClassifier` with 200 trees.
 *
 * @module
 */
import { fold, type Key } from "../../gpu/random.ts";
import type { FeatureRows } from "./features.ts";
import type { BinaryLabels } from "./labels.ts";
import type { GrownTree } from "./tree.ts";
import { joinTrees, type TreeEnsemble } from "./tree_ensemble.ts";
import { checkedLabels, checkOption, type TreeFitOptions } from "./tree_options.ts";
import { defaultWorkers, TreePool } from "./tree_pool.ts";

/** Options of {@linkcode fitRandomForest}. */
export interface RandomForestOptions extends TreeFitOptions {
  /** Names all draws of rows and features. */
  readonly key: Key;
  /** Number of trees. Default 200. */
  readonly trees?: number;
  /**
   * Features drawn at a split; while none of them has two values among the node's rows, others are
   * drawn too. Default: the square root of their number, rounded down.
   */
  readonly maxFeatures?: number;
  /** Fewest rows of a leaf, not counting repetitions. Default 1. */
  readonly minLeaf?: number;
  /** Most splits between the root and a leaf. Default: no limit. */
  readonly maxDepth?: number;
  /** Whether a tree learns from rows drawn with replacement instead of all rows. Default true. */
  readonly bootstrap?: boolean;
  /** Worker threads; they change nothing but the time. Default: one per core, at most 16. */
  readonly workers?: number;
}

const ATTEMPT = "fit a random forest";

/**
 * Fits a random forest. Features are rounded to float32 and sorted into at most 256 bins; up to 256
 * distinct values a feature, trees are those of exact sorting. The same key gives the same bits,
 * whatever the number of workers.
 *
 * @param x Training rows; not to be changed before the promise settles
 * @param labels Their classes, both of them present
 * @param options How
 * @returns A model for `ensembleScores`, which gives the mean over trees of a leaf's share of class 1
 * @throws {RangeError} for features, labels or options out of range; the message names the place
 *
 * @example
 * ```ts
 * import { key } from "../../gpu/random.ts";
 * import { fitRandomForest } from "./random_forest.ts";
 * import { ensembleScores } from "./tree_ensemble.ts";
 *
 * const x = { values: Float32Array.of(1, 2, 3, 7, 8, 9), rows: 6, columns: 1 };
 * const forest = await fitRandomForest(x, [0, 0, 0, 1, 1, 1], { key: key(1), trees: 20 });
 * const [low, high] = ensembleScores(forest, { values: Float32Array.of(0, 10), rows: 2, columns: 1 });
 * if (low > 0.3 || high < 0.7) throw new Error("unexpected");
 * ```
 */
export async function fitRandomForest(
  x: FeatureRows,
  labels: BinaryLabels,
  options: RandomForestOptions,
): Promise<TreeEnsemble> {
  const bytes = checkedLabels(ATTEMPT, x, labels);
  const { trees, workers, ...growing } = withDefaults(options, x.columns);
  using pool = new TreePool(ATTEMPT, Math.min(workers, trees), options.signal);
  pool.tell({ kind: "forest", data: await pool.bin(x), labels: bytes, options: growing });
  const grown: GrownTree[] = new Array(trees);
  let done = 0;
  await pool.each(trees, async (tree) => {
    grown[tree] = await pool.ask({ kind: "tree", key: fold(options.key, tree) });
    options.progress?.(++done, trees);
  });
  return joinTrees(grown, { kind: "forest", columns: x.columns, base: 0 });
}

function withDefaults(options: RandomForestOptions, columns: number) {
  const {
    trees = 200,
    maxFeatures = Math.floor(Math.sqrt(columns)),
    minLeaf = 1,
    maxDepth = Infinity,
    bootstrap = true,
    workers = defaultWorkers(),
  } = options;
  checkOption(ATTEMPT, "trees", trees, { from: 1 });
  checkOption(ATTEMPT, "maxFeatures", maxFeatures, { from: 1, to: columns });
  checkOption(ATTEMPT, "minLeaf", minLeaf, { from: 1 });
  checkOption(ATTEMPT, "maxDepth", maxDepth, { from: 1 });
  checkOption(ATTEMPT, "workers", workers, { from: 1 });
  return { trees, maxFeatures, minLeaf, maxDepth, bootstrap, workers };
}
