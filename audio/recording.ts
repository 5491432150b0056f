/**
 * What every decoder returns: samples at the file's own rate.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";

/** A decoded recording. */
export interface Recording {
  /** Frames a second, in Hz, as the file says; nothing is resampled on the way. */
  readonly rate: number;
  /** One array a channel, equally long, at least one sample each; full scale is -1 to 1. */
  readonly channels: readonly Float64Array<ArrayBuffer>[];
}

/** What a reader of files gives. */
export interface DecodedRecording extends Recording {
  /**
   * What was cut off, skipped or left out, a sentence each without the file's name; empty where all is
   * well.
   */
  readonly warnings: readonly string[];
}

/** How a recording is decoded. */
export interface DecodeOptions {
  /**
   * The longest recording that is read, in seconds; a longer one is refused by its headers, before it is
   * decoded. Default for MP3, which holds hours in little, 7200: two hours. AIFF and WAV have no limit.
   */
  readonly maxSeconds?: number;
  /**
   * Whether the channels become one as they are read, what {@linkcode mixToMono} would make of them: that
   * takes the memory of one. Default false.
   */
  readonly mono?: boolean;
}

/**
 * The mean of all channels.
 *
 * @returns `[samples]`, a copy even where there is one channel
 * @throws {RangeError} when there is no channel, or the lengths differ
 *
 * @example
 * ```ts
 * import { mixToMono } from "./recording.ts";
 *
 * const [left, right] = [Float64Array.of(1, 0), Float64Array.of(0, -0.5)];
 * const mono = mixToMono({ rate: 8000, channels: [left, right] });
 * if (mono.join() !== "0.5,-0.25") throw new Error(mono.join());
 * ```
 */
export function mixToMono({ channels }: Recording): Float64Array<ArrayBuffer> {
  const length = commonLength(channels, "mix channels");
  const mono = new Float64Array(length);
  for (const channel of channels) {
    for (let i = 0; i < length; i++) mono[i] += channel[i];
  }
  for (let i = 0; i < length; i++) mono[i] /= channels.length;
  return mono;
}

/** The length that all channels have. Not exported by mod.ts. */
export function commonLength(channels: readonly Float64Array[], attempt: string): number {
  whole(`Cannot ${attempt}`, { "the number of channels": channels.length }, 1);
  const { length } = channels[0];
  const odd = channels.findIndex((channel) => channel.length !== length);
  if (odd < 0) return length;
  throw new RangeError(
    `Cannot ${attempt}: channel ${odd} has ${
      channels[odd].length
    } samples, channel 0 has ${length}`,
  );
}

/**
 * A sample as a whole number of `bits`: full scale 1 is 2^(bits-1) steps, rounded to nearest and
 * clipped. Not exported by mod.ts.
 */
export function quantise(sample: number, bits: number, attempt: string, at: number): number {
  if (!Number.isFinite(sample)) {
    throw new RangeError(`Cannot ${attempt}: sample ${at} is ${sample}, expected a finite number`);
  }
  const steps = 2 ** (bits - 1);
  return Math.max(-steps, Math.min(steps - 1, Math.round(sample * steps)));
}
