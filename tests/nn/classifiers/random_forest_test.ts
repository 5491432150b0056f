/**
 * Random forests: single trees and whole forests against scikit-learn, and the promise that workers
 * change nothing. Golden values: scikit-learn 1.2.1 over numpy 1.24.2 with `table` of tree_data.ts,
 * `x, y = table(200, 0)` for the fit and `t, ty = table(200, 1000)` for the scores.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { float64 } from "../../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import type { BinaryLabels } from "../../../nn/classifiers/labels.ts";
import { key } from "../../../gpu/random.ts";
import {
  fitRandomForest,
  type RandomForestOptions,
} from "../../../nn/classifiers/random_forest.ts";
import { featureImportances, treeScores } from "../../../nn/classifiers/tree_ensemble.ts";
import { sharedGpu } from "../../check.ts";
import { rejects } from "../../refusals.ts";
import { areaUnderCurve, table } from "./tree_data.ts";

const TRAIN = table(200, 0);
const TEST = table(200, 1000);
const ONE_TREE = { key: key(0), trees: 1, maxFeatures: 8, bootstrap: false, workers: 1 };

async function grow(
  x: NdArray,
  labels: BinaryLabels,
  options: Omit<RandomForestOptions, "labels">,
) {
  return await fitRandomForest(await sharedGpu(), x, { labels, ...options });
}

Deno.test("one tree on all rows and features is scikit-learn's DecisionTreeClassifier", async () => {
  // DecisionTreeClassifier(random_state=r).fit(x, y).predict(t) for r of 0 to 9; "?" where they
  // differ, because splits of equal gain are taken in an order that the seed decides.
  const expected =
    "100110000100001100010111100?10?111010??011010101010?011010001011001?101?0110010100?0111?" +
    "0011?10110100?11?000?00110?100000011100101?1110000010111011101100101000011001?1111110?10" +
    "010110010?10110101011001";
  const model = await grow(TRAIN.x, TRAIN.labels, ONE_TREE);
  const scores = treeScores(model, TEST.x);
  assertEquals(expected.length, 200);
  assertEquals(
    [...expected].map((label, i) => label === "?" ? label : `${scores[i]}`).join(""),
    expected,
  );
  assertEquals(model.feature.length, 49); // tree_.node_count
  assertEquals([...treeScores(model, TRAIN.x)], TRAIN.labels);
});

Deno.test("one small tree has scikit-learn's features, thresholds, shares and importances", async () => {
  // q = DecisionTreeClassifier(random_state=0, min_samples_leaf=5, max_depth=4).fit(x, y)
  // and inner = q.tree_.children_left >= 0
  const model = await grow(TRAIN.x, TRAIN.labels, {
    ...ONE_TREE,
    minLeaf: 5,
    maxDepth: 4,
  });
  const inner = (values: Float32Array | Uint32Array) =>
    [...values].filter((_, node) => model.left[node] >= 0);
  assertEquals(inner(model.feature), [0, 2, 2, 0, 3, 1, 3, 2, 4, 3, 7]); // q.tree_.feature[inner]
  assertEquals(inner(model.threshold), [ // q.tree_.threshold[inner]
    -603.5,
    9217,
    -9039.5,
    -8786,
    9374,
    3223,
    -4973.5,
    -7190,
    -7632.5,
    2777.5,
    4419.5,
  ]);
  const scores = treeScores(model, TEST.x);
  assertEquals([...scores.subarray(0, 5)], [1, 1 / 61, 1 / 61, 1, 1]); // q.predict_proba(t)[:5, 1]
  assertAlmostEquals(scores.reduce((a, b) => a + b), 98.69846474108769, 1e-10);
  const importances = featureImportances(model); // q.feature_importances_
  const expected = [
    0.50096107,
    0.072760959,
    0.17600329,
    0.20275732,
    0.038013889,
    0,
    0,
    0.0095034721,
  ];
  expected.forEach((one, i) => assertAlmostEquals(importances[i], one, 1e-6));
});

Deno.test("a forest is as good as scikit-learn's, as large, and finds the same features", async () => {
  // fs = [RandomForestClassifier(200, random_state=r).fit(x, y) for r in range(10)]
  const model = await grow(TRAIN.x, TRAIN.labels, { key: key(1) });
  const auc = areaUnderCurve(treeScores(model, TEST.x), TEST.labels);
  assertAlmostEquals(auc, 0.96326, 4 * 0.00162); // mean and deviation of roc_auc_score(ty, ...)
  assertAlmostEquals(model.feature.length, 10199, 4 * 131); // all nodes of a forest
  const importances = featureImportances(model);
  // Mean and deviation of f.feature_importances_.
  const means = [0.34869, 0.08032, 0.11588, 0.16856, 0.07835, 0.0716, 0.06837, 0.06823];
  const deviations = [0.0092, 0.00292, 0.00432, 0.0048, 0.00192, 0.00253, 0.00486, 0.00308];
  means.forEach((mean, i) => assertAlmostEquals(importances[i], mean, 4 * deviations[i]));
  assertAlmostEquals(importances.reduce((a, b) => a + b), 1, 1e-12);
});

Deno.test("leaves keep their least number of rows, bootstrap or not", async () => {
  // RandomForestClassifier(100, min_samples_leaf=5, max_features=4, random_state=r) for ten seeds:
  // 2366 nodes on average, deviation 35.
  const options = { key: key(3), trees: 100, minLeaf: 5, maxFeatures: 4 };
  const model = await grow(TRAIN.x, TRAIN.labels, options);
  assertAlmostEquals(model.feature.length, 2366, 4 * 35);
});

Deno.test("a forest on more values than bins is as good as scikit-learn's exact one", async () => {
  // x, y = table(1500, 0); t, ty = table(1500, 2000): some 1400 distinct values a feature
  // RandomForestClassifier(200, random_state=r) for r of 0 to 4: AUC 0.96195, deviation 0.00115
  const [train, test] = [table(1500, 0), table(1500, 2000)];
  const model = await grow(train.x, train.labels, { key: key(2) });
  const auc = areaUnderCurve(treeScores(model, test.x), test.labels);
  assertAlmostEquals(auc, 0.96195, 4 * 0.00115);
});

Deno.test("the number of workers changes no bit; the key does", async () => {
  const options = { key: key(5), trees: 7 };
  const one = await grow(TRAIN.x, TRAIN.labels, { ...options, workers: 1 });
  for (const workers of [2, 3]) {
    assertEquals(await grow(TRAIN.x, TRAIN.labels, { ...options, workers }), one);
  }
  assertEquals(await grow(float64(TRAIN.x), TRAIN.labels.map(Boolean), options), one);
  const other = await grow(TRAIN.x, TRAIN.labels, { ...options, key: key(6) });
  assertNotEquals(other.feature, one.feature);
});

Deno.test("features without two values are passed over until one has them", async () => {
  const columns = 50;
  const values = new Float32Array(20 * columns);
  for (let row = 0; row < 20; row++) values[row * columns + 37] = row;
  const labels = Array.from({ length: 20 }, (_, row) => row < 10 ? 0 : 1);
  const options = { key: key(1), trees: 5, maxFeatures: 1, bootstrap: false, workers: 1 };
  const model = await grow(ndarray([20, columns], values), labels, options);
  assertEquals(model.feature.length, 5 * 3);
  assertEquals(featureImportances(model)[37], 1);
});

Deno.test("equal rows of both classes make a leaf of their share, and no importance", async () => {
  const x = ndarray([4, 2], new Float32Array(8).fill(3));
  const model = await grow(x, [0, 1, 1, 1], { ...ONE_TREE, maxFeatures: 2 });
  assertEquals([...treeScores(model, x)], [0.75, 0.75, 0.75, 0.75]);
  assertEquals([...featureImportances(model)], [0, 0]);
});

Deno.test("progress counts the trees", async () => {
  const seen: [number, number][] = [];
  const progress = (done: number, total: number) => void seen.push([done, total]);
  await grow(TRAIN.x, TRAIN.labels, { key: key(1), trees: 3, workers: 2, progress });
  assertEquals(seen, [[1, 3], [2, 3], [3, 3]]);
});

Deno.test("an abort ends the fit at once with the signal's reason", async () => {
  const controller = new AbortController();
  let last = 0;
  const fit = grow(TRAIN.x, TRAIN.labels, {
    key: key(1),
    trees: 100_000,
    signal: controller.signal,
    progress(done) {
      last = done;
      if (done === 3) controller.abort(new Error("enough"));
    },
  });
  await assertRejects(() => fit, Error, "enough");
  const seen = last;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(last, seen);
  const { signal } = controller;
  await assertRejects(
    () => grow(TRAIN.x, TRAIN.labels, { key: key(1), signal }),
    Error,
    "enough",
  );
});

Deno.test("what cannot be fitted is refused with a message that says why", async () => {
  const fit = (change: object, labels = TRAIN.labels, x = TRAIN.x) =>
    grow(x, labels, { key: key(1), trees: 2, ...change });
  const data = TRAIN.x.data.slice();
  data[8 * 12 + 5] = NaN;
  const cases: [string, () => Promise<unknown>][] = [
    ["row 12, column 5 is NaN", () => fit({}, TRAIN.labels, { ...TRAIN.x, data })],
    [
      "the number of elements of rows is 1600, expected 200 x 7",
      () => fit({}, TRAIN.labels, { ...TRAIN.x, shape: [200, 7] }),
    ],
    ["the number of labels is 199, expected 200", () => fit({}, TRAIN.labels.slice(1))],
    [
      "the number of positive labels is 200, expected both classes among 200",
      () => fit({}, TRAIN.labels.map(() => 1)),
    ],
    ["trees is 0, expected a whole number from 1", () => fit({ trees: 0 })],
    ["maxFeatures is 9, expected a whole number from 1 to 8", () => fit({ maxFeatures: 9 })],
    ["maxFeatures is 2.5", () => fit({ maxFeatures: 2.5 })],
    ["minLeaf is 0", () => fit({ minLeaf: 0 })],
    ["maxDepth is NaN", () => fit({ maxDepth: NaN })],
    ["workers is 0", () => fit({ workers: 0 })],
  ];
  for (const [message, attempt] of cases) {
    await rejects(attempt, `Cannot fit a random forest: ${message}`);
  }
});

Deno.test("without shared memory workers get copies, and the forest is the same", async () => {
  const options = { key: key(5), trees: 3, workers: 2 };
  const shared = await grow(TRAIN.x, TRAIN.labels, options);
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, "SharedArrayBuffer")!;
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  try {
    assertEquals(await grow(TRAIN.x, TRAIN.labels, options), shared);
  } finally {
    Object.defineProperty(globalThis, "SharedArrayBuffer", descriptor);
  }
});

Deno.test("a process ends by itself after a fit, and after a fit that was aborted", async () => {
  const url = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);
  const script = `import { fitRandomForest, type RandomForestOptions } from ${
    url("nn/classifiers/random_forest.ts")
  };
    const x = { shape: [4, 1], data: Float32Array.of(1, 2, 3, 4) };
    const labels = [0, 0, 1, 1];
    const fit = (trees, more) => fitRandomForest(null, x, { labels, key: [0, 1], trees, ...more });
    const model = await fit(3, { workers: 2 });
    const controller = new AbortController();
    const progress = () => controller.abort("enough");
    const reason = await fit(1e6, { signal: controller.signal, progress }).catch((why) => why);
    console.log(model.starts.length, reason);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    signal: AbortSignal.timeout(30_000),
  });
  const { success, stdout } = await child.output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout), "4 enough\n");
});
