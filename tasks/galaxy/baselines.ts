/**
 * What a galaxy network has to beat: constants, and linear models on very little of the image.
 * Plain arithmetic in float64 on the host.
 *
 * @module
 */
import { check, whole } from "../../gpu/check.ts";
import type { ImageSize } from "../../files/jpeg_header.ts";
import { slice } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { type Ridge, ridgeAnswers, RidgeProblem } from "../../nn/classifiers/ridge.ts";
import { ANSWER_COLUMNS } from "./questions.ts";
import { type AnswerTable, rootMeanSquareError } from "./score.ts";

/** Side of the central square the linear baselines look at, in pixels. */
export const CROP_SIDE = 208;

/** Blocks along a side of {@linkcode pixelFeatures}; each is the mean of 13 x 13 pixels. */
export const BLOCKS = 16;

type Features = NdArray<Float64Array<ArrayBuffer>>;

const WIDTH = ANSWER_COLUMNS.length;

/** Penalties tried, in units of the mean diagonal of XᵀX. */
const PENALTIES: readonly number[] = Array.from({ length: 9 }, (_, i) => 10 ** (i - 4));

/**
 * The zeros baseline.
 *
 * @param n Number of galaxies
 * @returns `[n, 37]` zeros
 */
export function zerosBaseline(n: number): Float64Array {
  return new Float64Array(n * WIDTH);
}

/**
 * The mean baseline: every galaxy gets the mean of the training labels.
 *
 * @param labels Training labels `[m, 37]`, m >= 1
 * @param n Number of galaxies to predict
 * @returns `[n, 37]`
 */
export function meanBaseline(labels: AnswerTable, n: number): Float64Array {
  const rows = labels.length / WIDTH;
  whole("Cannot take the mean of labels", { "number of galaxies": rows }, 1);
  const mean = new Float64Array(WIDTH);
  for (let i = 0; i < labels.length; i++) mean[i % WIDTH] += labels[i];
  const predictions = new Float64Array(n * WIDTH);
  for (let i = 0; i < predictions.length; i++) predictions[i] = mean[i % WIDTH] / rows;
  return predictions;
}

/** Means over a grid of blocks of the central square, `[n, blocks * blocks * 3]`, 0 to 1. */
function blockMeans(pixels: Uint8Array, size: ImageSize, blocks: number): Features {
  const { height, width } = size;
  const imageBytes = height * width * 3;
  const rows = pixels.length / imageBytes;
  whole("Cannot make features", { height, width }, CROP_SIDE);
  whole("Cannot make features", { "number of images": rows });
  const top = (height - CROP_SIDE) >> 1;
  const left = (width - CROP_SIDE) >> 1;
  const side = CROP_SIDE / blocks;
  const columns = blocks * blocks * 3;
  const values = new Float64Array(rows * columns);
  for (let n = 0; n < rows; n++) {
    for (let y = 0; y < CROP_SIDE; y++) {
      const row = n * imageBytes + ((top + y) * width + left) * 3;
      const out = n * columns + Math.floor(y / side) * blocks * 3;
      for (let x = 0; x < CROP_SIDE; x++) {
        const block = out + Math.floor(x / side) * 3;
        for (let c = 0; c < 3; c++) values[block + c] += pixels[row + x * 3 + c];
      }
    }
  }
  const scale = 1 / (side * side * 255);
  return ndarray([rows, columns], values.map((sum) => sum * scale));
}

/**
 * Mean red, green and blue of the central 208 x 208 pixels.
 *
 * @param pixels Images `[n, height, width, 3]`, 0 to 255
 * @param size Their height and width, at least 208
 * @returns `[n, 3]`, 0 to 1
 */
export function colourFeatures(pixels: Uint8Array, size: ImageSize): Features {
  return blockMeans(pixels, size, 1);
}

/**
 * The central 208 x 208 pixels shrunk to 16 x 16 by the mean of 13 x 13 blocks.
 *
 * @param pixels Images `[n, height, width, 3]`, 0 to 255
 * @param size Their height and width, at least 208
 * @returns `[n, 768]` in the order row, column, channel, 0 to 1
 */
export function pixelFeatures(pixels: Uint8Array, size: ImageSize): Features {
  return blockMeans(pixels, size, BLOCKS);
}

/** A ridge whose penalty was chosen by validation. */
export interface RidgeBaseline {
  /** Fitted on all training rows. */
  readonly model: Ridge;
  /** The penalty chosen, in units of the mean diagonal of XᵀX: a power of ten, 1e-4 to 1e4. */
  readonly relativePenalty: number;
  /** Root mean square error on the held-out fifth with that penalty, clipped to [0, 1]. */
  readonly validationRmse: number;
}

/**
 * Fits a ridge regression with intercept to the labels. The penalty is the power of ten from 1e-4 to
 * 1e4, times the mean diagonal of the centred XᵀX, that does best on the last fifth of the rows after
 * fitting on the others (the smaller one in a tie); then all rows are fitted.
 *
 * @param features Of the training galaxies, `[m, d]`, m >= 5
 * @param labels Their labels, `[m, 37]`
 */
export function fitRidgeBaseline(features: NdArray, labels: AnswerTable): RidgeBaseline {
  const [m] = features.shape;
  whole("Cannot fit a baseline", { "number of rows": m }, 5);
  const [many, expected] = [labels.length, `${WIDTH} for each of ${m} rows`];
  check(many === m * WIDTH, "Cannot fit a baseline", { "number of labels": many }, expected);
  const targets = ndarray([m, WIDTH], Float64Array.from(labels));
  const boundary = m - Math.floor(m / 5);
  const problem = new RidgeProblem(slice(features, 0, boundary), slice(targets, 0, boundary));
  const heldOut = slice(features, boundary, m);
  const wanted = slice(targets, boundary, m).data;
  let best = { relativePenalty: NaN, validationRmse: Infinity };
  for (const relativePenalty of PENALTIES) {
    const model = problem.solveRelative(relativePenalty);
    const predictions = predictRidgeBaseline({ model }, heldOut);
    const validationRmse = rootMeanSquareError(predictions, wanted);
    if (validationRmse < best.validationRmse) best = { relativePenalty, validationRmse };
  }
  const model = new RidgeProblem(features, targets).solveRelative(best.relativePenalty);
  return { model, ...best };
}

/**
 * Applies a ridge baseline.
 *
 * @param baseline From {@linkcode fitRidgeBaseline}
 * @param features `[n, d]`, made the same way as for fitting
 * @returns `[n, 37]`, clipped to [0, 1]
 */
export function predictRidgeBaseline(
  { model }: Pick<RidgeBaseline, "model">,
  features: NdArray,
): Float64Array {
  return ridgeAnswers(model, features).data.map((value) => Math.max(0, Math.min(1, value)));
}
