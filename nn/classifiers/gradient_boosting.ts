/**
 * Gradient boosting for two classes, in a worker thread.
 *
 * Source: Friedman 2001, "Greedy function approximation: a gradient boosting machine"; rules and
 * defaults are those of scikit-learn's `GradientBoostingClassifier`.
 *
 * @module
 */
import { type Key, key as keyOfSeed } from "../../gpu/random.ts";
import type { FeatureRows } from "./features.ts";
import type { BinaryLabels } from "./labels.ts";
import { joinTrees, type TreeEnsemble } from "./tree_ensemble.ts";
import { checkedLabels, checkOption, type TreeFitOptions } from "./tree_options.ts";
import { TreePool } from "./tree_pool.ts";

/** Options of {@linkcode fitGradientBoosting}. */
export interface GradientBoostingOptions extends TreeFitOptions {
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

const ATTEMPT = "fit gradient boosting";

/**
 * Fits gradient boosting with the logistic loss. Features are rounded to float32 and sorted into at
 * most 256 bins; up to 256 distinct values a feature, trees are those of exact sorting. All rounds
 * run in one worker thread, so fits of several folds can share the cores.
 *
 * @param x Training rows; not to be changed before the promise settles
 * @param labels Their classes, both of them present
 * @param options How
 * @returns A model for `ensembleScores`, which gives decision values: log odds of class 1
 * @throws {RangeError} for features, labels or options out of range; the message names the place
 *
 * @example
 * ```ts
 * import { fitGradientBoosting } from "./gradient_boosting.ts";
 * import { ensembleScores } from "./tree_ensemble.ts";
 *
 * const x = { values: Float32Array.of(1, 2, 3, 7, 8, 9), rows: 6, columns: 1 };
 * const model = await fitGradientBoosting(x, [0, 0, 0, 1, 1, 1]);
 * const [low, high] = ensembleScores(model, { values: Float32Array.of(0, 10), rows: 2, columns: 1 });
 * if (low > -2 || high < 2) throw new Error("unexpected");
 * ```
 */
export async function fitGradientBoosting(
  x: FeatureRows,
  labels: BinaryLabels,
  options: GradientBoostingOptions = {},
): Promise<TreeEnsemble> {
  const bytes = checkedLabels(ATTEMPT, x, labels);
  const boosting = withDefaults(options, x.columns);
  using pool = new TreePool(ATTEMPT, 1, options.signal);
  const { base, trees } = await pool.ask(
    { kind: "boosting", data: await pool.bin(x), labels: bytes, options: boosting },
    (done) => options.progress?.(done, boosting.rounds),
  );
  return joinTrees(trees, { kind: "boosting", columns: x.columns, base });
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
  checkOption(ATTEMPT, "rounds", rounds, { from: 1 });
  checkOption(ATTEMPT, "rate", rate, { from: 0, above: true, fraction: true });
  checkOption(ATTEMPT, "depth", depth, { from: 1 });
  checkOption(ATTEMPT, "subsample", subsample, { from: 0, to: 1, above: true, fraction: true });
  checkOption(ATTEMPT, "maxFeatures", maxFeatures, { from: 1, to: columns });
  checkOption(ATTEMPT, "minLeaf", minLeaf, { from: 1 });
  checkOption(ATTEMPT, "minSplit", minSplit, { from: 2 });
  return { rounds, rate, depth, subsample, maxFeatures, minLeaf, minSplit, key };
}
