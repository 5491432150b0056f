/**
 * How hard synthetic clips are: what cheap classifiers reach on them. Run as a program it prints the
 * table.
 *
 * Features and classifier of the raw spectrogram are the baseline of the 2013 system: 65 frequencies
 * by 59 frames of a log spectrogram at 1 kHz, each brought to mean 0 and deviation 1, and a linear
 * support vector machine of cost 1e-5.
 *
 * With 4,200 training and 1,800 test clips, seeds 1, 2, 3: raw pixels 0.869, 0.857, 0.847; mean over
 * time 0.816, 0.767, 0.758; order 0.767, 0.812, 0.828. The standard error of each is about 0.01.
 *
 * @module
 */
import { decimate } from "../../../audio/filters.ts";
import { logCompressRef, spectrogramRef } from "../../../audio/spectrogram_ref.ts";
import { normaliseVolume } from "../../../audio/volume.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import type { BinaryLabels } from "../../../nn/classifiers/labels.ts";
import { linearScores } from "../../../nn/classifiers/linear_model.ts";
import { fitLinearRef } from "../../../nn/classifiers/linear_ref.ts";
import { rocAuc } from "../../../nn/metrics/classification.ts";
import { neighbourLabels } from "../leaks.ts";
import { levelOf } from "./events.ts";
import { type WhalePart, WhaleSet, type WhaleSetOptions } from "./stream.ts";

/** Frames of 128 ms, 32 ms apart, at 1 kHz. */
const FRAMES = { windowLength: 128, hopLength: 32 } as const;

/** Where the logarithm takes over; that of the best settings of the 2013 system. */
const COMPRESSION = 1.645;

/** Added to deviations before they divide. */
const LEAST_DEVIATION = 1e-4;

/** Costs of the support vector machine: many features need a smaller one. */
const RAW_COST = 1e-5;
const MEAN_COST = 0.01;

/** Areas under the ROC curve of the test clips, against their labels unless it says otherwise. */
export interface WhaleCalibration {
  /** Share of labels that say call. */
  readonly calls: number;
  /** All pixels of the log spectrogram, linear. */
  readonly rawPixels: number;
  /** The mean over time of each frequency of it, linear. */
  readonly timeMean: number;
  /** Raw pixels against what is in the clip, not what the label says. */
  readonly rawPixelsTrue: number;
  /** The truth as score: what no classifier can get above but by luck. */
  readonly ceiling: number;
  /** The mean label of the 110 training clips recorded around the clip: what the order gives away. */
  readonly order: number;
  /** The level of the clip: should give nothing away. */
  readonly level: number;
}

/**
 * Log spectrogram of a clip, as the 2013 system makes it before its contrast normalisation.
 *
 * @param samples `[4000]` at 2000 Hz, in any unit
 * @returns `[59, 65]`: frames by frequencies from 0 to 500 Hz
 */
export function logSpectrogram(samples: ArrayLike<number>): Float64Array {
  const { samples: even } = normaliseVolume(decimate(Float64Array.from(samples), 2));
  return logCompressRef(spectrogramRef(even, FRAMES), COMPRESSION).data;
}

/** Frequencies of {@linkcode logSpectrogram}. */
export const SPECTROGRAM_BINS: number = FRAMES.windowLength / 2 + 1;

function meanOverTime(spectrogram: Float64Array): Float64Array {
  const mean = new Float64Array(SPECTROGRAM_BINS);
  spectrogram.forEach((value, i) => mean[i % SPECTROGRAM_BINS] += value);
  return mean.map((sum) => sum * SPECTROGRAM_BINS / spectrogram.length);
}

/** Clips of a part as features. */
function measure(set: WhaleSet, part: WhalePart) {
  const rows = set.count(part);
  const [labels, calls] = [new Uint8Array(rows), new Uint8Array(rows)];
  const levels = new Float64Array(rows);
  const means = new Float32Array(rows * SPECTROGRAM_BINS);
  let pixels = new Float32Array(0);
  let r = 0;
  for (const { samples, label, call } of set.clips(part)) {
    const spectrogram = logSpectrogram(samples);
    if (r === 0) pixels = new Float32Array(rows * spectrogram.length);
    pixels.set(spectrogram, r * spectrogram.length);
    means.set(meanOverTime(spectrogram), r * SPECTROGRAM_BINS);
    levels[r] = levelOf(Float64Array.from(samples));
    labels[r] = label;
    calls[r] = call ? 1 : 0;
    r++;
  }
  const raw = ndarray([rows, pixels.length / rows], pixels);
  const mean = ndarray([rows, SPECTROGRAM_BINS], means);
  return { raw, mean, labels, calls, levels, positions: set.positions(part) };
}

/** Brings columns to mean 0 and deviation 1 in place, by the figures of the training rows. */
function standardise(training: NdArray, test: NdArray): void {
  const { shape: [rows, columns], data } = training;
  for (let c = 0; c < columns; c++) {
    let [sum, squares] = [0, 0];
    for (let r = 0; r < rows; r++) sum += data[r * columns + c];
    const mean = sum / rows;
    for (let r = 0; r < rows; r++) squares += (data[r * columns + c] - mean) ** 2;
    const deviation = Math.sqrt(squares / rows) + LEAST_DEVIATION;
    for (const x of [training, test]) {
      for (let r = 0; r < x.shape[0]; r++) {
        x.data[r * columns + c] = (x.data[r * columns + c] - mean) / deviation;
      }
    }
  }
}

function scoresOfTest(
  training: NdArray,
  labels: BinaryLabels,
  test: NdArray,
  cost: number,
): Float64Array {
  standardise(training, test);
  const model = fitLinearRef(training, labels, { loss: "squared-hinge", cost });
  return linearScores(model, test);
}

/**
 * Makes a set and measures what the baselines reach on its test part. Takes about 3 ms a clip, and
 * 15 KB.
 */
export function calibrate(
  options: WhaleSetOptions & { readonly test: number },
): WhaleCalibration {
  const set = new WhaleSet(options);
  const training = measure(set, "training");
  const test = measure(set, "test");
  const raw = scoresOfTest(training.raw, training.labels, test.raw, RAW_COST);
  const mean = scoresOfTest(training.mean, training.labels, test.mean, MEAN_COST);
  const auc = (scores: Float64Array) => rocAuc(test.labels, scores);
  return {
    calls: [...training.labels, ...test.labels].reduce((a, b) => a + b) /
      (options.training + options.test),
    rawPixels: auc(raw),
    timeMean: auc(mean),
    rawPixelsTrue: rocAuc(test.calls, raw),
    ceiling: auc(Float64Array.from(test.calls)),
    order: auc(neighbourLabels(training, test.positions)),
    level: auc(test.levels),
  };
}

if (import.meta.main) {
  const [training = "4200", test = "1800", ...seeds] = Deno.args;
  const rows = (seeds.length > 0 ? seeds : ["1", "2", "3"]).map((seed) => {
    const figures = calibrate({ seed: +seed, training: +training, test: +test });
    return [`seed ${seed}`, figures] as const;
  });
  console.table(Object.fromEntries(rows.map(([name, figures]) => [
    name,
    Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, value.toFixed(3)])),
  ])));
}
