import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../gpu/random.ts";
import {
  bestCount,
  describeRange,
  type NumberRange,
  quantile,
  range,
  refineSpace,
  sampleSettings,
  type SearchSpace,
} from "../../../tasks/study/space.ts";
import { refuses } from "../../refusals.ts";

const draws = (space: SearchSpace, count = 2000) =>
  Array.from({ length: count }, (_, seed) => sampleSettings(space, key(seed)));

Deno.test("a setting added to a space leaves the values of the others", () => {
  const space = { b: range.uniform(0, 1), a: range.whole(1, 9) };
  const { extra: _, ...rest } = sampleSettings({ extra: range.choice(1, 2), ...space }, key(5));
  assertEquals(rest, sampleSettings(space, key(5)));
});

Deno.test("each kind of range gives what it says", () => {
  const space = {
    uniform: range.uniform(-2, 6),
    log: range.logUniform(0.01, 100),
    whole: range.whole(6, 8),
    rounded: range.rounded(0, 2),
    choice: range.choice(64, "big", true),
  };
  const all = draws(space);
  const share = (name: string, holds: (value: number) => boolean) =>
    all.filter((settings) => holds(settings[name] as number)).length / all.length;
  const near = (actual: number, expected: number) => assertAlmostEquals(actual, expected, 0.04);
  near(share("uniform", (x) => x < 0), 0.25);
  assertEquals(share("uniform", (x) => x >= -2 && x < 6), 1);
  near(share("log", (x) => x < 1), 0.5);
  near(share("log", (x) => x < 0.1), 0.25);
  for (const value of [6, 7, 8]) near(share("whole", (x) => x === value), 1 / 3);
  near(share("rounded", (x) => x === 0), 0.25); // the ends come half as often
  near(share("rounded", (x) => x === 1), 0.5);
  const values = new Set(all.map(({ choice }) => choice));
  assertEquals(values, new Set([64, "big", true]));
});

Deno.test("ranges that cannot be drawn from are refused", () => {
  refuses(
    () => range.uniform(2, 1),
    "Cannot make a uniform range: low is 2, expected at most high, 1",
  );
  refuses(() => range.logUniform(0, 1), "low is 0, expected a number above 0");
  refuses(() => range.whole(1, 2.5), "high is 2.5, expected a whole number");
  refuses(() => range.choice(), "values is [], expected one or more values");
});

Deno.test("a fifth of a round shapes the next, at least five trials", () => {
  assertEquals([3, 5, 8, 25, 26, 64].map(bestCount), [3, 5, 5, 5, 6, 13]);
});

Deno.test("quantiles lie between neighbours in proportion", () => {
  assertEquals(quantile([0, 10, 20, 30, 40], 0.05), 2);
  assertEquals(quantile([0, 10, 20, 30, 40], 0.95), 38);
  assertEquals(quantile([7], 0.5), 7);
});

Deno.test("refined ranges are the quantiles of the best, widened by a quarter", () => {
  const original = {
    x: range.uniform(0, 100),
    edge: range.uniform(0, 40),
    c: range.logUniform(1e-3, 1e6),
    n: range.whole(0, 100),
    letter: range.choice("a", "b", "c"),
  };
  const best = [0, 1, 2, 3, 4].map((i) => ({
    x: 20 + 10 * i,
    edge: 10 * i,
    c: 10 ** i,
    n: 20 + 10 * i,
    letter: i === 2 ? "c" : "a",
  }));
  const refined = refineSpace(original, original, best);
  // 5 % and 95 % of 20, 30, ..., 60 are 22 and 58; an eighth of 36 is 4.5.
  assertEquals(refined.x, { kind: "uniform", low: 17.5, high: 62.5 });
  // 2 - 4.5 is outside, 38 + 4.5 too.
  assertEquals(refined.edge, { kind: "uniform", low: 0, high: 40 });
  // In powers of ten: 0.2 and 3.8, an eighth of 3.6 is 0.45.
  const c = refined.c as NumberRange;
  assertEquals(c.kind, "log-uniform");
  assertAlmostEquals(c.low, 10 ** -0.25, 1e-12);
  assertAlmostEquals(c.high, 10 ** 4.25, 1e-8);
  assertEquals(refined.n, { kind: "whole", low: 17, high: 63 }); // 17.5 and 62.5, outwards
  assertEquals(refined.letter, { kind: "choice", values: ["a", "c"] });
  const again = refineSpace(refined, original, best.map((each) => ({ ...each, letter: "c" })));
  assertEquals(again.letter, { kind: "choice", values: ["c"] });
});

Deno.test("fewer than five good trials leave a space as it is", () => {
  const space = { x: range.uniform(0, 1), letter: range.choice("a", "b") };
  const best = Array.from({ length: 4 }, () => ({ x: 0.5, letter: "a" }));
  assert(refineSpace(space, space, best) === space);
});

Deno.test("ranges read as text", () => {
  assertEquals(describeRange(range.logUniform(0.1, 1e6)), "0.1 to 1000000 (log)");
  assertEquals(describeRange(range.uniform(1 / 3, 2)), "0.3333 to 2");
  assertEquals(describeRange(range.choice(64, 128)), "one of 64, 128");
});
