/**
 * What the learnt features are compared with: a linear machine on the spectrogram itself, and on its
 * mean over time.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { fitLinear } from "../../nn/classifiers/linear.ts";
import { linearScores } from "../../nn/classifiers/linear_model.ts";
import { type FrontConfig, PREPARED_SAMPLES, spectrogramSize } from "./config.ts";
import { clipImages, prepareFront, uploadClips } from "./features.ts";
import { type Part, type Repeat, rowsOf, scoreRepeat } from "./protocol.ts";
import { scaledRows, standardScaling } from "./scaling.ts";

/** Frames of 128 ms, 32 ms apart; the compression of the best settings of 2013; no contrast step. */
const BASELINE: FrontConfig = {
  windowLength: 128,
  redundancy: 4,
  compression: 1.645,
  contrast: false,
  meanSigma: 1,
  deviationSigma: 1,
};

/** Clips whose spectrograms are made at once. */
const BLOCK = 512;

/** Names of the baselines. */
export type BaselineName = "rawPixels" | "timeMean";

/** Costs of the support vector machine: many features need a smaller one. */
const COSTS: Readonly<Record<BaselineName, number>> = { rawPixels: 1e-5, timeMean: 0.01 };

/** Names of the baselines, in the order of tables. */
export const BASELINE_NAMES: readonly BaselineName[] = ["rawPixels", "timeMean"];

/** Features of the baselines. */
export type BaselineFeatures = Readonly<Record<BaselineName, NdArray>>;

/** The features of the baselines: 59 x 65 pixels, and the mean of each of the 65 frequencies. */
export async function baselineFeatures(
  gpu: Gpu,
  samples: Float32Array<ArrayBuffer>,
  signal?: AbortSignal,
): Promise<BaselineFeatures> {
  using scope = gpu.scope();
  const front = prepareFront(scope, BASELINE);
  const { frames, bins } = spectrogramSize(BASELINE);
  const rows = samples.length / PREPARED_SAMPLES;
  const pixels = new Float32Array(rows * frames * bins);
  for (let first = 0; first < rows; first += BLOCK) {
    signal?.throwIfAborted();
    using block = gpu.scope();
    const { data } = await gpu.read(
      clipImages(block, uploadClips(block, samples, first, BLOCK), front),
    );
    pixels.set(data, first * frames * bins);
  }
  const means = new Float32Array(rows * bins);
  pixels.forEach((value, i) =>
    means[Math.floor(i / (frames * bins)) * bins + i % bins] += value / frames
  );
  return {
    rawPixels: ndarray([rows, frames * bins], pixels),
    timeMean: ndarray([rows, bins], means),
  };
}

/** Scores of a baseline in a repeat, see `scoreRepeat`. */
export function scoreBaseline(
  gpu: Gpu,
  name: BaselineName,
  features: BaselineFeatures,
  labels: Uint8Array,
  repeat: Repeat,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const x = features[name];
  return scoreRepeat(repeat, x.shape[0], async ({ train, test }: Part) => {
    signal?.throwIfAborted();
    const scaling = standardScaling(x, train);
    const model = await fitLinear(gpu, scaledRows(x, train, scaling), {
      labels: rowsOf(labels, train),
      loss: "squared-hinge",
      cost: COSTS[name],
      signal,
    });
    return linearScores(model, scaledRows(x, test, scaling));
  });
}
