/**
 * Spectrograms in plain float64: the definition, which the shader is tested against.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import { fourierTransform } from "./fft.ts";
import {
  binCount,
  checkLengths,
  frameCount,
  hannWindow,
  scaleOfBins,
  type SpectrogramOptions,
} from "./frames.ts";

export { hannWindow, type SpectrogramOptions };

/**
 * Windowed Fourier transforms of overlapping frames. Frame `t` begins at sample `t * hopLength`;
 * nothing is padded, and a remainder shorter than a frame is left out.
 *
 * @param x `[samples]`, at least one frame
 * @returns `[frames, bins]` with `floor((samples - windowLength) / hopLength) + 1` frames and
 * `floor(windowLength / 2) + 1` bins, bin `k` at `k * rate / windowLength` Hz
 * @throws {RangeError} when a length is out of range or the samples do not fill one frame
 */
export function spectrogramRef(
  x: ArrayLike<number>,
  options: SpectrogramOptions,
): NdArray<Float64Array> {
  const { windowLength, hopLength, quantity = "density", periodic = false } = options;
  checkLengths(options);
  const frames = frameCount(x.length, options);
  const bins = binCount(windowLength);
  const window = hannWindow(windowLength, periodic);
  const transform = fourierTransform(windowLength);
  const scale = scaleOfBins(window, quantity);
  const data = new Float64Array(frames * bins);
  for (let t = 0; t < frames; t++) {
    const real = window.map((weight, i) => weight * x[t * hopLength + i]);
    const imaginary = new Float64Array(windowLength);
    transform({ real, imaginary });
    for (let q = 0; q < bins; q++) {
      const power = real[q] ** 2 + imaginary[q] ** 2;
      data[t * bins + q] = scale[q] * (quantity === "magnitude" ? Math.sqrt(power) : power);
    }
  }
  return { shape: [frames, bins], data };
}

/**
 * ln(1 + factor * x), element by element: near-linear below 1 / factor, logarithmic above.
 *
 * @param x powers or magnitudes, 0 or more, any shape
 * @param factor 0 or more; 1 to 10 for whales, 10,000 for music
 * @returns the shape of `x`
 */
export function logCompressRef(x: NdArray, factor: number): NdArray<Float64Array> {
  return { shape: x.shape, data: Float64Array.from(x.data, (value) => Math.log1p(factor * value)) };
}
