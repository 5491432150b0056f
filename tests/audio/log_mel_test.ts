/**
 * The log-mel front end: frame counts, the shader against float64, librosa's power_to_db.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  LOG_MEL_2014,
  logMel,
  logMelFrames,
  type LogMelFront,
  logMelOfPower,
  type LogMelOptions,
  prepareLogMel,
} from "../../audio/log_mel.ts";
import { spectrogram } from "../../audio/spectrogram.ts";
import { logMelRef } from "../../audio/log_mel_ref.ts";
import type { EagerContext } from "../../gpu/kernel.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { checkLogMel } from "../../tasks/doctor/spectrum_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

async function onDevice(context: EagerContext, x: NdArray, front: LogMelFront): Promise<NdArray> {
  return await context.read(logMel(context, context.upload(x), front));
}

Deno.test("logMelFrames() gives the published numbers of frames", () => {
  assertEquals(logMelFrames(29 * 22_050), 1247); // van den Oord et al. 2013: clips of 29 s
  assertEquals(logMelFrames(66_048), 128); // their windows of 3 s
  assertEquals(logMelFrames(66_047), 127);
  assertEquals(logMelFrames(30 * 22_050, LOG_MEL_2014), 599); // the input of the network of 2014
  assertEquals(
    logMelFrames(30 * 16_000, { sampleRate: 16_000, windowLength: 1600, hopLength: 800 }),
    599,
  );
  assertEquals([1023, 1024].map((samples) => logMelFrames(samples)), [0, 1]);
});

const SMALL = { sampleRate: 8000, windowLength: 256, hopLength: 100, bands: 13 } as const;
testCheck("logMel() agrees with float64 over awkward shapes", checkLogMel);

test("logMel() gives a vector as a clip alone, the same in any batch", async ({ scope }) => {
  const front = prepareLogMel(scope, SMALL);
  const x = randomArray([3, 1111], 5);
  const all = await onDevice(scope, x, front);
  assertEquals(all.shape, [3, 9, 13]);
  const last = await onDevice(scope, ndarray([1111], x.data.slice(2222)), front);
  assertEquals(last.shape, [9, 13]);
  assertClose(last, ndarray([9, 13], all.data.slice(-117)), { relative: 1e-6, absolute: 0 });
});

test("a tone is loudest in the band that its frequency falls into", async ({ scope }) => {
  const front = prepareLogMel(scope);
  const tones = [110, 440, 3000, 10_000];
  const x = new Float64Array(4 * 2048).map((_, i) =>
    0.1 * Math.sin(2 * Math.PI * tones[Math.floor(i / 2048)] * (i % 2048) / 22_050)
  );
  const { data } = await onDevice(scope, ndarray([4, 2048], x), front);
  tones.forEach((hertz, clip) => {
    const frame = [...data.subarray(3 * 128 * clip, 3 * 128 * clip + 128)];
    const loudest = frame.indexOf(Math.max(...frame));
    // Centres of 128 bands between 0 and 11,025 Hz lie 1/129 of 3175 mel apart.
    const mel = 2595 * Math.log10(1 + hertz / 700);
    const expected = mel / (2595 * Math.log10(1 + 11_025 / 700)) * 129 - 1;
    assert(Math.abs(loudest - expected) <= 1.5, `${hertz} Hz: ${loudest}, expected ${expected}`);
  });
});

test("silence is 0 compressed, and -100 dB; quiet bands are raised to 80 dB below the loudest", async ({ scope }) => {
  const silence = ndarray([1, 2000], new Float64Array(2000));
  assert((await onDevice(scope, silence, prepareLogMel(scope))).data.every((value) => value === 0));
  const inDecibels = prepareLogMel(scope, { compression: "decibels" });
  const { data } = await onDevice(scope, silence, inDecibels);
  assert(data.every((value) => Math.abs(value + 100) < 1e-4));
  // A loud clip beside a silent one: each keeps its own range.
  const both = new Float64Array(4000);
  both.set(noise(2000), 0);
  both.fill(0, 1000, 2000); // ends in silence
  const x = new Float64Array(2 * 4000);
  x.set(both);
  const levels = (await onDevice(scope, ndarray([2, 4000], x), inDecibels)).data;
  const first = [...levels.slice(0, levels.length / 2)];
  const [least, largest] = [Math.min(...first), Math.max(...first)];
  assert(Math.abs(largest - least - 80) < 1e-4, `${least} to ${largest}`);
  assert(levels.slice(levels.length / 2).every((value) => Math.abs(value + 100) < 1e-4));
});

/** Grows over 160 dB: `noise(8000) * linspace(0, 1, 8000) ** 8`. */
function growing(): Float64Array<ArrayBuffer> {
  return noise(8000).map((value, i) => value * (i / 7999) ** 8);
}

Deno.test("logMelRef() gives librosa's mel spectra", () => {
  // librosa 0.11.0 over numpy 2.4.6: S = log1p(1e4 * librosa.feature.melspectrogram(y=growing,
  // sr=22050, n_fft=1024, hop_length=512, n_mels=128, htk=True, norm=None, center=False));
  // S[0, 0], S[127, 0], S[17, 5], S[64, 13]
  const { shape, data } = logMelRef(growing());
  assertEquals(shape, [14, 128]);
  const some = [data[0], data[127], data[5 * 128 + 17], data[13 * 128 + 64]];
  const golden = [7.11984384137576e-13, 2.118237354425377e-10, 0.2142499359677137];
  assertSeries(some, [...golden, 12.160274038759232], 1e-9);
});

Deno.test("logMelRef() gives librosa's decibels with librosa's own settings", () => {
  // As above: D = librosa.power_to_db(librosa.feature.melspectrogram(y=growing, sr=22050));
  // D[17, 5], D[127, 15], D.max(); center=True puts 1024 zeros before and behind the samples
  const samples = new Float64Array(1024 + 8000 + 1024);
  samples.set(growing(), 1024);
  const { shape, data } = logMelRef(samples, {
    windowLength: 2048,
    scale: "slaney",
    normalisation: "area",
    compression: "decibels",
  });
  assertEquals(shape, [16, 128]);
  const some = [data[5 * 128 + 17], data[15 * 128 + 127], data.reduce((a, b) => Math.max(a, b))];
  assertSeries(some, [-65.18902067938959, 8.907994888533743, 14.810979320610407], 1e-6);
});

test("the front end refuses what it cannot do, by name", ({ scope }) => {
  const prepare = (options: LogMelOptions) => () => prepareLogMel(scope, options);
  refuses(prepare({ compression: -1 }), "compression is -1, expected a number from 0 on");
  refuses(prepare({ compression: NaN }), "compression is NaN");
  refuses(prepare({ highest: 20_000 }), "highest is 20000");
  refuses(
    prepare({ windowLength: 256 }),
    "the number of bins of band 0 of 128, 0.0 to 31.3 Hz, is 0",
  );
  refuses(prepare({ hopLength: 0 }), "hopLength is 0");
  const front = prepareLogMel(scope);
  const make = (shape: number[]) => () => logMel(scope, scope.empty(shape), front);
  refuses(make([2, 3, 4]), "[2, 3, 4], expected [n, length] or [length]");
  refuses(make([2, 1023]), "samples is 1023, expected a whole number from 1024 on");
});

test("front ends of the same window share power spectra, to the bit", async ({ gpu, scope }) => {
  const x = scope.upload(randomArray([2, 3000], 3));
  const [loud, decibels] = [{ ...SMALL, compression: 3 }, {
    ...SMALL,
    compression: "decibels" as const,
  }]
    .map((options) => prepareLogMel(scope, options));
  const power = spectrogram(scope, x, loud.spectrograph);
  for (const front of [loud, decibels]) {
    assertEquals(
      await gpu.read(logMelOfPower(scope, power, front)),
      await gpu.read(logMel(scope, x, front)),
    );
  }
  refuses(() => logMelOfPower(scope, power, prepareLogMel(scope)), "expected [n, t, 513]");
});
