import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, uniform } from "../../../gpu/random.ts";
import { bootstrapInterval } from "../../../nn/metrics/bootstrap.ts";
import { Ranking, rocAuc } from "../../../nn/metrics/classification.ts";
import { aucWithinFolds, RankingWithinFolds } from "../../../nn/metrics/within_folds.ts";
import { refuses } from "../../refusals.ts";

const N = 90;
const LABELS = Uint8Array.from({ length: N }, (_, i) => Number(uniform(key(1), i) < 0.3));
// Whole numbers, so that some scores tie.
const SCORES = Float64Array.from({ length: N }, (_, i) => Math.floor(10 * uniform(key(2), i)));
const FOLDS = Uint32Array.from({ length: N }, (_, i) => [4, 0, 7, 4][i % 4]);

/** Of all pairs within a fold, one by one. */
function counted(weights: ArrayLike<number>): number {
  let [inOrder, all] = [0, 0];
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      if (!LABELS[i] || LABELS[j] || FOLDS[i] !== FOLDS[j]) continue;
      const weight = weights[i] * weights[j];
      all += weight;
      if (SCORES[i] > SCORES[j]) inOrder += weight;
      if (SCORES[i] === SCORES[j]) inOrder += weight / 2;
    }
  }
  return inOrder / all;
}

Deno.test("aucWithinFolds() counts the pairs of each fold, and half of those that tie", () => {
  const ones = new Float64Array(N).fill(1);
  assertEquals(aucWithinFolds(LABELS, SCORES, FOLDS), counted(ones));
  assertEquals(aucWithinFolds(LABELS, SCORES, ones), rocAuc(LABELS, SCORES));
  const weights = Float64Array.from({ length: N }, (_, i) => Math.floor(4 * uniform(key(3), i)));
  const ranking = new RankingWithinFolds(LABELS, SCORES, FOLDS);
  assertAlmostEquals(ranking.auc(weights), counted(weights), 1e-12);
});

Deno.test("aucWithinFolds() is a half where nothing is known, and pooling is not", () => {
  // Each model says for every row of its fold what share of positives it learnt from.
  const shares = Float64Array.from(FOLDS, (held) => {
    const learnt = LABELS.filter((_, row) => FOLDS[row] !== held);
    return learnt.reduce((sum, label) => sum + label, 0) / learnt.length;
  });
  assertEquals(aucWithinFolds(LABELS, shares, FOLDS), 0.5);
  assert(rocAuc(LABELS, shares) < 0.5);
});

Deno.test("aucWithinFolds() does not see how a fold's scores are scaled", () => {
  const scaled = SCORES.map((score, row) => score * (FOLDS[row] + 1) - 50 * FOLDS[row]);
  const auc = aucWithinFolds(LABELS, SCORES, FOLDS);
  assertEquals(aucWithinFolds(LABELS, scaled, FOLDS), auc);
  assert(rocAuc(LABELS, scaled) !== rocAuc(LABELS, SCORES));
});

/** Area under straight lines. */
function areaOf(x: Float64Array, y: Float64Array): number {
  let area = 0;
  for (let i = 1; i < x.length; i++) area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
  return area;
}

/** Area under steps, each as high as its end. */
function stepsOf(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, at, i) => i === 0 ? 0 : sum + (at - x[i - 1]) * y[i], 0);
}

Deno.test("the curves of RankingWithinFolds have its areas, and rise from corner to corner", () => {
  const ranking = new RankingWithinFolds(LABELS, SCORES, FOLDS);
  const { falsePositiveRate, truePositiveRate } = ranking.rocCurve();
  assertAlmostEquals(areaOf(falsePositiveRate, truePositiveRate), ranking.auc(), 1e-12);
  for (const rates of [falsePositiveRate, truePositiveRate]) {
    assertEquals([rates[0], rates.every((rate, i) => i === 0 || rate >= rates[i - 1])], [0, true]);
    assertAlmostEquals(rates.at(-1)!, 1, 1e-12);
  }
  const { recall, precision } = ranking.precisionRecallCurve();
  assertAlmostEquals(stepsOf(recall, precision), ranking.averagePrecision(), 1e-12);
  // Two folds with one positive each: above one of two negatives, and above all.
  const two = new RankingWithinFolds([0, 1, 0, 1, 0, 0], [3, 2, 1, 9, 8, 7], [0, 0, 0, 1, 1, 1]);
  assertEquals(two.averagePrecision(), (1 / 2 + 1) / 2);
  assertEquals([...two.rocCurve().truePositiveRate], [0, 0, 0.5, 0.5, 1, 1, 1]);
});

Deno.test("the curves of one fold are those of Ranking, and no fold's scale moves those of several", () => {
  const [one, plain] = [
    new RankingWithinFolds(LABELS, SCORES, LABELS.map(() => 7)),
    new Ranking(LABELS, SCORES),
  ];
  assertEquals(one.rocCurve().truePositiveRate, plain.rocCurve().truePositiveRate);
  assertEquals(one.precisionRecallCurve().precision, plain.precisionRecallCurve().precision);
  assertEquals(one.averagePrecision(), plain.averagePrecision());
  const scaled = SCORES.map((score, row) => score * (FOLDS[row] + 1) - 50 * FOLDS[row]);
  const [before, after] = [SCORES, scaled].map((each) =>
    new RankingWithinFolds(LABELS, each, FOLDS)
  );
  assertEquals(after.rocCurve(), before.rocCurve());
  assertEquals(after.precisionRecallCurve(), before.precisionRecallCurve());
});

Deno.test("RankingWithinFolds leaves folds of one class out, and has an interval", () => {
  const labels = [1, 0, 1, 1, 0, 1, 0, 0];
  const folds = [0, 0, 1, 1, 2, 2, 2, 3];
  const scores = [2, 1, 9, 9, 3, 2, 1, 9];
  assertEquals(aucWithinFolds(labels, scores, folds), 2 / 3); // of three pairs one is wrong
  const ranking = new RankingWithinFolds(LABELS, SCORES, FOLDS);
  const figure = (weights: Float64Array) => ranking.auc(weights);
  const { estimate, low, high } = bootstrapInterval(LABELS, figure, { key: key(4) });
  assertEquals(estimate, ranking.auc());
  assert(low < estimate && estimate < high);
});

Deno.test("RankingWithinFolds refuses what has no pairs, and says why", () => {
  refuses(() => aucWithinFolds([0, 1], [1], [0, 0]), "the number of labels is 2, expected 1");
  refuses(
    () => aucWithinFolds([0, 1], [1, 2], [0]),
    "Cannot score within folds: the number of rows in folds is 1, expected 2",
  );
  refuses(() => aucWithinFolds([0, 1], [1, 2], [0, 1]), "folds with both classes is 0, expected 1");
  refuses(() => aucWithinFolds([1, 1], [1, 2], [0, 0]), "is 2, expected both classes among 2");
  const spoilt = [1, 2, 3, NaN];
  refuses(() => aucWithinFolds([0, 1, 1, 1], spoilt, [0, 0, 1, 1]), "the score of row 3 is NaN");
  const ranking = new RankingWithinFolds([0, 1], [1, 2], [0, 0]);
  refuses(() => ranking.auc([1]), "the number of weights is 1, expected 2");
  refuses(() => ranking.auc([0, 1]), "the weight of all pairs is 0");
});
