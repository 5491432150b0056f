/**
 * Encoding in float64, place by place.
 *
 * @module
 */
import { matmulTransposedBRef } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { EncoderOptions } from "./encode.ts";
import { extractPatchesRef } from "./patches_ref.ts";
import { whitenRef } from "./whitening_ref.ts";

/** What was learnt, on the host. */
export interface DictionaryRef {
  /** [d] */
  readonly mean: NdArray<Float64Array>;
  /** [d, components] */
  readonly matrix: NdArray<Float64Array>;
  /** [k, components] */
  readonly centroids: NdArray<Float64Array>;
}

/** Spectrograms [b, t, q] to features [b, slices + 1, k]. */
export function encodeRef(
  x: NdArray,
  dictionary: DictionaryRef,
  options: EncoderOptions,
): NdArray<Float64Array> {
  const { frames, bins, slices = 4 } = options;
  const [b, t, q] = x.shape;
  const k = dictionary.centroids.shape[0];
  const [placesT, placesQ] = [t - frames + 1, q - bins + 1];
  const slice = Math.floor(placesT / slices);
  const data = new Float64Array(b * (slices + 1) * k).fill(-Infinity);
  for (let image = 0; image < b; image++) {
    for (let frame = 0; frame < placesT; frame++) {
      const region = Math.floor(frame / slice) + 1;
      for (let bin = 0; bin < placesQ; bin++) {
        const codes = codesAt(x, [image, frame, bin], dictionary, options);
        for (const slot of region > slices ? [0] : [0, region]) {
          const start = (image * (slices + 1) + slot) * k;
          codes.forEach((code, i) => data[start + i] = Math.max(data[start + i], code));
        }
      }
    }
  }
  return { shape: [b, slices + 1, k], data };
}

/** The codes of one patch by their definitions. */
function codesAt(
  x: NdArray,
  position: readonly number[],
  { mean, matrix, centroids }: DictionaryRef,
  { frames, bins, form = "linear", threshold = 0, oneHot = false }: EncoderOptions,
): number[] {
  const at = { shape: [1, 3], data: Uint32Array.from(position) };
  const white = whitenRef(extractPatchesRef(x, at, { frames, bins }), { mean, matrix });
  const responses = [...matmulTransposedBRef(white, centroids).data];
  if (form === "linear") return responses;
  if (form === "soft") return responses.map((q) => Math.max(0, q - threshold));
  if (form === "hard") {
    const best = responses.indexOf(Math.max(...responses));
    return responses.map((q, i) => i === best ? oneHot ? 1 : q : 0);
  }
  const components = white.data.length;
  const distances = responses.map((_, i) =>
    Math.hypot(...white.data.map((value, j) => value - centroids.data[i * components + j]))
  );
  const average = distances.reduce((a, b) => a + b) / distances.length;
  return distances.map((distance) => Math.max(0, average - distance));
}
