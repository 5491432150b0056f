/**
 * A clip of the whale challenge, two seconds from one hydrophone: from an audio file to samples, and
 * from those to what spectrograms are made of.
 *
 * @module
 */
import { whole } from "../../gpu/check.ts";
import { decodeAudio } from "../../audio/decode.ts";
import { decimate } from "../../audio/filters.ts";
import { normaliseVolume } from "../../audio/volume.ts";
import { InputError } from "../../files/input_error.ts";
import type { Warn } from "../../files/warn.ts";

/** Samples a second of every clip, in Hz. */
export const CLIP_RATE = 2000;

/** Samples of a clip: 2 seconds. */
export const CLIP_SAMPLES = 4000;

/** Lengths that are a clip of the "Redux" challenge, whose first release was cut unevenly. */
const SHORTEST = 3000;
const LONGEST = 6000;

/**
 * Decodes a clip. Several channels are averaged. A clip of 3,000 to 6,000 samples is brought to
 * 4,000 by {@linkcode fitLength}, so that its length, which once gave labels away, is not seen later.
 *
 * @param bytes The file, AIFF or WAV
 * @param name Its name in messages
 * @param warn Told what of the file was cut off or passed over. Default nobody
 * @returns Samples, `[4000]` at 2000 Hz, full scale -1 to 1
 * @throws {InputError} naming the file: not AIFF or WAV, malformed, another rate or length
 */
export function decodeClip(
  bytes: Uint8Array,
  name: string,
  warn?: Warn,
): Float64Array<ArrayBuffer> {
  const { rate, channels: [samples], warnings } = decodeAudio(bytes, name, { mono: true });
  if (rate !== CLIP_RATE) {
    throw new InputError(`Cannot use ${name}`, `its rate is ${rate} Hz, expected ${CLIP_RATE} Hz`);
  }
  if (samples.length < SHORTEST || samples.length > LONGEST) {
    const reason = `it has ${samples.length} samples, expected ${SHORTEST} to ${LONGEST}`;
    throw new InputError(`Cannot use ${name}`, [reason, ...warnings].join("; "));
  }
  warn?.(name, warnings);
  return fitLength(samples, CLIP_SAMPLES);
}

/**
 * The middle of what is too long; what is too short is continued by its mirror image on both sides,
 * the odd sample at the end (`numpy.pad(mode="symmetric")`).
 *
 * @param samples `[n]`, at least a third of `length`
 * @param length Number of samples wanted
 * @throws {RangeError} for fewer samples
 *
 * @example
 * ```ts
 * import { fitLength } from "./clip.ts";
 *
 * if (fitLength(Float64Array.of(1, 2, 3), 6).join() !== "1,1,2,3,3,2") throw new Error("wrong");
 * if (fitLength(Float64Array.of(1, 2, 3, 4), 2).join() !== "2,3") throw new Error("wrong");
 * ```
 */
export function fitLength(
  samples: Float64Array<ArrayBuffer>,
  length: number,
): Float64Array<ArrayBuffer> {
  const n = samples.length;
  whole(`Cannot bring samples to ${length}`, { "number of samples": n }, Math.ceil(length / 3));
  const before = Math.floor((length - n) / 2); // negative: this many are cut off
  if (n >= length) {
    const start = Math.floor((n - length) / 2);
    return samples.slice(start, start + length);
  }
  return Float64Array.from({ length }, (_, i) => {
    const at = i - before;
    return samples[at < 0 ? -1 - at : at < n ? at : 2 * n - 1 - at];
  });
}

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
