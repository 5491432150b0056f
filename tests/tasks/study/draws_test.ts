import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../gpu/random.ts";
import { Draws } from "../../../tasks/study/draws.ts";

const COUNT = 4000;

function meanOf(draw: (draws: Draws) => number): number {
  const draws = new Draws(key(5));
  let sum = 0;
  for (let k = 0; k < COUNT; k++) sum += draw(draws);
  return sum / COUNT;
}

Deno.test("Draws give the same numbers for the same key and others for another", () => {
  const draw = (seed: number) => {
    const draws = new Draws(key(seed));
    return [draws.uniform(), draws.normal(), draws.beta(2, 3), draws.poisson(4), draws.gamma(2)];
  };
  assertEquals(draw(1), draw(1));
  assert(draw(1).some((value, i) => value !== draw(2)[i]));
});

Deno.test("Draws have the means of their distributions", () => {
  // Five standard errors of 4,000 draws.
  assertAlmostEquals(meanOf((d) => d.uniform(2, 4)), 3, 5 * 0.577 / Math.sqrt(COUNT));
  assertAlmostEquals(meanOf((d) => d.normal(1, 2)), 1, 5 * 2 / Math.sqrt(COUNT));
  assertAlmostEquals(meanOf((d) => d.beta(1.6, 6)), 1.6 / 7.6, 5 * 0.14 / Math.sqrt(COUNT));
  assertAlmostEquals(meanOf((d) => d.gamma(3)), 3, 5 * Math.sqrt(3 / COUNT));
  assertAlmostEquals(meanOf((d) => d.poisson(6)), 6, 5 * Math.sqrt(6 / COUNT));
  assertAlmostEquals(meanOf((d) => d.choose([1, 0, 3])), 1.5, 5 * 0.87 / Math.sqrt(COUNT));
});

Deno.test("Draws.magnitude() stays between its limits and leans to the faint side", () => {
  const draws = new Draws(key(1));
  const values = Array.from({ length: 500 }, () => draws.magnitude(15, 20, 0.4));
  assert(values.every((value) => value >= 15 && value <= 20));
  assert(values.filter((value) => value > 17.5).length > 400);
});
