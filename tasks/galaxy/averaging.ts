/**
 * Predictions averaged over transformed copies of each galaxy.
 *
 * @module
 */
import { check } from "../../gpu/check.ts";
import type { Model } from "../../nn/model.ts";
import { type DrawnPerturbation, IDENTITY_PERTURBATION } from "../../nn/perturbation.ts";
import { galaxyDataset, type ReadPixels } from "./dataset.ts";
import { ANSWER_COLUMNS } from "./questions.ts";

/** Numbers of transformed copies that there are: the galaxy as it is, or the published 60. */
export const TRANSFORM_COUNTS: readonly number[] = [1, 60];

/** Predictions of copies that are in memory at once. */
const AT_ONCE = 3840;

/** Galaxies to predict. */
export interface PredictedGalaxies {
  /** Number of galaxies. */
  readonly length: number;
  /** Reads photographs `[n, 424, 424, 3]` by their place. */
  readonly pixels: ReadPixels;
}

/** How predictions are made. */
export interface AveragingOptions {
  /** Transformed copies of each galaxy: 1 (default) or 60. */
  readonly transforms?: number;
  /** Copies predicted at once. Default 32. */
  readonly batchSize?: number;
  /** Called with the galaxies done so far. */
  readonly progress?: (done: number) => void;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * The transformations of test time: 1 is the galaxy as it is, 60 are those of Dieleman, Willett and
 * Dambre 2015 (three zooms, ten rotations, mirrored or not).
 *
 * @throws {RangeError} for any other number
 */
export function testTransforms(count: number): readonly DrawnPerturbation[] {
  if (count === 1) return [IDENTITY_PERTURBATION];
  const expected = TRANSFORM_COUNTS.join(" or ");
  check(count === 60, "Cannot average predictions", { transforms: count }, expected);
  return published60();
}

/**
 * Zooms 1/1.2, 1 and 1.2, ten rotations in steps of 36 degrees, each plain and mirrored. Zoom varies
 * slowest, then rotation.
 */
function published60(): DrawnPerturbation[] {
  return [1 / 1.2, 1, 1.2].flatMap((zoom) =>
    Array.from({ length: 10 }, (_, i) => 36 * i).flatMap((rotation) =>
      [false, true].map((flip) => ({ ...IDENTITY_PERTURBATION, zoom, rotation, flip }))
    )
  );
}

/** Predicts the answers of galaxies, `[n, 37]`: for each the mean over its transformed copies. */
export async function predictAveraged(
  model: Model,
  galaxies: PredictedGalaxies,
  options: AveragingOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const { batchSize = 32, progress, signal } = options;
  const fixed = testTransforms(options.transforms ?? 1);
  const width = ANSWER_COLUMNS.length;
  const result = new Float32Array(galaxies.length * width);
  const atOnce = Math.floor(AT_ONCE / fixed.length);
  for (let start = 0; start < galaxies.length; start += atOnce) {
    const length = Math.min(atOnce, galaxies.length - start);
    const pixels: ReadPixels = (indices, into) =>
      galaxies.pixels(indices.map((index) => start + index), into);
    const { data } = await model.predict(galaxyDataset({ length, pixels, fixed }), {
      batchSize,
      progress: (done) => progress?.(start + Math.floor(done / fixed.length)),
      signal,
    });
    result.set(meanOverCopies(data, fixed.length), start * width);
  }
  return result;
}

/** `[n, copies, 37]` to `[n, 37]`. */
function meanOverCopies(predictions: Float32Array, copies: number): Float32Array {
  const width = ANSWER_COLUMNS.length;
  const result = new Float32Array(predictions.length / copies);
  for (let i = 0; i < result.length; i++) {
    const start = Math.floor(i / width) * copies * width + i % width;
    let sum = 0;
    for (let copy = 0; copy < copies; copy++) sum += predictions[start + copy * width];
    result[i] = sum / copies;
  }
  return result;
}
