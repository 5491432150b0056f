import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  agreement,
  questionOutcomes,
  reliabilityBins,
  rootMeanSquareError,
  scoreQuestions,
} from "../../../tasks/galaxy/score.ts";
import { refuses } from "../../refusals.ts";
import { sampleLabels } from "./samples.ts";

function rows(...parts: Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("rootMeanSquareError() is one mean over all numbers, not a mean of rows' errors", () => {
  const targets = new Float64Array(2 * 37);
  const predictions = targets.slice().fill(0.3, 0, 37);
  assertAlmostEquals(rootMeanSquareError(predictions, targets), Math.sqrt(0.09 / 2), 1e-15);
  assertEquals(rootMeanSquareError(targets, targets), 0);
  refuses(() => rootMeanSquareError(targets, predictions.subarray(1)));
  refuses(() => rootMeanSquareError(new Float64Array(0), new Float64Array(0)));
});

Deno.test("scoreQuestions() counts the galaxies that reached a question and the answers hit", () => {
  const smooth = new Float64Array(37);
  smooth.set([0.8, 0.2, 0, 0, 0.2]);
  smooth.set([0.1, 0.9, 0.5, 0.2, 0.1], 13); // 6.1, 6.2, then 7.1 to 7.3
  const disk = new Float64Array(37);
  disk.set([0.1, 0.9, 0, 0.1, 0.8]);
  disk.set([0, 1], 13);
  const targets = rows(smooth, disk);
  const predictions = targets.slice();
  predictions.set([0.2, 0.6, 0], 15); // question 7 of the smooth one: wrong answer
  predictions.set([0.8, 0.1], 37 + 3); // question 2 of the disk: wrong answer
  const scores = scoreQuestions(predictions, targets);
  assertEquals(scores.map(({ count }) => count), [2, 1, 1, 1, 1, 2, 1, 0, 0, 0, 0]);
  assertEquals(scores[0].accuracy, 1);
  assertEquals(scores[1].accuracy, 0);
  assertEquals(scores[6].accuracy, 0);
  assert(Number.isNaN(scores[7].accuracy));
  assertAlmostEquals(scores[1].rmse, Math.sqrt(2 * 0.49 / 4), 1e-12);
  assertAlmostEquals(scores[6].rmse, Math.sqrt((0.09 + 0.16 + 0.01) / 6), 1e-12);
  assertAlmostEquals(
    scores[6].brier,
    (0.625 - 0.25) ** 2 + (0.25 - 0.75) ** 2 + 0.125 ** 2,
    1e-12,
  );
});

Deno.test("the errors of the questions add up to the challenge's error", () => {
  const targets = rows(sampleLabels(1), sampleLabels(2), sampleLabels(3));
  const predictions = rows(sampleLabels(4), sampleLabels(5), sampleLabels(6));
  const widths = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6];
  const sum = scoreQuestions(predictions, targets)
    .reduce((total, { rmse }, q) => total + rmse ** 2 * widths[q], 0);
  assertAlmostEquals(Math.sqrt(sum / 37), rootMeanSquareError(predictions, targets), 1e-14);
});

Deno.test("question 6 is asked of stars too, unless weighted by the tree", () => {
  const star = new Float64Array(37);
  star.set([0.1, 0.1, 0.8]);
  star.set([0.1, 0.9], 13);
  assertEquals(questionOutcomes(star, star, 6).length, 1);
  assertEquals(questionOutcomes(star, star, 6, "tree").length, 0);
  refuses(() => questionOutcomes(star, star, 12), "1 to 11");
});

Deno.test("agreement() is 1 for one voice and 0 for none", () => {
  assertEquals(agreement([0, 1, 0]), 1);
  assertAlmostEquals(agreement([1 / 3, 1 / 3, 1 / 3]), 0, 1e-15);
  const half = agreement([0.5, 0.5, 0, 0]);
  assertAlmostEquals(half, 0.5, 1e-15);
});

Deno.test("reliabilityBins() puts the ends into the outer bins", () => {
  const bins = reliabilityBins([0, 0.05, 0.1, 0.95, 1], [true, false, true, true, true]);
  assertEquals(bins.length, 10);
  assertEquals(bins.map(({ count }) => count), [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  assertEquals(bins[0].accuracy, 0.5);
  assertAlmostEquals(bins[9].meanScore, 0.975, 1e-15);
  assert(Number.isNaN(bins[4].accuracy));
  refuses(() => reliabilityBins([1.5], [true]), "score is 1.5, expected a number from 0 to 1");
  refuses(() => reliabilityBins([1], []));
});
