/**
 * Frames of a spectrogram: how many there are, the window that each is multiplied by, and the scale
 * of each bin.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";

const ATTEMPT = "Cannot make a spectrogram";

/** How samples become a spectrogram. */
export interface SpectrogramOptions {
  /** Samples in a frame, 3 or more, or 2 where `periodic`: 128 are 128 ms at 1000 Hz. */
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

/** Throws unless both lengths make sense. */
export function checkLengths({ windowLength, hopLength, periodic }: SpectrogramOptions): void {
  // A symmetric window of two samples is zero.
  whole(ATTEMPT, { windowLength }, periodic ? 2 : 3);
  whole(ATTEMPT, { hopLength }, 1);
}

/**
 * How many whole frames the samples hold.
 *
 * @throws {RangeError} when they do not fill one
 */
export function frameCount(
  samples: number,
  { windowLength, hopLength }: Pick<SpectrogramOptions, "windowLength" | "hopLength">,
): number {
  whole(ATTEMPT, { "the number of samples": samples }, windowLength);
  return Math.floor((samples - windowLength) / hopLength) + 1;
}

/** Bins from 0 Hz to half the rate. */
export function binCount(windowLength: number): number {
  return Math.floor(windowLength / 2) + 1;
}

/** What multiplies |X|^2, or |X|, in each bin: `[bins]`. */
export function scaleOfBins(
  window: Float64Array,
  quantity: SpectrogramOptions["quantity"],
): Float64Array<ArrayBuffer> {
  const bins = binCount(window.length);
  const scale = new Float64Array(bins).fill(1);
  if (quantity === "power" || quantity === "magnitude") return scale;
  scale.fill(1 / window.reduce((sum, weight) => sum + weight ** 2, 0));
  // One-sided: each bin stands for its mirror image too, but for those that have none.
  scale[0] /= 2;
  if (window.length % 2 === 0) scale[bins - 1] /= 2;
  return scale;
}
