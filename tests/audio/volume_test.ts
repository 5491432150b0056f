/**
 * Bringing recordings to one level.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { normaliseVolume } from "../../audio/volume.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

Deno.test("normaliseVolume() gives mean 0 and deviation 1, whatever the level", () => {
  for (const [gain, offset] of [[1, 0], [1e-5, 0.5], [2000, -7]]) {
    const { samples, silent } = normaliseVolume(noise(501).map((x) => gain * x + offset));
    const sum = (of: (x: number) => number) => samples.reduce((total, x) => total + of(x), 0);
    assertEquals(silent, false);
    assertSeries([sum((x) => x) / 501, sum((x) => x * x) / 501], [0, 1], 1e-10);
  }
});

Deno.test("normaliseVolume() divides by the deviation of the population, as numpy.std", () => {
  // x = numpy.array([1, 2, 6]); (x - x.mean()) / x.std(), numpy 1.24.2
  const expected = [-0.9258200997725514, -0.4629100498862757, 1.3887301496588271];
  assertSeries(normaliseVolume([1, 2, 6]).samples, expected, 1e-15);
});

Deno.test("normaliseVolume() flags silence and does not blow its rounding up", () => {
  const constant = new Float64Array(100).fill(0.1);
  const { samples, silent } = normaliseVolume(constant);
  assert(silent);
  assert(samples.every((x) => Math.abs(x) < 1e-6));
  assertEquals(normaliseVolume(constant.map((x, i) => x + (i % 2) * 1e-9)).silent, true);
  assertEquals(normaliseVolume(constant.map((x, i) => x + (i % 2) * 1e-7)).silent, false);
});

Deno.test("normaliseVolume() leaves its input alone and refuses nothing at all", () => {
  const x = noise(5);
  normaliseVolume(x);
  assertEquals(x, noise(5));
  assertEquals(
    refuses(() => normaliseVolume([])).message,
    "Cannot normalise the volume: the number of samples is 0, expected a whole number from 1 on",
  );
});
