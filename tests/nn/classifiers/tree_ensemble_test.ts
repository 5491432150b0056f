/**
 * Scores and importances of ensembles made by hand.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  applyTrees,
  featureImportances,
  joinTrees,
  treeScores,
} from "../../../nn/classifiers/tree_ensemble.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { test } from "../../check.ts";
import type { GrownTree } from "../../../nn/classifiers/tree.ts";
import { rejects } from "../../refusals.ts";

/** One split: rows with `feature` at or below 1.5 get `low`. */
function stump(feature: number, low: number, high: number, gain: number): GrownTree {
  return {
    feature: Uint32Array.of(feature, 0, 0),
    threshold: Float32Array.of(1.5, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    value: Float64Array.of(0, low, high),
    gain: Float32Array.of(gain, 0, 0),
  };
}

const STUMPS = [stump(0, 0.25, 1, 6), stump(1, 0, 0.5, 2)];
const FOREST = joinTrees(STUMPS, { kind: "forest", columns: 3, base: 0 });
const BOOSTING = joinTrees(STUMPS, { kind: "boosting", columns: 3, base: -2 });
const X = ndarray([2, 3], Float32Array.of(1.5, 1, 9, 2, 2, 9));

Deno.test("a forest's score is the mean of its leaves, boosting's their sum over the base", () => {
  assertEquals([...treeScores(FOREST, X)], [0.125, 0.75]);
  assertEquals([...treeScores(BOOSTING, X)], [-1.75, -0.5]);
});

Deno.test("trees of a forest count the same for importances, those of boosting by their gain", () => {
  assertEquals([...featureImportances(FOREST)], [0.5, 0.5, 0]);
  assertEquals([...featureImportances(BOOSTING)], [0.75, 0.25, 0]);
});

Deno.test("float64 rows fall as their float32 rounding does", () => {
  // Just above the threshold, but not in float32.
  const row = ndarray([1, 3], Float64Array.of(1.5 + 1e-12, 1, 9));
  assertAlmostEquals(treeScores(FOREST, row)[0], 0.125);
});

test("rows of another width and features that are no numbers are refused", async ({ gpu }) => {
  await rejects(
    () => applyTrees(gpu, FOREST, ndarray([3, 2], X.data)),
    "Cannot apply an ensemble of trees: rows is [3, 2], expected [n, 3] with n from 1 on",
  );
  const data = Float32Array.of(1, 2, 3, 4, Infinity, 6);
  await rejects(
    () => applyTrees(gpu, FOREST, { ...X, data }),
    "row 1, column 1 is Infinity, expected a finite number of float32",
  );
});
