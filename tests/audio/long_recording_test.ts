/**
 * Recordings in pieces: the bits that they have in one piece, whatever the pieces.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { logMel, prepareLogMel } from "../../audio/log_mel.ts";
import {
  isLong,
  logMelOfRecording,
  mfccOfRecording,
  spectrogramOfRecording,
} from "../../audio/long_recording.ts";
import { mfcc, MFCC_FRONT, prepareMfcc } from "../../audio/mfcc.ts";
import { prepareSpectrogram, spectrogram } from "../../audio/spectrogram.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { test } from "../check.ts";
import { rejects } from "../refusals.ts";
import { noise } from "./signal.ts";

/** A tone that grows out of noise and ends in silence: its quiet ends are raised by the loud middle. */
const SAMPLES = Float32Array.from(noise(320_000), (value, i) => {
  if (i > 300_000) return 0;
  return (i / 320_000) ** 8 * (value + Math.sin(i / 7));
});
const SMALL = { sampleRate: 8000, windowLength: 256, hopLength: 16, bands: 13 } as const;
/** 19,985 frames: all at once, with a remainder, and with a single frame left over. */
const CUTS = [undefined, 8192, 9992, 30_000].map((framesAtOnce) => ({ framesAtOnce }));

test("spectrograms and log-mel bands in pieces have the bits of one piece", async ({ gpu, scope }) => {
  const x = scope.upload(ndarray([1, SAMPLES.length], SAMPLES));
  const spectrograph = prepareSpectrogram(scope, { windowLength: 250, hopLength: 16 });
  const one = await gpu.read(spectrogram(scope, x, spectrograph));
  const fronts = [1000, "decibels"].map((compression) =>
    prepareLogMel(scope, { ...SMALL, compression: compression as number | "decibels" })
  );
  const bands = await Promise.all(fronts.map((front) => gpu.read(logMel(scope, x, front))));
  for (const cut of CUTS) {
    const pieces = await spectrogramOfRecording(scope, SAMPLES, spectrograph, cut);
    assertEquals([pieces.shape.join(), one.shape.join()], ["19985,126", "1,19985,126"]);
    assertEquals(pieces.data, one.data);
    for (const [i, front] of fronts.entries()) {
      const { data } = await logMelOfRecording(scope, SAMPLES, front, cut);
      assertEquals(data, bands[i].data);
    }
  }
});

test("cepstra in pieces have the differences of their neighbours", async ({ gpu, scope }) => {
  const front = prepareLogMel(scope, { ...SMALL, ...MFCC_FRONT, bands: 26 });
  const transform = prepareMfcc(scope, { bands: 26 });
  const levels = await logMelOfRecording(scope, SAMPLES, front);
  const one = await gpu.read(mfcc(scope, scope.upload(levels), transform));
  for (const cut of CUTS) {
    assertEquals(await mfccOfRecording(scope, levels, transform, cut), one);
  }
});

test("a recording is long where the device does not hold its frames in one buffer", ({ scope }) => {
  const { spectrograph } = prepareLogMel(scope);
  const { maxBufferSize, maxStorageBufferBindingSize } = scope.limits;
  const most = Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / (4 * 516));
  const samples = (frames: number) => (frames - 1) * 512 + 1024;
  assertEquals(isLong(scope, samples(most), spectrograph), false);
  assertEquals(isLong(scope, samples(most + 1), spectrograph), true);
});

test("pieces are whole frames, at least 8192, and a recording fills one", async ({ scope }) => {
  const front = prepareLogMel(scope, SMALL);
  const attempt = (samples: number, framesAtOnce?: number) => () =>
    logMelOfRecording(scope, new Float32Array(samples), front, { framesAtOnce });
  await rejects(attempt(400, 8191), "framesAtOnce is 8191, expected a whole number from 8192 on");
  await rejects(attempt(255), "the number of samples is 255, expected a whole number from 256 on");
  assertEquals((await attempt(256)()).shape, [1, 13]);
});
