/**
 * White noise from a key.
 *
 * @module
 */
import { type Key, threefry } from "../../../gpu/random.ts";

/** Brings a sum of two numbers of 16 bits to mean 0 and deviation 1. */
const MEAN = 0xFFFF;
const DEVIATION = 0x10000 / Math.sqrt(6);

/**
 * Noise of mean 0 and deviation 1, each sample the sum of two uniform numbers of 16 bits: a draw of
 * 64 bits makes two samples, where normal ones would take four times as long.
 */
export function whiteNoise(stream: Key, length: number): Float64Array<ArrayBuffer> {
  const noise = new Float64Array(length);
  for (let i = 0; i < length; i += 2) {
    const [a, b] = threefry(stream, i >>> 1, 0);
    noise[i] = ((a >>> 16) + (a & 0xFFFF) - MEAN) / DEVIATION;
    if (i + 1 < length) noise[i + 1] = ((b >>> 16) + (b & 0xFFFF) - MEAN) / DEVIATION;
  }
  return noise;
}
