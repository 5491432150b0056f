/**
 * Spectrograms in plain float64: the definition, which the shader is tested against.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import { fourierTransform } from "./fft.ts";

/**
 * The Hann window, `0.5 - 0.5 cos(2 pi i / (length - 1))`; with `periodic` over `length` instead,
 * which fits the window end to end.
 *
 * @param length samples, 1 or more
 * @param periodic false for numpy.hanning and matplotlib, true for librosa and scipy's default
 * @returns `[length]`
 */
export function hannWindow(length: number, periodic = false): Float64Array<ArrayBuffer> {
  if (length === 1) return Float64Array.of(1);
  const period = periodic ? length : length - 1;
  return new Float64Array(length).map((_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / period));
}

/** What {@linkcode spectrogramRef} computes. */
export interface SpectrogramOptions {
  /** Samples in a frame, 2 or more: 128 are 128 ms at 1000 Hz. */
  readonly windowLength: number;
  /** Samples from one frame to the next, 1 or more: 64 are 64 ms at 1000 Hz. */
  readonly hopLength: number;
  /**
   * `density` (default): |X|^2 over the sum of the squared window, halved at 0 Hz and at half the
   * rate: matplotlib's specgram at its default `Fs=2`. Unit-variance white noise gives 1.
   * `power`: |X|^2. `magnitude`: |X|.
   */
  readonly quantity?: "density" | "power" | "magnitude";
  /** Hann window that is periodic in place of symmetric; default false, as matplotlib's. */
  readonly periodic?: boolean;
}

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
  { windowLength, hopLength, quantity = "density", periodic = false }: SpectrogramOptions,
): NdArray<Float64Array> {
  checkLengths(x.length, windowLength, hopLength);
  const frames = Math.floor((x.length - windowLength) / hopLength) + 1;
  const bins = Math.floor(windowLength / 2) + 1;
  const window = hannWindow(windowLength, periodic);
  const transform = fourierTransform(windowLength);
  const scale = scaleOfBins(window, bins, quantity);
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

function checkLengths(samples: number, windowLength: number, hopLength: number): void {
  if (!Number.isInteger(windowLength) || windowLength < 2) {
    throw new RangeError(
      `Cannot make a spectrogram: windowLength is ${windowLength}, expected 2 or more`,
    );
  }
  if (!Number.isInteger(hopLength) || hopLength < 1) {
    throw new RangeError(
      `Cannot make a spectrogram: hopLength is ${hopLength}, expected 1 or more`,
    );
  }
  if (samples < windowLength) {
    throw new RangeError(
      `Cannot make a spectrogram: ${samples} samples came, expected at least ${windowLength}`,
    );
  }
}

function scaleOfBins(
  window: Float64Array,
  bins: number,
  quantity: SpectrogramOptions["quantity"],
): Float64Array {
  const scale = new Float64Array(bins).fill(1);
  if (quantity !== "density") return scale;
  scale.fill(1 / window.reduce((sum, weight) => sum + weight ** 2, 0));
  // One-sided: each bin stands for its mirror image too, but for those that have none.
  scale[0] /= 2;
  if (window.length % 2 === 0) scale[bins - 1] /= 2;
  return scale;
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
