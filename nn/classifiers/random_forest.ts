/**
 * Random forest for two classes, grown in worker threads.
 *
 * Source: Breiman 2001, "Random forests"; the defaults are those of scikit-learn's
 * `RandomForestClassifier` with 200 trees.
 *
 * @module
 */
import { whole } from "../../gpu/check.ts";
import { type Hooks, hostRows, type Rows } from "../../gpu/fitting.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key } from "../../gpu/random.ts";
import { defaultWorkers } from "../../gpu/worker_pool.ts";
import { type BinaryLabels, checkedLabels } from "./labels.ts";
import { joinTrees, type TreeEnsemble } from "./tree_ensemble.ts";
import { TreePool } from "./tree_pool.ts";

/** Options of {@linkcode fitRandomForest}. */
export interface RandomForestOptions extends Hooks {
  /** Classes of the rows, both of them present. */
  readonly labels: BinaryLabels;
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

const ATTEMPT = "Cannot fit a random forest";

/**
 * Fits a random forest. Features are rounded to float32 and sorted into at most 256 bins; up to 256
 * distinct values a feature, trees are those of exact sorting. The same key gives the same bits,
 * whatever the number of workers.
 *
 * @param rows Training rows [n, d]; not to be changed before the promise settles
 * @returns A model for `applyTrees`, which gives the mean over trees of a leaf's share of class 1
 * @throws {RangeError} as `checkRows`, or for labels or options out of range
 *
 * @example
 * ```ts
 * import { applyTrees, fitRandomForest, key, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([6, 1], Float32Array.of(1, 2, 3, 7, 8, 9));
 * const labels = [0, 0, 0, 1, 1, 1];
 * const forest = await fitRandomForest(gpu, rows, { labels, key: key(1), trees: 20 });
 * const { data } = await applyTrees(gpu, forest, ndarray([2, 1], Float32Array.of(0, 10)));
 * if (data[0] > 0.3 || data[1] < 0.7) throw new Error("unexpected");
 * ```
 */
export async function fitRandomForest(
  gpu: Gpu,
  rows: Rows,
  options: RandomForestOptions,
): Promise<TreeEnsemble> {
  const x = await hostRows(gpu, ATTEMPT, rows);
  const labels = checkedLabels(ATTEMPT, x, options.labels);
  const [, columns] = x.shape;
  const { trees, workers, ...growing } = withDefaults(options, columns);
  using pool = new TreePool(ATTEMPT, Math.min(workers, trees), options.signal);
  const forest = { data: await pool.bin(x), labels, options: growing };
  const keys = Array.from({ length: trees }, (_, tree) => fold(options.key, tree));
  const grown = await pool.growForest(forest, keys, options.progress);
  return joinTrees(grown, { kind: "forest", columns, base: 0 });
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
  whole(ATTEMPT, { trees, minLeaf, workers }, 1);
  whole(ATTEMPT, { maxFeatures }, 1, columns);
  if (maxDepth !== Infinity) whole(ATTEMPT, { maxDepth }, 1);
  return { trees, maxFeatures, minLeaf, maxDepth, bootstrap, workers };
}
