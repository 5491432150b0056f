import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../../gpu/random.ts";
import { decodeClip } from "../../../../tasks/whale/clip.ts";
import { encodeAiff } from "../../../../audio/aiff.ts";
import { syntheticClip } from "../../../../tasks/whale/synthetic/clip.ts";
import { CLIP_SETTINGS } from "../../../../tasks/whale/synthetic/settings.ts";
import { WhaleSet } from "../../../../tasks/whale/synthetic/stream.ts";
import { refuses } from "../../../refusals.ts";

const SET = { seed: 1, training: 60, test: 40 };
const QUIET = { callChance: 0, shipping: 0, loudness: 0 };

Deno.test("a clip is a function of its set and index, whatever was asked for before", () => {
  const streamed = [...new WhaleSet(SET).clips("test", 5, 9)];
  const alone = new WhaleSet(SET).clip("test", 7);
  assertEquals(streamed[2], alone);
  assertEquals([alone.name, alone.samples.length], ["test8.aiff", 4000]);
  const other = new WhaleSet({ ...SET, seed: 2 }).clip("test", 7);
  assert(alone.samples.some((sample, i) => sample !== other.samples[i]));
});

Deno.test("a clip has the same bits as when the generator was calibrated", () => {
  const { samples } = new WhaleSet(SET).clip("training", 3);
  assertEquals([...samples.subarray(2000, 2006)], [31, 221, 110, -97, -90, -11]);
});

Deno.test("training and test clips share one order of time", () => {
  const set = new WhaleSet(SET);
  assertEquals([set.count("training"), set.count("test")], [60, 40]);
  const all = [...set.positions("training"), ...set.positions("test")].sort((a, b) => a - b);
  assertEquals(all, [...all.keys()]);
  assertEquals(set.clip("training", 4).position, set.positions("training")[4]);
});

Deno.test("labels are the truth, but for the share that is flipped", () => {
  const flips = (flipShare: number) =>
    Array.from({ length: 40 }, (_, k) => {
      const moment = { ...QUIET, callChance: 0.5 };
      const { label, call } = syntheticClip(key(k), moment, { ...CLIP_SETTINGS, flipShare });
      return label !== (call ? 1 : 0);
    });
  assertEquals(flips(0).includes(true), false);
  assertEquals(flips(1).includes(false), false);
});

Deno.test("the chance of a call decides whether there is one, and what is around it stays", () => {
  const without = syntheticClip(key(9), QUIET);
  const call = syntheticClip(key(9), { ...QUIET, callChance: 1 }).call;
  assertEquals(without.call, undefined);
  assert(call !== undefined);
  assert(call.startFrequency >= 50 && call.startFrequency <= 160);
  assert(call.rise >= 35 && call.rise <= 200 && call.seconds >= 0.45 && call.seconds <= 1.5);
  assert(call.strength >= -9 && call.strength <= 14);
});

Deno.test("settings move the calls and make them stronger", () => {
  const mean = (settings: Partial<typeof CLIP_SETTINGS>, of: "start" | "strength") => {
    const moment = { ...QUIET, callChance: 1 };
    const values = Array.from({ length: 30 }, (_, k) => {
      const { call } = syntheticClip(key(k), moment, { ...CLIP_SETTINGS, ...settings });
      return of === "strength" ? call!.strength : call!.start + call!.seconds / 2;
    });
    return values.reduce((a, b) => a + b) / values.length;
  };
  assertAlmostEquals(mean({ strayShare: 0, middleDeviation: 0 }, "start"), 0.95, 1e-12);
  assert(mean({ callStrength: 8 }, "strength") > mean({ callStrength: -2 }, "strength") + 4);
});

Deno.test("a clip is as loud as its time and its own chance say, not as its sounds", () => {
  const level = (loudness: number, callChance: number) => {
    const { samples } = syntheticClip(key(4), { callChance, shipping: 0, loudness });
    return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  };
  assertAlmostEquals(level(0, 1) / level(0, 0), 1, 0.01);
  // A standard deviation is 0.35 decades, 0.8 of it the time's.
  assertAlmostEquals(level(1, 0) / level(0, 0), 10 ** (0.35 * 0.8), 0.02);
});

Deno.test("a clip survives being written as AIFF", () => {
  const { samples } = new WhaleSet(SET).clip("training", 0);
  const read = decodeClip(encodeAiff(samples, 2000), "train1.aiff");
  assertEquals(Int16Array.from(read, (value) => value * 32768), samples);
});

Deno.test("WhaleSet refuses numbers out of range", () => {
  refuses(
    () => new WhaleSet({ seed: 1, training: 0 }),
    "training is 0, expected a whole number from 1 on",
  );
  refuses(
    () => new WhaleSet({ seed: 1, training: 1, test: -1 }),
    "test is -1, expected a whole number from 0 to 16777215",
  );
  const set = new WhaleSet({ seed: 1, training: 2 });
  refuses(() => set.clip("training", 2), "index is 2, expected a whole number from 0 to 1");
  refuses(
    () => set.clip("test", 0),
    "Cannot make a test clip: index is 0, expected a whole number from 0 to -1",
  );
});
