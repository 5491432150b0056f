/**
 * A tree on residuals: rows fall the same way by bins and by thresholds, and histograms that were
 * subtracted find the splits of those that were counted.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { key, normal } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { binColumns, columnBlock, MAX_BINS } from "../../../nn/classifiers/feature_bins.ts";
import { Histograms, subtract } from "../../../nn/classifiers/regression_histogram.ts";
import { RegressionTreeGrower } from "../../../nn/classifiers/regression_tree.ts";
import { joinTrees, treeScores } from "../../../nn/classifiers/tree_ensemble.ts";
import { table } from "./tree_data.ts";

const { x } = table(1500, 0);
const [ROWS, COLUMNS] = x.shape;
const DATA = {
  rows: ROWS,
  columns: COLUMNS,
  ...binColumns(columnBlock(x, 0, COLUMNS), ROWS),
};
const ALL = Uint32Array.from({ length: ROWS }, (_, row) => row);
const RESIDUALS = Float64Array.from(ALL, (row) => normal(key(1), row));
const ONES = new Float64Array(ROWS).fill(1);
const OPTIONS = { maxFeatures: COLUMNS, minLeaf: 1, minSplit: 2, depth: 9, rate: 1 };

Deno.test("each row falls into the same leaf by bins and by thresholds", () => {
  assert(Math.max(...DATA.bins) > 250);
  const grower = new RegressionTreeGrower(DATA, OPTIONS);
  grower.grow(ALL, RESIDUALS, ONES, key(2));
  const model = joinTrees([grower.nodes.copy()], { kind: "boosting", columns: COLUMNS, base: 0 });
  const byBins = Float64Array.from(ALL, (row) => grower.nodes.valueOfRow(row, DATA.bins, ROWS));
  assertEquals(treeScores(model, x), byBins);
  assert(new Set(byBins).size > 50);
});

Deno.test("leaves say the mean of their rows when the curvature is 1", () => {
  const grower = new RegressionTreeGrower(DATA, { ...OPTIONS, minLeaf: 20, rate: 0.5 });
  grower.grow(ALL, RESIDUALS, ONES, key(2));
  const leaves = new Map<number, number[]>();
  for (const row of ALL) {
    const value = grower.nodes.valueOfRow(row, DATA.bins, ROWS);
    leaves.set(value, [...leaves.get(value) ?? [], RESIDUALS[row]]);
  }
  assert(leaves.size > 20);
  for (const [value, residuals] of leaves) {
    assert(residuals.length >= 20);
    const mean = residuals.reduce((a, b) => a + b) / residuals.length;
    assert(Math.abs(value - 0.5 * mean) < 1e-12);
  }
});

Deno.test("what a parent's histogram holds beyond one child is the other child's", () => {
  const histograms = new Histograms(DATA);
  const parent = histograms.build(ALL, 0, 1500, RESIDUALS);
  subtract(parent, histograms.build(ALL, 0, 400, RESIDUALS));
  const other = histograms.build(ALL, 400, 1500, RESIDUALS);
  assertEquals(parent.counts, other.counts);
  other.sums.forEach((sum, i) => assert(Math.abs(parent.sums[i] - sum) < 1e-12));
  for (const feature of [0, 5]) {
    const { sums, counts } = histograms.buildOne(feature, ALL, 400, 1500, RESIDUALS);
    const from = feature * MAX_BINS;
    assertEquals(sums, other.sums.slice(from, from + MAX_BINS));
    assertEquals(counts, other.counts.slice(from, from + MAX_BINS));
  }
});

Deno.test("a tree of whole histograms is that of single ones", () => {
  // One constant column more makes `maxFeatures` a true draw, of all columns but perhaps one.
  const columns = COLUMNS + 1;
  const values = new Float32Array(ROWS * columns);
  for (const row of ALL) values.set(x.data.subarray(row * 8, row * 8 + 8), row * columns);
  const wide = ndarray([ROWS, columns], values);
  const data = { rows: ROWS, columns, ...binColumns(columnBlock(wide, 0, columns), ROWS) };
  const splits = (maxFeatures: number) => {
    const grower = new RegressionTreeGrower(data, { ...OPTIONS, depth: 1, maxFeatures });
    return Array.from({ length: 20 }, (_, seed) => {
      grower.grow(ALL, RESIDUALS, ONES, key(seed));
      return grower.nodes.copy();
    });
  };
  const [whole] = splits(columns);
  const drawn = splits(columns - 1).filter((tree) => tree.feature[0] === whole.feature[0]);
  assert(drawn.length >= 10, `${drawn.length} of 20 draws held the best feature`);
  for (const tree of drawn) assertEquals(tree, whole);
});
