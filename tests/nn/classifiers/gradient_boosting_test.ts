/**
 * Gradient boosting against scikit-learn 1.2.1 over numpy 1.24.2 with `table` of tree_data.ts:
 * `x, y = table(200, 0)` for the fit and `t, ty = table(200, 1000)` for other rows.
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
import { key } from "../../../gpu/random.ts";
import {
  fitGradientBoosting,
  type GradientBoostingOptions,
} from "../../../nn/classifiers/gradient_boosting.ts";
import { featureImportances, treeScores } from "../../../nn/classifiers/tree_ensemble.ts";
import { sharedGpu } from "../../check.ts";
import { rejects } from "../../refusals.ts";
import { areaUnderCurve, type LabelledRows, table, weightedSum } from "./tree_data.ts";

const TRAIN = table(200, 0);
const TEST = table(200, 1000);

async function boost(
  x: LabelledRows["x"],
  labels: LabelledRows["labels"],
  options: Omit<GradientBoostingOptions, "labels"> = {},
) {
  return await fitGradientBoosting(await sharedGpu(), x, { labels, ...options });
}

Deno.test("decision values of the training rows are scikit-learn's", async () => {
  // GradientBoostingClassifier(random_state=r).fit(x, y).decision_function(x): the same for all r
  const model = await boost(TRAIN.x, TRAIN.labels);
  const scores = treeScores(model, TRAIN.x);
  const first = [
    3.087185053329673,
    1.7903195318503609,
    3.082310197705611,
    3.897597723430303,
    6.488269898610885,
    -4.981358219849485,
    -5.938336590554784,
    5.265470658902002,
  ];
  first.forEach((expected, i) => assertAlmostEquals(scores[i], expected, 1e-10));
  assertAlmostEquals(weightedSum(scores), 704.3014119696381, 1e-8);
});

Deno.test("decision values of other rows are scikit-learn's where its seeds agree", async () => {
  // Splits that part the training rows alike may stand at different features. So only 139 of 200
  // other rows get the same from 60 seeds, and 4 of these another value from us, where rounding
  // decides between equal gains. Of the other 135 the product with their number is summed.
  const agreed =
    "1111010111100011111111001000101111110010011110110001101101110011110000101011100101011100" +
    "1111111011111010111111111101001111111100111111011001110111101001110101110001011110101110" +
    "010110001110111111111111";
  const model = await boost(TRAIN.x, TRAIN.labels);
  const scores = treeScores(model, TEST.x);
  assertEquals(agreed.length, 200);
  const kept = scores.map((score, i) => agreed[i] === "1" ? score : 0);
  assertAlmostEquals(weightedSum(kept), 4299.036257094692, 1e-8);
  // roc_auc_score(ty, ...): 0.9592 to 0.9623 over the seeds.
  assertAlmostEquals(areaUnderCurve(scores, TEST.labels), 0.9607, 0.004);
  // Mean of feature_importances_ would need the ties too; seed 0 is within 0.005.
  const importances = [0.46256, 0.08898, 0.14953, 0.18767, 0.04073, 0.00623, 0.01666, 0.04764];
  importances.forEach((expected, i) =>
    assertAlmostEquals(featureImportances(model)[i], expected, 0.01)
  );
});

Deno.test("depth, rate and the least rows of leaf and split mean what they do there", async () => {
  // GradientBoostingClassifier(n_estimators=40, learning_rate=0.3, max_depth=4, min_samples_leaf=12,
  // min_samples_split=40, random_state=r).fit(x, y).decision_function(x): r changes 4e-15
  const options = { rounds: 40, rate: 0.3, depth: 4, minLeaf: 12, minSplit: 40 };
  const model = await boost(TRAIN.x, TRAIN.labels, options);
  const scores = treeScores(model, TRAIN.x);
  assertAlmostEquals(scores[0], 4.7542239060884075, 1e-10);
  assertAlmostEquals(scores[3], 5.065857508873912, 1e-10);
  assertAlmostEquals(weightedSum(scores), -230.80033662817004, 1e-8);
});

Deno.test("with drawn rows and features it is as good as scikit-learn's", async () => {
  // GradientBoostingClassifier(n_estimators=50, max_features=3, subsample=0.7, random_state=r) for
  // 20 seeds: AUC 0.9645, deviation 0.0046; mean size of decision values 2.266, deviation 0.057
  const options = { rounds: 50, maxFeatures: 3, subsample: 0.7, key: key(4) };
  const model = await boost(TRAIN.x, TRAIN.labels, options);
  const scores = treeScores(model, TEST.x);
  assertAlmostEquals(areaUnderCurve(scores, TEST.labels), 0.9645, 4 * 0.0046);
  const size = scores.reduce((sum, score) => sum + Math.abs(score), 0) / scores.length;
  assertAlmostEquals(size, 2.266, 4 * 0.057);
});

Deno.test("on more values than bins it is as good as scikit-learn's exact one", async () => {
  // x, y = table(1500, 0); t, ty = table(1500, 2000)
  // roc_auc_score(ty, GradientBoostingClassifier().fit(x, y).decision_function(t)) = 0.9537; fitted
  // on the numbers of our bins instead of the values, its decision values are ours to 4e-15
  const [train, test] = [table(1500, 0), table(1500, 2000)];
  const model = await boost(train.x, train.labels);
  const auc = areaUnderCurve(treeScores(model, test.x), test.labels);
  assertAlmostEquals(auc, 0.9537, 0.005);
});

Deno.test("the key decides draws, and nothing where nothing is drawn", async () => {
  const fit = (seed: number, change: object) =>
    boost(TRAIN.x, TRAIN.labels, { rounds: 5, key: key(seed), ...change });
  assertEquals(await fit(1, {}), await fit(2, {}));
  for (const change of [{ subsample: 0.5 }, { maxFeatures: 2 }]) {
    assertEquals(await fit(1, change), await fit(1, change));
    assertNotEquals(await fit(1, change), await fit(2, change));
  }
});

Deno.test("progress counts the rounds, and an abort ends them", async () => {
  const seen: number[] = [];
  const controller = new AbortController();
  const fit = boost(TRAIN.x, TRAIN.labels, {
    rounds: 1_000_000,
    signal: controller.signal,
    progress(done, total) {
      assertEquals(total, 1_000_000);
      seen.push(done);
      if (done === 4) controller.abort();
    },
  });
  const error = await assertRejects(() => fit, DOMException);
  assertEquals((error as DOMException).name, "AbortError");
  assertEquals(seen.slice(0, 4), [1, 2, 3, 4]);
  assert(seen.length < 1000, `${seen.length} rounds were told of`);
});

Deno.test("what cannot be boosted is refused with a message that says why", async () => {
  const cases: [string, object][] = [
    ["rounds is 0, expected a whole number from 1", { rounds: 0 }],
    ["rate is 0, expected a number above 0", { rate: 0 }],
    ["depth is 1.5", { depth: 1.5 }],
    ["subsample is 1.1, expected a share above 0, at most 1", { subsample: 1.1 }],
    ["maxFeatures is 0", { maxFeatures: 0 }],
    ["minLeaf is 0", { minLeaf: 0 }],
    ["minSplit is 1", { minSplit: 1 }],
  ];
  for (const [message, options] of cases) {
    await rejects(
      () => boost(TRAIN.x, TRAIN.labels, options),
      `Cannot fit gradient boosting: ${message}`,
    );
  }
});
