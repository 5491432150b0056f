/**
 * Galaxies as the network's training reads them: whole photographs as bytes, and for each the affine
 * maps of its two views. The device cuts, turns and scales; the host only draws the numbers.
 *
 * @module
 */
import type { Context } from "../../gpu/kernel.ts";
import { fold, type Key } from "../../gpu/random.ts";
import { take } from "../../gpu/rows.ts";
import type { ImageStore } from "../../files/disk/image_store.ts";
import type { HostData, Tensor } from "../../gpu/tensor.ts";
import type { Dataset, FieldSpec } from "../../nn/data.ts";
import { viewMatrices } from "../../nn/affine.ts";
import { augment } from "../../nn/augment.ts";
import {
  type DrawnPerturbation,
  drawPerturbation,
  IDENTITY_PERTURBATION,
  type PerturbationRanges,
} from "../../nn/perturbation.ts";
import { VIEW_COUNT, VIEW_SIDE } from "./model.ts";
import { ANSWER_COLUMNS } from "./questions.ts";

/** Side of Kaggle's photographs, in pixels. */
export const PHOTO_SIDE = 424;

/** The views: every third pixel of the central square of 207, upright and turned by 45 degrees. */
export const GALAXY_VIEWS = {
  inputSize: PHOTO_SIDE,
  outputSize: VIEW_SIDE,
  factor: 3,
  turns: [0, 45],
} as const;

/** First principal component of the RGB values of Galaxy Zoo's images, times its variance. */
export const COLOUR_VECTOR = [0.0148366, 0.01253134, 0.01040762] as const;

const AS_IT_IS: readonly DrawnPerturbation[] = [IDENTITY_PERTURBATION];

/** Fields that the network's input is made from. */
export const GALAXY_INPUTS = ["images", "matrices", "alphas"] as const;

/** Reads photographs by their place in a list. */
export type ReadPixels = (
  indices: Uint32Array,
  into: Uint8Array<ArrayBuffer>,
) => Promise<unknown>;

/** Reads the photographs of some rows of a store: place i is row `rows[i]`. */
export function readRows(store: Pick<ImageStore, "read">, rows: Uint32Array): ReadPixels {
  return (indices, into) => store.read(indices.map((index) => rows[index]), into);
}

/** What a data set of galaxies is made of. */
export interface GalaxyDatasetOptions {
  /** Number of galaxies. */
  readonly length: number;
  /** Reads photographs `[n, 424, 424, 3]`. */
  readonly pixels: ReadPixels;
  /** Their answers `[length, 37]`; absent when they are to be predicted. */
  readonly labels?: Float32Array;
  /** How far training images are moved; none by default. */
  readonly ranges?: PerturbationRanges;
  /**
   * Fixed perturbations, such as the 60 of test time: each galaxy comes once with each, one after
   * another, so that the data set is as many times as long. Default: once, as it is.
   */
  readonly fixed?: readonly DrawnPerturbation[];
}

/** Galaxies for training (perturbed by key) or prediction (as they are). */
export function galaxyDataset(options: GalaxyDatasetOptions): Dataset {
  const { labels, fixed = AS_IT_IS } = options;
  const fields: Record<string, FieldSpec> = {
    images: { shape: [PHOTO_SIDE, PHOTO_SIDE, 3], dtype: "u8" },
    matrices: { shape: [VIEW_COUNT, 6], dtype: "f32" },
    alphas: { shape: [], dtype: "f32" },
  };
  if (labels) fields.target = { shape: [ANSWER_COLUMNS.length], dtype: "f32" };
  return {
    length: options.length * fixed.length,
    fields,
    read: (indices, size, key) => readBatch(options, indices, size, key),
  };
}

async function readBatch(
  { pixels, labels, ranges, fixed = AS_IT_IS }: GalaxyDatasetOptions,
  indices: Uint32Array,
  size: number,
  key?: Key,
): Promise<Record<string, HostData>> {
  const images = new Uint8Array(size * PHOTO_SIDE * PHOTO_SIDE * 3);
  const perturbations = Array.from(
    { length: size },
    (_, i) =>
      key && ranges
        ? drawPerturbation(fold(fold(key, "augment"), i), ranges)
        : fixed[(indices[i] ?? 0) % fixed.length],
  );
  const matrices = viewMatrices(perturbations, GALAXY_VIEWS);
  const alphas = Float32Array.from(perturbations, ({ alpha }) => alpha);
  const galaxies = indices.map((index) => Math.floor(index / fixed.length));
  await readOnce(pixels, galaxies, images);
  return {
    images,
    matrices,
    alphas,
    ...(labels && { target: answerRows(labels, galaxies, size) }),
  };
}

/** Reads each photograph once, however many copies of it are wanted: neighbours are the same. */
async function readOnce(
  pixels: ReadPixels,
  galaxies: Uint32Array,
  into: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const isFirst = (galaxy: number, i: number) => i === 0 || galaxy !== galaxies[i - 1];
  const unique = galaxies.filter(isFirst);
  await pixels(unique, into);
  const bytes = PHOTO_SIDE * PHOTO_SIDE * 3;
  // From the end, so that no photograph is overwritten before it was copied.
  for (let i = galaxies.length - 1, u = unique.length - 1; u < i; i--) {
    into.copyWithin(i * bytes, u * bytes, (u + 1) * bytes);
    if (isFirst(galaxies[i], i)) u--;
  }
}

/**
 * The answers of some galaxies, `[size, 37]`.
 *
 * @param answers `[n, 37]`
 * @param rows which of them, in the order wanted
 * @param size rows of the result, those beyond `rows` 0; by default none are
 */
export function answerRows(
  answers: Float32Array,
  rows: ArrayLike<number>,
  size: number = rows.length,
): Float32Array {
  const width = ANSWER_COLUMNS.length;
  return take({ shape: [answers.length / width, width], data: answers }, rows, size).data;
}

/** The views of a batch, cut from its photographs on the device: `[b, 2, 69, 69, 3]`. */
export function prepareGalaxies(
  context: Context,
  fields: Readonly<Record<string, Tensor>>,
): Tensor {
  const { images, matrices, alphas } = fields;
  return augment(context, { images, matrices, alphas }, { size: VIEW_SIDE, colour: COLOUR_VECTOR });
}
