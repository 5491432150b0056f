import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../../gpu/random.ts";
import {
  CALL_SHARE,
  dealPositions,
  drawChronology,
  ornsteinUhlenbeck,
} from "../../../../tasks/whale/synthetic/chronology.ts";
import { refuses } from "../../../refusals.ts";

Deno.test("ornsteinUhlenbeck() is standard normal and forgets at the rate it is given", () => {
  const path = ornsteinUhlenbeck(key(1), 40_000, 20);
  const mean = path.reduce((sum, z) => sum + z) / path.length;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let t = lag; t < path.length; t++) sum += path[t] * path[t - lag];
    return sum / (path.length - lag);
  };
  // 1,000 independent values or so.
  assertAlmostEquals(mean, 0, 0.15);
  assertAlmostEquals(covariance(0), 1, 0.15);
  assertAlmostEquals(covariance(20) / covariance(0), Math.exp(-1), 0.1);
  assertEquals(ornsteinUhlenbeck(key(1), 10, 20), path.slice(0, 10));
});

Deno.test("a chronology has its share of calls whatever its length", () => {
  for (const length of [1, 100, 5000]) {
    const { at } = drawChronology(3, length);
    let sum = 0;
    for (let t = 0; t < length; t++) sum += at(t).callChance;
    assertAlmostEquals(sum / length, CALL_SHARE, 1e-9);
  }
  assertEquals(drawChronology(3, 50).at(7), drawChronology(3, 50).at(7));
  assert(drawChronology(3, 50).at(7).shipping !== drawChronology(4, 50).at(7).shipping);
  refuses(() => drawChronology(3, 0), "length is 0, expected a whole number from 1 on");
});

Deno.test("dealPositions() deals every position once, in order, and mixes the parts", () => {
  const { training, test } = dealPositions(1, 300, 500);
  const ascending = (positions: Uint32Array) =>
    positions.every((position, i) => i === 0 || position > positions[i - 1]);
  assert(ascending(training) && ascending(test));
  assertEquals(new Set([...training, ...test]).size, 800);
  // The middle training clip lies near the middle of the whole: three standard errors.
  assertAlmostEquals(training[150], 400, 3 * 800 * 0.5 / Math.sqrt(300));
  assertEquals([...dealPositions(1, 4, 0).training], [0, 1, 2, 3]);
});
