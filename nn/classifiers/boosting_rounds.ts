/**
 * The rounds of gradient boosting for two classes: each tree learns what the ones before leave over.
 *
 * Source: Friedman 2001, algorithm 5 (`L2_TreeBoost`), with labels of 0 and 1 and the log odds, which
 * are twice his F, as in scikit-learn's `GradientBoostingClassifier`.
 *
 * @module
 */
import { fold, type Key } from "../../gpu/random.ts";
import type { FeatureBins } from "./feature_bins.ts";
import { RegressionTreeGrower, type RegressionTreeOptions } from "./regression_tree.ts";
import { Deck, Draws, type GrownTree } from "./tree.ts";

/** How boosting is done. */
export interface BoostingRoundsOptions extends RegressionTreeOptions {
  /** Number of trees. */
  readonly rounds: number;
  /** Share of the rows that a tree learns from. */
  readonly subsample: number;
  /** Names the draws of rows and features. */
  readonly key: Key;
}

/** What the rounds come to. */
export interface BoostedTrees {
  /** Log odds of class 1 among the rows. */
  readonly base: number;
  /** One tree a round. */
  readonly trees: readonly GrownTree[];
}

/**
 * Boosts.
 *
 * @param data Training rows in bins
 * @param labels 0 or 1 by row, both of them present
 * @param options How
 * @param progress Called after each round
 */
export function boostTrees(
  data: FeatureBins,
  labels: Uint8Array,
  options: BoostingRoundsOptions,
  progress: (done: number) => void,
): BoostedTrees {
  const { rows } = data;
  const grower = new RegressionTreeGrower(data, options);
  const base = logOdds(labels);
  const decisions = new Float64Array(rows).fill(base);
  const residuals = new Float64Array(rows);
  const curvatures = new Float64Array(rows);
  const trees: GrownTree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (let row = 0; row < rows; row++) {
      residuals[row] = labels[row] - 1 / (1 + Math.exp(-decisions[row]));
      // p (1 - p), from the residual as scikit-learn does, so that both round the same way.
      curvatures[row] = (labels[row] - residuals[row]) * (1 - labels[row] + residuals[row]);
    }
    const key = fold(options.key, round);
    const bag = drawBag(rows, options.subsample, fold(key, "rows"));
    grower.grow(bag, residuals, curvatures, fold(key, "features"));
    for (let row = 0; row < rows; row++) {
      decisions[row] += grower.nodes.valueOfRow(row, data.bins, rows);
    }
    trees.push(grower.nodes.copy());
    progress(round + 1);
  }
  return { base, trees };
}

function logOdds(labels: Uint8Array): number {
  let positives = 0;
  for (const label of labels) positives += label;
  const share = positives / labels.length;
  return Math.log(share / (1 - share));
}

/** Rows without repetition, ascending. */
function drawBag(rows: number, subsample: number, key: Key): Uint32Array {
  const deck = new Deck(rows);
  if (subsample === 1) return deck.cards;
  const draws = new Draws(key);
  const count = Math.max(1, Math.floor(subsample * rows));
  for (let k = 0; k < count; k++) deck.draw(k, draws);
  return deck.cards.slice(0, count).sort();
}
