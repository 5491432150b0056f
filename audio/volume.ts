/**
 * Bringing recordings to one level.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";

/** Below this standard deviation a recording counts as silent; full scale is 1. */
const SILENCE = 1e-8;

/** What {@linkcode normaliseVolume} returns. */
export interface NormalisedVolume {
  /** `[samples]`: mean 0 and, unless silent, standard deviation 1. */
  readonly samples: Float64Array<ArrayBuffer>;
  /** The recording was constant but for rounding; dividing by its deviation would blow that up. */
  readonly silent: boolean;
}

/**
 * Takes the mean away and divides by the standard deviation (of the population), but never by less
 * than 1e-8.
 *
 * @param x `[samples]`
 * @throws {RangeError} when there are no samples
 *
 * @example
 * ```ts
 * import { normaliseVolume } from "./volume.ts";
 *
 * const { samples, silent } = normaliseVolume([1, 3, 1, 3]);
 * if (silent || samples.join() !== "-1,1,-1,1") throw new Error(samples.join());
 * ```
 */
export function normaliseVolume(x: ArrayLike<number>): NormalisedVolume {
  whole("Cannot normalise the volume", { "the number of samples": x.length }, 1);
  const samples = Float64Array.from(x);
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  let squares = 0;
  for (let i = 0; i < samples.length; i++) {
    samples[i] -= mean;
    squares += samples[i] ** 2;
  }
  const deviation = Math.sqrt(squares / samples.length);
  const divisor = Math.max(deviation, SILENCE);
  for (let i = 0; i < samples.length; i++) samples[i] /= divisor;
  return { samples, silent: deviation < SILENCE };
}
