/**
 * Checks of spectra and cepstra in `audio/`, over shapes that reach each entry point.
 *
 * @module
 */
import { normaliseContrast, prepareContrast } from "../../audio/contrast.ts";
import { normaliseContrastRef } from "../../audio/contrast_ref.ts";
import { LOG_MEL_2014, logMel, type LogMelOptions, prepareLogMel } from "../../audio/log_mel.ts";
import { logMelRef } from "../../audio/log_mel_ref.ts";
import { mfcc, type MfccOptions, prepareMfcc } from "../../audio/mfcc.ts";
import { mfccRef } from "../../audio/mfcc_ref.ts";
import {
  prepareSpectrogram,
  spectrogram,
  type SpectrographOptions,
} from "../../audio/spectrogram.ts";
import { logCompressRef, spectrogramRef } from "../../audio/spectrogram_ref.ts";
import { type NdArray, ndarray, type Shape } from "../../gpu/tensor.ts";
import type { Bench, Check } from "./bench.ts";

/** What a reference gives for each row of `x`, one behind the other. */
function perClip(
  { shape, data }: NdArray<Float64Array>,
  reference: (clip: NdArray<Float64Array>) => NdArray,
): NdArray<Float64Array> {
  const [n, ...rest] = shape;
  const size = data.length / n;
  const clips = Array.from(
    { length: n },
    (_, clip) => reference(ndarray(rest, data.subarray(clip * size, (clip + 1) * size))),
  );
  const all = Float64Array.from(clips.flatMap((clip) => [...clip.data]));
  return ndarray([n, ...clips[0].shape], all);
}

const CONTRASTS: readonly Shape[] = [[2, 7, 11], [1, 12, 8]];
const MORE_CONTRASTS: readonly Shape[] = [[1, 1, 2], [3, 5, 8], [1, 30, 65], [2, 9, 4]];

/** Contrast normalisation with narrow windows, and with those of its defaults. */
export function checkContrast(bench: Bench): void {
  for (const options of bench.cases([{ meanSigma: 2.3, deviationSigma: 1.7 }], [{}])) {
    for (const shape of bench.cases(CONTRASTS, MORE_CONTRASTS)) {
      const x = bench.normal(shape, 1);
      const result = normaliseContrast(bench, x.device, prepareContrast(bench, options));
      const tolerance = { relative: 2e-5, absolute: 2e-6 };
      bench.compare(result, normaliseContrastRef(x.host, options), tolerance);
    }
  }
}

/** Clips, samples, and what is made of them. */
type Clips<Options> = readonly [n: number, length: number, options: Options];

/** A window that fills its vec4 but one, and one of a prime length. */
const SPECTROGRAMS: readonly Clips<SpectrographOptions>[] = [
  [2, 151, { windowLength: 14, hopLength: 13, quantity: "magnitude" }],
  [2, 151, { windowLength: 67, hopLength: 13, compression: 3 }],
];
const MORE_SPECTROGRAMS: readonly Clips<SpectrographOptions>[] = [
  [1, 128, { windowLength: 128, hopLength: 64 }], // one frame
  [2, 2000, { windowLength: 128, hopLength: 64, compression: 1.645 }], // the whale detector's
  [3, 131, { windowLength: 64, hopLength: 17, quantity: "power" }], // a remainder of 16
  [1, 37, { windowLength: 17, hopLength: 5 }],
  [2, 20, { windowLength: 2, hopLength: 1, periodic: true }],
  [2, 20, { windowLength: 3, hopLength: 2, quantity: "magnitude" }],
  [5, 67, { windowLength: 67, hopLength: 3, periodic: true }],
  [3, 200, { windowLength: 7, hopLength: 29 }], // samples between frames
  [2, 1600, { windowLength: 509, hopLength: 251, quantity: "power", compression: 0.5 }],
  [1, 4000, { windowLength: 2048, hopLength: 977, quantity: "magnitude", compression: 1e4 }],
];

/** Spectrograms, to 1e-5 of the largest value of each frame. */
export function checkSpectrogram(bench: Bench): void {
  for (const [b, samples, options] of bench.cases(SPECTROGRAMS, MORE_SPECTROGRAMS)) {
    const x = bench.normal([b, samples], 3);
    const result = spectrogram(bench, x.device, prepareSpectrogram(bench, options));
    const expected = perClip(x.host, ({ data }) => {
      const plain = spectrogramRef(data, options);
      return options.compression ? logCompressRef(plain, options.compression) : plain;
    });
    bench.compare(result, expected, { absolute: sharesOfFrames(expected, 1e-5) });
  }
}

/** For each element a share of the largest value of its frame. */
function sharesOfFrames({ shape, data }: NdArray<Float64Array>, share: number): Float64Array {
  const bins = shape.at(-1)!;
  return data.map((_, i) => {
    const first = i - i % bins;
    return share * data.subarray(first, first + bins).reduce((a, b) => Math.max(a, b));
  });
}

const SMALL = { sampleRate: 8000, windowLength: 256, hopLength: 100, bands: 13 } as const;
const TINY = { sampleRate: 8000, windowLength: 128, hopLength: 61, bands: 7 } as const;

/** Both scales, rows that do and do not fill their four. */
const LOG_MELS: readonly Clips<LogMelOptions>[] = [
  [3, 500, { ...TINY, compression: 100 }],
  [3, 500, { ...TINY, compression: "decibels" }],
];
const MORE_LOG_MELS: readonly Clips<LogMelOptions>[] = [
  [1, 1024, {}], // one frame
  [3, 1024 + 2 * 512 + 511, {}], // nine frames and a remainder
  [2, 3000, { ...SMALL, compression: 3 }],
  [1, 256, { ...SMALL, bands: 1, compression: 0.5 }],
  [2, 1000, { ...SMALL, scale: "slaney", normalisation: "area", lowest: 300, highest: 3000 }],
  [3, 1009, { ...SMALL, windowLength: 509, hopLength: 127, bands: 37, compression: "decibels" }],
  [1, 2205 + 1102, LOG_MEL_2014],
];

/** Log-mel spectra of noise, which has no deep valleys: 1e-5 of a power is 4.3e-5 dB. */
export function checkLogMel(bench: Bench): void {
  for (const [n, length, options] of bench.cases(LOG_MELS, MORE_LOG_MELS)) {
    const x = bench.normal([n, length], 3, 0.1);
    const result = logMel(bench, x.device, prepareLogMel(bench, options));
    const expected = perClip(x.host, ({ data }) => logMelRef(data, options));
    const absolute = options.compression === "decibels" ? 1e-4 : 2e-5;
    bench.compare(result, expected, { relative: 1e-6, absolute });
  }
}

const CEPSTRA: readonly Clips<MfccOptions>[] = [
  [2, 5, { bands: 12, coefficients: 7, width: 5 }],
  [2, 11, { bands: 12, coefficients: 7, width: 5, differences: 1 }],
  [2, 4, { bands: 12, coefficients: 7, width: 5, differences: 0 }],
];
const MORE_CEPSTRA: readonly Clips<MfccOptions>[] = [
  [1, 9, {}], // one fit for all frames
  [3, 10, {}],
  [2, 67, { bands: 37, coefficients: 5, width: 5 }],
  [5, 3, { bands: 7, coefficients: 7, width: 3, differences: 1 }],
  [2, 1, { bands: 8, coefficients: 1, differences: 0 }],
];

/** Cepstra of clips that are one fit long and longer, with and without differences. */
export function checkCepstra(bench: Bench): void {
  for (const [n, t, options] of bench.cases(CEPSTRA, MORE_CEPSTRA)) {
    const x = bench.normal([n, t, options.bands ?? 128], 2, 10);
    const result = mfcc(bench, x.device, prepareMfcc(bench, options));
    const expected = perClip(x.host, (clip) => mfccRef(clip, options));
    bench.compare(result, expected, { relative: 1e-5, absolute: 2e-5 });
  }
}

/** Checks of spectra. */
export const spectrumChecks: readonly Check[] = [
  checkSpectrogram,
  checkLogMel,
  checkCepstra,
  checkContrast,
];
