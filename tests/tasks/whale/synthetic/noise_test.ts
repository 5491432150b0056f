import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { realFourierTransform } from "../../../../audio/fft.ts";
import { key } from "../../../../gpu/random.ts";
import { levelOf } from "../../../../tasks/whale/synthetic/events.ts";
import {
  ambientNoise,
  colouredNoise,
  fallingPower,
} from "../../../../tasks/whale/synthetic/noise.ts";

/** Mean power between two frequencies, in Hz; a bin is half a hertz. */
function bandPower(samples: Float64Array, low: number, high: number): number {
  const { real, imaginary } = realFourierTransform(samples);
  let sum = 0;
  for (let k = 2 * low; k < 2 * high; k++) sum += real[k] ** 2 + imaginary[k] ** 2;
  return sum / (2 * (high - low));
}

Deno.test("colouredNoise() has the spectrum it was asked for", () => {
  const { samples } = colouredNoise(key(1), fallingPower(2));
  assertEquals(samples.length, 4000);
  // From about 100 Hz to about 400 Hz a slope of 2 loses a factor of 16: 12 dB, here to 1 dB.
  const ratio = bandPower(samples, 95, 105) / bandPower(samples, 380, 420);
  assertAlmostEquals(10 * Math.log10(ratio), 12, 2.5);
  assert(bandPower(samples, 1, 6) < 0.05 * bandPower(samples, 30, 40)); // the high-pass
});

Deno.test("colouredNoise() states the level it has between 50 and 350 Hz", () => {
  const inBand = (frequency: number) => frequency >= 50 && frequency <= 350 ? 4 : 0;
  const { samples, bandLevel } = colouredNoise(key(2), inBand);
  assertAlmostEquals(levelOf(samples) / bandLevel, 1, 0.05); // 1,200 degrees of freedom: 2 %
});

Deno.test("ambientNoise() is a function of its key", () => {
  assertEquals(ambientNoise(key(5)), ambientNoise(key(5)));
  assert(ambientNoise(key(5)).samples[9] !== ambientNoise(key(6)).samples[9]);
});
