import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, normal, permutation, uniform } from "../../../gpu/random.ts";
import { averagePrecision, Ranking, rocAuc } from "../../../nn/metrics/classification.ts";
import { refuses } from "../../refusals.ts";

// Golden values: scikit-learn 1.2.1, numpy 1.24.2.
const LABELS = [0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1];
const SCORES = [0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.9, 0.9, 0.2, -1.5, 0.2, 7];
const WEIGHTS = [1, 2, 0, 3, 1, 1, 2, 5, 1, 0, 4, 2];

Deno.test("rocAuc() and averagePrecision() give scikit-learn's values, ties included", () => {
  // roc_auc_score(y, s), average_precision_score(y, s)
  assertAlmostEquals(rocAuc(LABELS, SCORES), 0.7222222222222222, 1e-15);
  assertAlmostEquals(averagePrecision(LABELS, SCORES), 0.7021825396825397, 1e-15);
});

Deno.test("Ranking takes weights as scikit-learn takes sample_weight", () => {
  const ranking = new Ranking(LABELS, SCORES);
  assertAlmostEquals(ranking.auc(WEIGHTS), 0.8208333333333333, 1e-15);
  assertAlmostEquals(ranking.averagePrecision(WEIGHTS), 0.8039847883597883, 1e-15);
  assertEquals(ranking.auc(LABELS.map(() => 1)), ranking.auc());
});

Deno.test("Ranking.rocCurve() has scikit-learn's points", () => {
  // roc_curve(y, s, drop_intermediate=False), whose first threshold is max + 1 in this version
  const { falsePositiveRate, truePositiveRate, thresholds } = new Ranking(LABELS, SCORES)
    .rocCurve();
  const sixths = (...counts: number[]) => Float64Array.from(counts, (count) => count / 6);
  assertEquals(falsePositiveRate, sixths(0, 0, 1, 1, 3, 3, 4, 5, 6));
  assertEquals(truePositiveRate, sixths(0, 1, 2, 3, 4, 5, 6, 6, 6));
  assertEquals([...thresholds], [Infinity, 7, 0.9, 0.8, 0.4, 0.35, 0.2, 0.1, -1.5]);
});

Deno.test("Ranking.precisionRecallCurve() has scikit-learn's points, from the top down", () => {
  // precision_recall_curve(y, s), reversed
  const { precision, recall } = new Ranking(LABELS, SCORES).precisionRecallCurve();
  const expected = [1, 1, 2 / 3, 3 / 4, 4 / 7, 5 / 8, 6 / 10, 6 / 11, 6 / 12];
  assertEquals([...precision], expected);
  assertEquals([...recall], [0, 1, 2, 3, 4, 5, 6, 6, 6].map((count) => count / 6));
});

Deno.test("rocAuc() counts the pairs in order, and half of those that tie", () => {
  const n = 60;
  const labels = Array.from({ length: n }, (_, i) => uniform(key(3), i) < 0.3);
  const scores = Array.from({ length: n }, (_, i) => Math.round(2 * normal(key(4), i)));
  let [inOrder, pairs] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (!labels[i] || labels[j]) continue;
      pairs++;
      if (scores[i] > scores[j]) inOrder++;
      if (scores[i] === scores[j]) inOrder += 0.5;
    }
  }
  assertEquals(rocAuc(labels, scores), inOrder / pairs);
  const order = [...permutation(key(5), n)];
  const shuffled = rocAuc(order.map((i) => labels[i]), order.map((i) => scores[i]));
  assertEquals(shuffled, inOrder / pairs);
});

Deno.test("rocAuc() is 1 for perfect scores, 1/2 for equal ones, 0 for reversed ones", () => {
  assertEquals(rocAuc([0, 1, 0, 1], [-Infinity, 2, 1, Infinity]), 1);
  assertEquals(rocAuc([0, 1, 0, 1], [7, 7, 7, 7]), 0.5);
  assertEquals(rocAuc([0, 1, 0, 1], [3, 1, 4, 2]), 0);
  assertEquals(averagePrecision([0, 1, 0, 0], [7, 7, 7, 7]), 0.25); // the share of positives
});

Deno.test("Ranking refuses what cannot be ranked, and says why", () => {
  refuses(() => rocAuc([0, 1], [1]), "the number of labels is 2, expected 1");
  refuses(() => rocAuc([0, 2], [1, 2]), "the label of row 1 is 2");
  refuses(() => rocAuc([0, 1], [NaN, 2]), "the score of row 0 is NaN");
  refuses(() => rocAuc([1, 1], [1, 2]), "is 2, expected both classes among 2");
  refuses(() => rocAuc([], []), "is 0, expected both classes among 0");
  const ranking = new Ranking([0, 1], [1, 2]);
  refuses(() => ranking.auc([1]), "weights is 1, expected 2");
  refuses(() => ranking.auc([0, 1]), "the lesser weight of the two classes is 0");
  refuses(() => ranking.auc([1, -1]), "the weight of row 1 is -1, expected 0 or more");
  refuses(() => ranking.averagePrecision([NaN, 1]), "the weight of row 0 is NaN");
  refuses(() => ranking.auc([1e-200, 1e-200]), "the weight of all pairs is 0");
});

Deno.test("Ranking sorts 30,000 float32 scores without a difference to float64", () => {
  const n = 30_000;
  const labels = Uint8Array.from({ length: n }, (_, i) => Number(uniform(key(8), i) < 0.234));
  const scores = Float32Array.from({ length: n }, (_, i) => normal(key(9), i) + labels[i]);
  const auc = rocAuc(labels, scores);
  // Two normals one apart: Φ(1 / √2) = 0.7602.
  assertAlmostEquals(auc, 0.7602, 0.015);
  assertEquals(auc, rocAuc(labels, Float64Array.from(scores)));
  assert(averagePrecision(labels, scores) > 0.234);
});
