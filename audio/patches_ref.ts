/**
 * Patches on the host.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import type { PatchSize } from "./patches.ts";

/** Rows of patches: images [b, t, q], positions [n, 3] to [n, frames bins]. */
export function extractPatchesRef(
  images: NdArray,
  positions: NdArray,
  { frames, bins }: PatchSize,
): NdArray<Float64Array> {
  const [, t, q] = images.shape;
  const n = positions.shape[0];
  const data = new Float64Array(n * frames * bins);
  let at = 0;
  for (let patch = 0; patch < n; patch++) {
    const [image, frame, bin] = positions.data.subarray(3 * patch, 3 * patch + 3);
    for (let row = frame; row < frame + frames; row++) {
      for (let column = bin; column < bin + bins; column++) {
        data[at++] = images.data[(image * t + row) * q + column];
      }
    }
  }
  return { shape: [n, frames * bins], data };
}
