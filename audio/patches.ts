/**
 * Patches of spectrograms: rectangles of a few frames by some bins, drawn by key and laid out as rows.
 *
 * @module
 */
import text from "./patches.wgsl" with { type: "text" };
import { whole } from "../gpu/check.ts";
import { type Context, type EagerContext, kernel } from "../gpu/kernel.ts";
import { fold, type Key, uniform } from "../gpu/random.ts";
import { GRID } from "../gpu/sources.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";

/** Places along an axis that can be drawn from without bias. */
const MOST_PLACES = 2 ** 24 - 1;

/** Size of a patch. */
export interface PatchSize {
  /** Frames, w of the whale detector. */
  readonly frames: number;
  /** Frequency bins, h of the whale detector. */
  readonly bins: number;
}

/** Extents of a set of spectrograms. */
export interface SpectrogramExtents {
  /** Number of spectrograms. */
  readonly images: number;
  /** Frames of each. */
  readonly frames: number;
  /** Frequency bins of each. */
  readonly bins: number;
}

const extract = kernel({
  name: "patches",
  source: [GRID, { file: "audio/patches.wgsl", text }],
  entry: "extract",
  inputs: { images: "b t q", positions: "u32: n 3" },
  outputs: { patches: "n d" },
  threads: ({ n, d }) => n * d,
});

/**
 * Positions of patches, drawn with replacement, uniformly over images and places.
 *
 * @param stream key of the draw: the same key, the same positions
 * @param count number of patches
 * @returns u32 [count, 3]: image, first frame, first bin
 * @throws {RangeError} when the patch does not fit into a spectrogram, or there are 2^24 images
 */
export function patchPositions(
  stream: Key,
  count: number,
  extents: SpectrogramExtents,
  size: PatchSize,
): NdArray<Uint32Array<ArrayBuffer>> {
  const places = [
    extents.images,
    extents.frames - size.frames + 1,
    extents.bins - size.bins + 1,
  ];
  const attempt = "Cannot draw patches";
  whole(attempt, { "the number of spectrograms": extents.images }, 1, MOST_PLACES);
  whole(attempt, { "the frames of a patch": size.frames }, 1, extents.frames);
  whole(attempt, { "the bins of a patch": size.bins }, 1, extents.bins);
  whole(attempt, { "the frames of a spectrogram": extents.frames }, 1, MOST_PLACES);
  const streams = ["image", "frame", "bin"].map((label) => fold(stream, label));
  const data = new Uint32Array(3 * count);
  for (let i = 0; i < data.length; i++) {
    const axis = i % 3;
    data[i] = Math.floor(places[axis] * uniform(streams[axis], Math.floor(i / 3)));
  }
  return ndarray([count, 3], data);
}

/** What `extractPatches` may be told besides the size. */
export interface ExtractOptions extends PatchSize {
  /** Number of the first image in `images`, where they are a part of a larger set. Default 0. */
  readonly firstImage?: number;
  /** Where the patches go, [n, frames bins]; those of other images stay. A new tensor by default. */
  readonly into?: Tensor;
}

/**
 * Copies patches out: one row each, frame by frame, the bins of a frame side by side.
 *
 * @param images spectrograms [b, t, q]
 * @param positions u32 [n, 3] from `patchPositions`; each must lie inside
 * @returns [n, frames bins]
 */
export function extractPatches(
  context: Context,
  images: Tensor,
  positions: Tensor,
  { frames, bins, firstImage = 0, into }: ExtractOptions,
): Tensor {
  return extract(context, { images, positions }, {
    dims: { d: frames * bins, bins, first: firstImage },
    into: into && { patches: into },
    label: "patches",
  }).patches;
}

/** Rows of a chunk unless the device's limits ask for fewer: 2^15. */
const CHUNK_ROWS = 2 ** 15;

/** The most rows of d numbers that one tensor may have, for data that is kept in chunks. */
export function rowsPerChunk(context: EagerContext, d: number): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = context.limits;
  const bytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  return Math.max(1, Math.min(CHUNK_ROWS, Math.floor(bytes / (4 * d))));
}

/** Which patches to sample. */
export interface SampleOptions extends PatchSize {
  /** Number of patches. */
  readonly count: number;
  /** Key of the draw. */
  readonly key: Key;
  /** Most rows of a chunk; by default 32,768, or fewer where the device's limits ask for it. */
  readonly chunkRows?: number;
}

/**
 * Draws patches out of spectrograms that are on the device.
 *
 * @param images parts of one set, each [b, t, q] of the same t and q, in order
 * @returns chunks [n, frames bins] with `count` rows between them
 */
export function samplePatches(
  context: EagerContext,
  images: readonly Tensor[],
  { count, key, chunkRows, ...size }: SampleOptions,
): Tensor[] {
  const [, frames, bins] = images[0].shape;
  const total = images.reduce((sum, { shape }) => sum + shape[0], 0);
  const { data } = patchPositions(key, count, { images: total, frames, bins }, size);
  const rows = chunkRows ?? rowsPerChunk(context, size.frames * size.bins);
  const chunks: Tensor[] = [];
  for (let first = 0; first < count; first += rows) {
    const n = Math.min(rows, count - first);
    const part = context.upload(ndarray([n, 3], data.subarray(3 * first, 3 * (first + n))));
    chunks.push(extractFromAll(context, images, part, size));
    context.release(part);
  }
  return chunks;
}

function extractFromAll(
  context: Context,
  images: readonly Tensor[],
  positions: Tensor,
  size: PatchSize,
): Tensor {
  const into = context.empty([positions.shape[0], size.frames * size.bins], { label: "patches" });
  let firstImage = 0;
  for (const part of images) {
    extractPatches(context, part, positions, { ...size, firstImage, into });
    firstImage += part.shape[0];
  }
  return into;
}
