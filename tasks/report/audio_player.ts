/**
 * Sounds that a notebook plays, and that a page holds without a second file.
 *
 * @module
 */
import { whole } from "../../gpu/check.ts";
import { resample } from "../../audio/resample.ts";
import { encodeWav } from "../../audio/wav.ts";
import { DISPLAY, type MediaBundle } from "../../gpu/display.ts";
import { base64 } from "./plot/picture.ts";
import { escapeText } from "./plot/svg.ts";

/** Samples a second that every browser plays, in Hz; some refuse fewer than 3000. */
const LEAST_RATE = 8000;

/** The loudest sample, as part of full scale. */
const PEAK = 0.9;

/** What is played. */
export interface AudioPlayerOptions {
  /** Samples a second, in Hz, a whole number. */
  readonly rate: number;
  /** How many times as fast it is played; 2 is an octave higher. Default 1. */
  readonly speed?: number;
  /** What can be heard, in words. Default: how long it is. */
  readonly alt?: string;
}

/** A sound: the bytes of a WAV file. */
export class AudioPlayer {
  /**
   * Takes a file as it is.
   *
   * @param bytes the WAV file
   * @param alt what can be heard, in words
   */
  constructor(
    /** The WAV file. */
    readonly bytes: Uint8Array,
    /** What can be heard, in words. */
    readonly alt: string,
  ) {}

  /** What Jupyter shows: a player. */
  [DISPLAY](): MediaBundle {
    const address = `data:audio/wav;base64,${base64(this.bytes)}`;
    return {
      "text/html": `<audio controls aria-label="${escapeText(this.alt)}" src="${address}"></audio>`,
      "text/plain": this.alt,
    };
  }
}

/**
 * Makes a sound that can be played, as loud as it goes without clipping. Slow recordings are
 * resampled to 8 kHz.
 *
 * @param samples in any unit, `[n]`
 * @throws {RangeError} for no samples, one that is not finite, or a rate or speed that is no number
 * above 0
 *
 * @example
 * ```ts
 * import { audioPlayer } from "./audio_player.ts";
 *
 * const tone = Float64Array.from({ length: 4000 }, (_, i) => Math.sin(i / 3));
 * const { alt } = audioPlayer(tone, { rate: 2000, speed: 2 });
 * if (alt !== "1.0 s of sound") throw new Error(alt);
 * ```
 */
export function audioPlayer(
  samples: ArrayLike<number>,
  { rate, speed = 1, alt }: AudioPlayerOptions,
): AudioPlayer {
  const played = Math.round(rate * speed);
  whole("Cannot play sound", { "rate times speed": played }, 1);
  const even = resample(Float64Array.from(samples), played, Math.max(played, LEAST_RATE));
  const most = even.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0) || 1;
  const bytes = encodeWav({
    rate: Math.max(played, LEAST_RATE),
    channels: [even.map((sample) => PEAK * sample / most)],
  });
  const seconds = samples.length / played;
  return new AudioPlayer(bytes, alt ?? `${seconds.toFixed(1)} s of sound`);
}
