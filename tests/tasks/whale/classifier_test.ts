/** What the scores of classifiers are. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { key, normal, uniform } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { fitClassifier, probabilitiesOf } from "../../../tasks/whale/classifier.ts";
import { withOrder } from "../../../tasks/whale/leaks.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import { sharedGpu } from "../../check.ts";
import { TINY } from "./samples.ts";

const N = 400;
const X = ndarray([N, 2], Float32Array.from({ length: 2 * N }, (_, i) => normal(key(1), i)));
const CHANCE = Float64Array.from(
  { length: N },
  (_, i) => 1 / (1 + Math.exp(1 - 2 * X.data[2 * i])),
);
const LABELS = Uint8Array.from(CHANCE, (chance, i) => Number(uniform(key(2), i) < chance));
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b) / N;

Deno.test("scores become probabilities: their mean is the share of calls, their order stays", async () => {
  const context = { gpu: await sharedGpu(), key: key(3) };
  const config = { ...TINY, cost: 100, trees: 50, rounds: 20 };
  for (const name of ["forest", "logistic", "boosting"] as const) {
    const scores = (await fitClassifier(name, X, LABELS, config, context)).scores(X);
    const found = probabilitiesOf(name, scores);
    assert(found.every((value) => value >= 0 && value <= 1), name);
    assertAlmostEquals(mean(found), mean(LABELS), 0.02);
    const order = (values: Float64Array) =>
      [...values.keys()].sort((a, b) => values[a] - values[b]);
    assertEquals(order(found), order(scores), name);
  }
});

Deno.test("the order's share is that of a probability, whatever the scale of the scores", async () => {
  const context = { gpu: await sharedGpu(), key: key(3) };
  const neighbours = Float64Array.from({ length: N }, (_, i) => i % 2);
  const config = { ...TINY, cost: 100 };
  const scores = (await fitClassifier("logistic", X, LABELS, config, context)).scores(X);
  const helped = withOrder(probabilitiesOf("logistic", scores), neighbours);
  const moved = helped.map((value, i) => Math.abs(value - probabilitiesOf("logistic", scores)[i]));
  assertAlmostEquals(Math.max(...moved), 0.15, 1e-12);
  assert(Math.max(...scores) > 2, "decision values that 0.15 would hardly move");
  assertThrows(() => probabilitiesOf("svm", scores), UsageError, 'classifier is "svm", expected');
});
