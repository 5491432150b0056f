import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { realFourierTransform } from "../../../../audio/fft.ts";
import { key } from "../../../../gpu/random.ts";
import { Draws } from "../../../../tasks/study/draws.ts";
import {
  addAt,
  levelOf,
  renderSweep,
  riseAndFall,
  setLevel,
  withEchoes,
} from "../../../../tasks/whale/synthetic/events.ts";

/** The frequency with the most power, in Hz. */
function peak(samples: Float64Array): number {
  const { real, imaginary } = realFourierTransform(samples);
  const power = real.map((re, k) => re ** 2 + imaginary[k] ** 2);
  return power.indexOf(Math.max(...power)) * 2000 / samples.length;
}

Deno.test("renderSweep() follows its contour", () => {
  const sweep = {
    seconds: 2,
    frequency: (u: number) => 100 + 200 * u,
    envelope: () => 1,
    partials: [1],
  };
  const wave = renderSweep(sweep, 0);
  assertEquals(wave.length, 4000);
  // Middle of the first and of the last tenth of a second: 105 and 295 Hz, bins of 10 Hz.
  assertAlmostEquals(peak(wave.slice(0, 200)), 105, 10);
  assertAlmostEquals(peak(wave.slice(3800)), 295, 10);
});

Deno.test("renderSweep() leaves out partials that would fold back", () => {
  const steady = { seconds: 1, frequency: () => 400, envelope: () => 1 };
  const one = renderSweep({ ...steady, partials: [1] }, 0);
  const three = renderSweep({ ...steady, partials: [1, 0, 1] }, 0); // 1200 Hz
  assertEquals(three, one);
});

Deno.test("addAt() loses what lies outside the clip", () => {
  const wave = Float64Array.of(1, 2, 3);
  const added = (start: number) => {
    const clip = new Float64Array(4);
    addAt(clip, wave, start);
    return [...clip];
  };
  assertEquals(added(1), [0, 1, 2, 3]);
  assertEquals(added(-2), [3, 0, 0, 0]);
  assertEquals(added(3), [0, 0, 0, 1]);
  assertEquals([added(-3), added(4)], [[0, 0, 0, 0], [0, 0, 0, 0]]);
});

Deno.test("setLevel() gives a wave its root mean square, and leaves silence", () => {
  assertAlmostEquals(levelOf(setLevel(Float64Array.of(3, -1, 2), 5)), 5);
  assertEquals([...setLevel(new Float64Array(2), 5)], [0, 0]);
});

Deno.test("withEchoes() keeps the wave itself and adds fainter ones later", () => {
  let echoed = 0;
  for (let k = 0; k < 50; k++) {
    const arrived = withEchoes(new Draws(key(k)), Float64Array.of(1));
    assertEquals(arrived[0], 1);
    assert(arrived.slice(1).every((value) => Math.abs(value) <= 3 * 10 ** (-3 / 20)));
    assert(arrived.length === 1 || arrived.length > 20 && arrived.length <= 301);
    if (arrived.length > 1) echoed++;
  }
  assertAlmostEquals(echoed / 50, 0.6, 0.2);
});

Deno.test("riseAndFall() starts and ends in silence and is 1 between", () => {
  const envelope = riseAndFall(0.2, 0.1);
  assertEquals([envelope(0), envelope(0.5)], [0, 1]);
  assertAlmostEquals(envelope(0.1), 0.5, 1e-12);
  assertAlmostEquals(envelope(1), 0, 1e-12);
});
