/**
 * From the samples of a clip to what spectrograms are made of: half the rate, one level.
 *
 * @module
 */
import { decimate } from "../../audio/filters.ts";
import { normaliseVolume } from "../../audio/volume.ts";

/** A clip at 1 kHz. */
export interface PreparedClip {
  /** Mean 0 and deviation 1, `[2000]`. */
  readonly samples: Float64Array<ArrayBuffer>;
  /** Standard deviation before that, in the unit of the samples. */
  readonly level: number;
  /** Whether there was nothing in it. */
  readonly silent: boolean;
}

/**
 * Low-pass filters a clip, drops every second sample and brings it to one level.
 *
 * @param samples `[4000]` at 2 kHz, in any unit
 * @param zeroPhase whether it is filtered both ways; the 2013 system filtered forward only
 */
export function prepareClip(samples: ArrayLike<number>, zeroPhase = false): PreparedClip {
  const slow = decimate(samples, 2, { zeroPhase });
  const { samples: even, silent } = normaliseVolume(slow);
  return { samples: even, level: deviation(slow), silent };
}

function deviation(x: Float64Array): number {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
}
