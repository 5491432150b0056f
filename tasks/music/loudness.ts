/**
 * One loudness for all clips, so that how loud a song was mastered tells nothing.
 *
 * @module
 */

/** Root mean square of a levelled clip: -20 dB below full scale (RMS 1). */
export const LEVEL = 0.1;

/** A step of 16 bits: less is what rounding and dither leave of nothing. */
const STEP = 2 ** -15;

/**
 * Whether nothing can be heard in samples: their deviation from their mean is less than a step of 16
 * bits (-90 dB below full scale), so that all of it is rounding, dither or a constant.
 *
 * @param samples full scale -1 to 1, as they were recorded
 */
export function isSilent(samples: ArrayLike<number>): boolean {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < samples.length; i++) sum += samples[i];
  const mean = sum / samples.length;
  for (let i = 0; i < samples.length; i++) squares += (samples[i] - mean) ** 2;
  return squares < STEP ** 2 * samples.length || samples.length === 0;
}

/**
 * A clip brought to a root mean square; silence stays silence.
 *
 * @param samples One channel, full scale -1 to 1
 * @param rms Root mean square wanted. Default {@linkcode LEVEL}
 *
 * @example
 * ```ts
 * import { levelled } from "./loudness.ts";
 *
 * if (levelled([0.5, -0.5], 0.25).join() !== "0.25,-0.25") throw new Error("halved");
 * ```
 */
export function levelled(samples: ArrayLike<number>, rms = LEVEL): Float32Array<ArrayBuffer> {
  let squares = 0;
  for (let i = 0; i < samples.length; i++) squares += samples[i] * samples[i];
  const gain = gainTo(rms, squares, samples.length);
  const even = new Float32Array(samples.length);
  for (let i = 0; i < even.length; i++) even[i] = samples[i] * gain;
  return even;
}

/** What brings samples to a root mean square, by the sum of their squares; 0 for silence. */
export function gainTo(rms: number, squares: number, samples: number): number {
  const own = Math.sqrt(squares / Math.max(1, samples));
  return own > 0 ? rms / own : 0;
}
