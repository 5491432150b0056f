/**
 * Features without labels: a dictionary of patches is learnt from the clips themselves, and a clip is
 * described by how strongly each of its entries responds at best. Sources: Coates and Ng 2012,
 * "Learning feature representations with K-means"; Dieleman's detector of 2013, whose constants these
 * are.
 *
 * @module
 */
import { type Contrast, normaliseContrast, prepareContrast } from "../../audio/contrast.ts";
import { encode, prepareEncoder } from "../../audio/encode.ts";
import { extractPatches, patchPositions, rowsPerChunk } from "../../audio/patches.ts";
import { prepareSpectrogram, spectrogram, type Spectrograph } from "../../audio/spectrogram.ts";
import { fitSphericalKMeans } from "../../audio/spherical_kmeans.ts";
import { applyWhitening, fitWhitening } from "../../audio/whitening.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import type { Context, EagerContext } from "../../gpu/kernel.ts";
import { fold, type Key } from "../../gpu/random.ts";
import type { Scope } from "../../gpu/scope.ts";
import { type NdArray, ndarray, type Tensor } from "../../gpu/tensor.ts";
import {
  type FeatureConfig,
  type FrontConfig,
  PREPARED_SAMPLES,
  SLICES,
  spectrogramSize,
} from "./config.ts";

/** Clips whose spectrograms are on the device at once while patches are drawn: 16 to 32 MB. */
const IMAGE_BLOCK = 2048;

/** Clips that are encoded between two looks at progress and Ctrl-C. */
const ENCODE_BLOCK = 256;

/** What is learnt from clips, on the host. */
export interface WhaleDictionary {
  /** The mean patch, `[d]`, d = frames x bins, frame by frame. */
  readonly mean: NdArray;
  /** The whitening, `[d, components]`. */
  readonly matrix: NdArray;
  /** Entries in whitened space, unit vectors `[k, components]`. */
  readonly centroids: NdArray;
  /** Patches of each entry in the last pass, `[k]`. */
  readonly patchCounts: Uint32Array;
}

/** A dictionary and how it came about. */
export interface LearntDictionary extends WhaleDictionary {
  /** Objective of K-means before each pass, `[iterations]`. */
  readonly objective: Float64Array;
}

/** Called with what is done and how much of it there is. */
export interface FeatureHooks {
  /** Work done of the whole. */
  readonly progress?: (what: string, done: number, total: number) => void;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Tables on the device that turn clips into images. */
export interface Front {
  /** Windows and Fourier tables. */
  readonly spectrograph: Spectrograph;
  /** Gaussian windows; absent without contrast normalisation. */
  readonly contrast?: Contrast;
}

/** Puts the tables of a configuration on the device. */
export function prepareFront(context: EagerContext, config: FrontConfig): Front {
  const { windowLength, compression, contrast, meanSigma, deviationSigma } = config;
  const { hopLength } = spectrogramSize(config);
  return {
    spectrograph: prepareSpectrogram(context, { windowLength, hopLength, compression }),
    contrast: contrast ? prepareContrast(context, { meanSigma, deviationSigma }) : undefined,
  };
}

/**
 * Log spectrograms, their contrast normalised where the configuration says so.
 *
 * @param x clips `[b, 2000]`
 * @returns `[b, frames, bins]`
 */
export function clipImages(context: Context, x: Tensor, { spectrograph, contrast }: Front): Tensor {
  const images = spectrogram(context, x, spectrograph);
  return contrast ? normaliseContrast(context, images, contrast) : images;
}

/**
 * Learns a dictionary from clips; their labels are not asked for. Same clips, key and adapter: same
 * bits.
 *
 * @param samples clips `[n, 2000]`
 */
export async function learnDictionary(
  gpu: Gpu,
  samples: Float32Array<ArrayBuffer>,
  config: FeatureConfig,
  key: Key,
  { progress, signal }: FeatureHooks = {},
): Promise<LearntDictionary> {
  using scope = gpu.scope();
  const chunks = await drawPatches(gpu, scope, samples, config, fold(key, "patches"));
  signal?.throwIfAborted();
  progress?.("whitening patches", 0, config.patches);
  const { whiteningBias: bias, retain, parity } = config;
  const whitening = await fitWhitening(gpu, chunks, { bias, retain, parity, signal });
  const { mean, matrix } = whitening;
  using made = new DisposableStack();
  const whitened: Tensor[] = [];
  made.defer(() => gpu.release(...whitened));
  for (const chunk of chunks) {
    whitened.push(await applyWhitening(gpu, whitening, chunk));
    scope.release(chunk);
  }
  progress?.("clustering patches", 0, config.iterations);
  const { filters: k, iterations, oneHot } = config;
  const { centroids, objective, members } = await fitSphericalKMeans(gpu, whitened, {
    k,
    key: fold(key, "centroids"),
    iterations,
    oneHot,
    signal,
  });
  return { mean, matrix, centroids, objective, patchCounts: members };
}

/** Patches of all clips in chunks of rows; the clips' images come and go. */
async function drawPatches(
  gpu: Gpu,
  scope: Scope,
  samples: Float32Array<ArrayBuffer>,
  config: FeatureConfig,
  key: Key,
): Promise<Tensor[]> {
  const images = samples.length / PREPARED_SAMPLES;
  const size = { frames: config.patchFrames, bins: config.patchBins };
  const d = size.frames * size.bins;
  const { frames, bins } = spectrogramSize(config);
  const { data } = patchPositions(key, config.patches, { images, frames, bins }, size);
  const rows = rowsPerChunk(scope, d);
  const chunks: { readonly into: Tensor; readonly positions: Tensor }[] = [];
  for (let first = 0; first < config.patches; first += rows) {
    const n = Math.min(rows, config.patches - first);
    chunks.push({
      into: scope.empty([n, d], { label: "patches" }),
      positions: scope.upload(ndarray([n, 3], data.subarray(3 * first, 3 * (first + n)))),
    });
  }
  const front = prepareFront(scope, config);
  for (let firstImage = 0; firstImage < images; firstImage += IMAGE_BLOCK) {
    using block = gpu.scope();
    const part = clipImages(block, uploadClips(block, samples, firstImage, IMAGE_BLOCK), front);
    for (const { into, positions } of chunks) {
      extractPatches(block, part, positions, { ...size, firstImage, into });
    }
    await gpu.sync();
  }
  return chunks.map(({ into }) => into);
}

/** Some clips on the device, `[count, 2000]`; fewer at the end. */
export function uploadClips(
  context: EagerContext,
  samples: Float32Array<ArrayBuffer>,
  first: number,
  count: number,
): Tensor {
  const part = samples.subarray(first * PREPARED_SAMPLES, (first + count) * PREPARED_SAMPLES);
  return context.upload(ndarray([part.length / PREPARED_SAMPLES, PREPARED_SAMPLES], part), "clips");
}

/**
 * Describes clips by a dictionary.
 *
 * @param samples clips `[n, 2000]`
 * @returns `[n, 5 k]`: each entry's largest code over the clip, then over each of four slices of time
 */
export async function encodeClips(
  gpu: Gpu,
  samples: Float32Array<ArrayBuffer>,
  { mean, matrix, centroids }: WhaleDictionary,
  config: FeatureConfig,
  { progress, signal }: FeatureHooks = {},
): Promise<NdArray<Float32Array>> {
  using scope = gpu.scope();
  const front = prepareFront(scope, config);
  const dictionary = {
    mean: scope.upload(mean),
    matrix: scope.upload(matrix),
    centroids: scope.upload(centroids),
  };
  const encoder = prepareEncoder(scope, dictionary, {
    frames: config.patchFrames,
    bins: config.patchBins,
    form: config.encoder,
    threshold: config.threshold,
    oneHot: config.oneHot,
    slices: SLICES,
  });
  const rows = samples.length / PREPARED_SAMPLES;
  const columns = (SLICES + 1) * config.filters;
  const values = new Float32Array(rows * columns);
  for (let first = 0; first < rows; first += ENCODE_BLOCK) {
    signal?.throwIfAborted();
    using block = gpu.scope();
    const clips = uploadClips(block, samples, first, ENCODE_BLOCK);
    const { data } = await gpu.read(encode(block, clipImages(block, clips, front), encoder));
    values.set(data, first * columns);
    progress?.("encoding clips", Math.min(rows, first + ENCODE_BLOCK), rows);
  }
  return ndarray([rows, columns], values);
}
