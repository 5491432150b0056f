/**
 * Encoding of spectrograms: a dictionary of whitened patches slides over each spectrogram as a
 * convolution, and each entry's largest code is kept, over all of it and over slices of time. Source:
 * Coates, Lee and Ng 2011, "An analysis of single-layer networks in unsupervised feature learning";
 * Dieleman's whale detector pooled as is done here.
 *
 * @module
 */
import text from "./encode.wgsl" with { type: "text" };
import { oneOf, whole, within } from "../gpu/check.ts";
import codesText from "./encode_codes.wgsl" with { type: "text" };
import placesText from "./encode_places.wgsl" with { type: "text" };
import responsesText from "./encode_responses.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { matmulTransposedB } from "../gpu/matmul.ts";
import { norm } from "../gpu/reduce.ts";
import { GRID, LARGER, OPERANDS } from "../gpu/sources.ts";
import type { Dims } from "../gpu/signature.ts";
import { checkTensor, reshape, type Tensor } from "../gpu/tensor.ts";
import { type FilterBank, filterBank } from "./filter_bank.ts";
import { padRows, wholeQuads } from "./pad.ts";
import type { PatchSize } from "./patches.ts";

/**
 * How a code is made of the responses q: `"linear"` q; `"soft"` max(0, q - threshold); `"triangle"`
 * max(0, mean of the distances - distance), distances from the centroids in whitened space; `"hard"` q of
 * the best entry, 0 for the others.
 */
export type EncoderForm = "linear" | "soft" | "triangle" | "hard";

/** How spectrograms are encoded. */
export interface EncoderOptions extends PatchSize {
  /** Default `"linear"`. */
  readonly form?: EncoderForm;
  /** For `"soft"`: what a response must pass. Default 0. */
  readonly threshold?: number;
  /** For `"hard"`: whether the best entry's code is 1 instead of its response. Default false. */
  readonly oneHot?: boolean;
  /**
   * Equal slices of time that are pooled besides the whole. Default 4. Places that they leave over count
   * in the whole only.
   */
  readonly slices?: number;
}

/** What was learnt, on the device. */
export interface Dictionary {
  /** The mean patch, [d], d = frames bins. */
  readonly mean: Tensor;
  /** The whitening, [d, components]. */
  readonly matrix: Tensor;
  /** Entries in whitened space, [k, components]. */
  readonly centroids: Tensor;
}

/** A dictionary laid out for encoding, made once for any number of spectrograms. */
export interface Encoder extends Required<EncoderOptions> {
  /** Whitening and entry in one filter each. */
  readonly bank: FilterBank;
  /** The whitening alone and the lengths of the centroids, [k'], for `"triangle"`. */
  readonly whitening?: { readonly bank: FilterBank; readonly norms: Tensor };
}

const FILES = [
  { file: "audio/encode_responses.wgsl", text: responsesText },
  { file: "audio/encode_places.wgsl", text: placesText },
  { file: "audio/encode_codes.wgsl", text: codesText },
  { file: "audio/encode.wgsl", text },
];
const shared = { source: [GRID, LARGER, OPERANDS, ...FILES] } as const;
const images = { x: "b t q", filters: "frames bins columns" } as const;
const perSlot = ({ b, slots, groups }: Record<string, number>) => b * slots * groups;
const perPlace = ({ b, placesT, placesQ }: Record<string, number>) =>
  b * placesT * Math.ceil(placesQ / 8);
const flops = ({ b, placesT, placesQ, frames, bins, k }: Record<string, number>) =>
  2 * b * placesT * placesQ * frames * bins * k;

/** What kernels that make responses share. */
const responding = { ...shared, texels: { x: "scalar", filters: "vec4" }, flops } as const;
const atPlaces = "b placesT placesQ";
const slots = { slots: "b slots columns" } as const;
const distances = { ...images, offsets: "columns", norms: "columns", squares: atPlaces } as const;
const pool = kernel({
  ...responding,
  name: "encode",
  entry: "pool8",
  inputs: images,
  outputs: slots,
  threads: perSlot,
});
const squares = kernel({
  ...responding,
  name: "encode/squares",
  entry: "squares8",
  inputs: { ...images, offsets: "columns" },
  outputs: { squares: atPlaces },
  threads: perPlace,
});
const meanDistances = kernel({
  ...responding,
  name: "encode/mean_distances",
  entry: "mean_distances8",
  inputs: distances,
  outputs: { mean: atPlaces },
  threads: perPlace,
});
const triangle = kernel({
  ...responding,
  name: "encode/triangle",
  entry: "triangle8",
  inputs: { ...distances, mean: atPlaces },
  outputs: slots,
  threads: perSlot,
});
const bestFilters = kernel({
  ...responding,
  name: "encode/best_filters",
  entry: "best_filters8",
  inputs: { ...images, offsets: "columns" },
  outputs: { value: atPlaces, filter: `u32: ${atPlaces}` },
  threads: perPlace,
});
const poolBest = kernel({
  ...shared,
  name: "encode/pool_best",
  entry: "pool_best",
  inputs: { value: "b placesT placesQ", filter: "u32: b placesT placesQ" },
  outputs: { slots: "b slots columns" },
  threads: ({ b, slots, columns }) => b * slots * columns,
});
const finish = kernel({
  ...shared,
  name: "encode/finish",
  entry: "finish",
  inputs: { slots: "b slots columns", offsets: "columns" },
  outputs: { features: "b slots k" },
  threads: ({ b, slots, k }) => b * slots * k,
});

const FORMS: readonly EncoderForm[] = ["linear", "soft", "triangle", "hard"];

/**
 * Lays a dictionary out.
 *
 * @throws {RangeError} when the shapes do not fit each other or an option is out of range
 */
export function prepareEncoder(
  context: Context,
  { mean, matrix, centroids }: Dictionary,
  { frames, bins, form = "linear", threshold = 0, oneHot = false, slices = 4 }: EncoderOptions,
): Encoder {
  const attempt = "Cannot prepare the encoder";
  oneOf(attempt, { form }, FORMS);
  within(attempt, { threshold }, -Infinity);
  whole(attempt, { slices }, 1);
  const size = { frames, bins };
  const filters = matmulTransposedB(context, matrix, centroids);
  const bank = filterBank(context, filters, mean, size);
  const options = { ...size, form, threshold, oneHot, slices };
  if (form !== "triangle") return { ...options, bank };
  const norms = padRows(context, reshape(norm(context, centroids), [1, bank.k]));
  return {
    ...options,
    bank,
    whitening: {
      bank: filterBank(context, matrix, mean, size),
      norms: reshape(norms, [wholeQuads(bank.k)]),
    },
  };
}

/**
 * Encodes and pools spectrograms. The responses, k for each place, are never stored.
 *
 * @param x spectrograms [b, t, q], treated as the patches were that the dictionary was learnt from
 * @param into where the features go, [b, slices + 1, k]; a new tensor by default
 * @returns [b, slices + 1, k]: each entry's largest code over the whole, then over each slice of time
 * @throws {RangeError} when a patch does not fit, or there are fewer places in time than slices
 *
 * @example
 * ```ts
 * import { encode, ndarray, openGpu, prepareEncoder } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const dictionary = { // of 3 entries over patches of 2 frames by 2 bins, without whitening
 *   mean: gpu.upload(ndarray([4], new Float32Array(4))),
 *   matrix: gpu.upload(ndarray([4, 4], Float32Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0)))),
 *   centroids: gpu.upload(ndarray([3, 4], Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0))),
 * };
 * const encoder = prepareEncoder(gpu, dictionary, { frames: 2, bins: 2 });
 * const spectrograms = gpu.upload(ndarray([5, 20, 6], new Float32Array(5 * 20 * 6)));
 * console.log(encode(gpu, spectrograms, encoder).shape); // [5, 5, 3]
 * ```
 */
export function encode(
  context: Context,
  x: Tensor,
  encoder: Encoder,
  { into }: { readonly into?: Tensor } = {},
): Tensor {
  const dims = dimsOf(x, encoder);
  const slots = slotsOf(context, x, encoder, dims);
  return finish(context, { slots, offsets: encoder.bank.offsets }, {
    dims: { ...dims, ...layoutOf(encoder.bank) },
    into: into && { features: into },
    label: "features",
  }).features;
}

/** The largest code of each entry in each slot, [b, slices + 1, k']. */
function slotsOf(context: Context, x: Tensor, encoder: Encoder, dims: Dims): Tensor {
  const { bank: { filters, offsets }, form } = encoder;
  const layout = { ...dims, ...layoutOf(encoder.bank) };
  if (form === "hard") {
    const found = bestFilters(context, { x, filters, offsets }, { dims: layout });
    const columns = 4 * layout.width;
    return poolBest(context, found, { dims: { ...layout, columns } }).slots;
  }
  if (form === "triangle") return triangleSlots(context, x, encoder, dims);
  return pool(context, { x, filters }, { dims: layout }).slots;
}

function triangleSlots(context: Context, x: Tensor, encoder: Encoder, dims: Dims): Tensor {
  const { bank: { filters, offsets } } = encoder;
  const { bank: whitening, norms } = encoder.whitening!;
  const layout = { ...dims, ...layoutOf(encoder.bank) };
  const whitened = squares(context, {
    x,
    filters: whitening.filters,
    offsets: whitening.offsets,
  }, { dims: { ...dims, ...layoutOf(whitening) } });
  const known = { x, filters, offsets, norms, squares: whitened.squares };
  const { mean } = meanDistances(context, known, { dims: layout });
  return triangle(context, { ...known, mean }, { dims: layout }).slots;
}

/** Extents that follow from the number of filters. */
function layoutOf({ k }: FilterBank): { k: number; width: number; groups: number } {
  const width = wholeQuads(k) / 4;
  return { k, width, groups: Math.ceil(width / 4) };
}

/** Extents that all kernels of an encoder share. */
function dimsOf(x: Tensor, { bank, form, threshold, oneHot, slices }: Encoder): Dims {
  const [b, t, q] = x.shape;
  const [placesT, placesQ] = [t - bank.frames + 1, q - bank.bins + 1];
  const least = `[b, t, q] of at least ${bank.frames + slices - 1} frames and ${bank.bins} bins`;
  const fits = x.shape.length === 3 && placesT >= slices && placesQ > 0;
  checkTensor(fits, "Cannot encode", x, least);
  return {
    ...layoutOf(bank),
    b,
    t,
    q,
    frames: bank.frames,
    bins: wholeQuads(bank.bins),
    placesT,
    placesQ,
    slices,
    slice: Math.floor(placesT / slices),
    slots: slices + 1,
    form: FORMS.indexOf(form),
    oneHot: oneHot ? 1 : 0,
    threshold,
  };
}
