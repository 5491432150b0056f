/**
 * Local contrast normalisation in float64.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import { CONTRAST_DEFAULTS, type ContrastOptions } from "./contrast.ts";
import { gaussianWeights } from "./gaussian.ts";

/** Half-sample reflection: d c b a | a b c d | d c b a. */
function reflected(place: number, extent: number): number {
  const period = 2 * extent;
  const at = ((place % period) + period) % period;
  return at < extent ? at : period - 1 - at;
}

/** Blurs images [b, t, q] along both axes. */
export function gaussianBlurRef(x: NdArray, sigma: number): NdArray<Float64Array> {
  const [b, t, q] = x.shape;
  const weights = gaussianWeights(sigma);
  const radius = weights.length >> 1;
  const half = new Float64Array(x.data.length);
  const data = new Float64Array(x.data.length);
  for (let row = 0; row < b * t; row++) {
    for (let bin = 0; bin < q; bin++) {
      weights.forEach((weight, i) =>
        half[row * q + bin] += weight * x.data[row * q + reflected(bin + i - radius, q)]
      );
    }
  }
  for (let at = 0; at < data.length; at++) {
    const [image, frame, bin] = [Math.floor(at / (t * q)), Math.floor(at / q) % t, at % q];
    weights.forEach((weight, i) =>
      data[at] += weight * half[(image * t + reflected(frame + i - radius, t)) * q + bin]
    );
  }
  return { shape: x.shape, data };
}

/** c / sqrt(V + epsilon): see `normaliseContrast`. */
export function normaliseContrastRef(
  x: NdArray,
  options: ContrastOptions = {},
): NdArray<Float64Array> {
  const { meanSigma, deviationSigma, epsilon } = { ...CONTRAST_DEFAULTS, ...options };
  const mean = gaussianBlurRef(x, meanSigma);
  const centred = mean.data.map((value, i) => x.data[i] - value);
  const squares = { shape: x.shape, data: centred.map((value) => value * value) };
  const variance = gaussianBlurRef(squares, deviationSigma);
  return {
    shape: x.shape,
    data: centred.map((value, i) => value / Math.sqrt(variance.data[i] + epsilon)),
  };
}
