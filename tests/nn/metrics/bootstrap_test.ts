import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, normal } from "../../../gpu/random.ts";
import { bootstrapInterval } from "../../../nn/metrics/bootstrap.ts";
import { Ranking } from "../../../nn/metrics/classification.ts";
import { refuses } from "../../refusals.ts";

const N = 200;
const LABELS = Uint8Array.from({ length: N }, (_, i) => Number(i % 4 === 0));
const SCORES = Float64Array.from({ length: N }, (_, i) => normal(key(2), i) + LABELS[i]);

/** DeLong, DeLong and Clarke-Pearson 1988: from how each row fares against the other class. */
function deLongVariance(labels: Uint8Array, scores: Float64Array): number {
  const of = (label: number) => [...scores].filter((_, i) => labels[i] === label);
  const [negatives, positives] = [of(0), of(1)];
  const variance = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  };
  const wins = positives.map((p) => negatives.filter((n) => n < p).length / negatives.length);
  const losses = negatives.map((n) => positives.filter((p) => n < p).length / positives.length);
  return variance(wins) / positives.length + variance(losses) / negatives.length;
}

Deno.test("bootstrapInterval() gives the same for a key and another for another", () => {
  const ranking = new Ranking(LABELS, SCORES);
  const run = (seed: number) =>
    bootstrapInterval(LABELS, (w) => ranking.auc(w), { key: key(seed), resamples: 50 });
  assertEquals(run(1), run(1));
  assert(run(1).low !== run(2).low);
  assertEquals(run(1).estimate, ranking.auc());
});

Deno.test("bootstrapInterval() of an area has the width that theory gives", () => {
  const ranking = new Ranking(LABELS, SCORES);
  const interval = bootstrapInterval(LABELS, (w) => ranking.auc(w), { key: key(3) });
  const expected = Math.sqrt(deLongVariance(LABELS, SCORES));
  assertAlmostEquals(interval.standardError, expected, 0.1 * expected);
  assert(interval.low < interval.estimate && interval.estimate < interval.high);
  assertAlmostEquals((interval.high - interval.low) / interval.standardError, 3.92, 0.3);
});

Deno.test("bootstrapInterval() draws as many rows of each class as there are", () => {
  const seen: number[][] = [];
  bootstrapInterval(LABELS, (weights) => {
    const positives = weights.reduce((sum, w, i) => sum + w * LABELS[i], 0);
    seen.push([positives, weights.reduce((sum, w) => sum + w)]);
    return 0;
  }, { key: key(1), resamples: 5 });
  assertEquals(seen, Array.from({ length: 6 }, () => [N / 4, N]));
});

Deno.test("bootstrapInterval() draws as many rows of each fold and class as there are", () => {
  const labels = [0, 1, 1, 0, 0, 1];
  const folds = [0, 0, 0, 1, 1, 1];
  bootstrapInterval(labels, (weights) => {
    assertEquals([weights[0], weights[1] + weights[2]], [1, 2]);
    assertEquals([weights[3] + weights[4], weights[5]], [2, 1]);
    return 0;
  }, { key: key(2), folds });
  refuses(
    () => bootstrapInterval(labels, () => 0, { key: key(2), folds: [0] }),
    "the number of rows in folds is 1, expected 6",
  );
});

Deno.test("bootstrapInterval() narrows with the level, and is a point for a constant", () => {
  const ranking = new Ranking(LABELS, SCORES);
  const width = (level: number) => {
    const { low, high } = bootstrapInterval(LABELS, (w) => ranking.auc(w), {
      key: key(4),
      resamples: 100,
      level,
    });
    return high - low;
  };
  assert(width(0.5) < width(0.9));
  const constant = bootstrapInterval(LABELS, () => 3, { key: key(1), resamples: 3 });
  assertEquals(constant, { estimate: 3, low: 3, high: 3, standardError: 0 });
});

Deno.test("bootstrapInterval() refuses options out of range", () => {
  const run = (options: { resamples?: number; level?: number }) => () =>
    bootstrapInterval(LABELS, () => 0, { key: key(1), ...options });
  refuses(run({ resamples: 1 }), "resamples is 1, expected a whole number from 2 on");
  refuses(run({ level: 1 }), "level is 1, expected a number between 0 and 1");
  refuses(() => bootstrapInterval([1], () => 0, { key: key(1) }), "both classes");
  refuses(
    () => bootstrapInterval([0, 1], () => NaN, { key: key(1) }),
    "the figure of resample 0 is NaN, expected a finite number",
  );
});
