/**
 * How long a recording is, by its header alone.
 *
 * @module
 */
import { InputError } from "../files/input_error.ts";
import { readAiffHeader } from "./aiff_header.ts";
import type { Fail } from "./chunks.ts";
import { findMp3Frames } from "./mp3_frames.ts";
import type { SoundHeader } from "./sound_header.ts";
import { refuseKind, soundKind } from "./sound_kind.ts";
import { readWavHeader } from "./wav_header.ts";

/** What is known of a recording before it is decoded. */
export interface SoundLength {
  /** Frames a second, in Hz, as the file says. */
  readonly rate: number;
  /** Number of channels. */
  readonly channels: number;
  /**
   * Samples a channel: of WAV and AIFF what decoding gives, of MP3 at most the silence more that an
   * encoder adds at both ends.
   */
  readonly samples: number;
  /** `samples / rate` */
  readonly seconds: number;
}

/**
 * The length of an AIFF, MP3 or WAV file by its headers: nothing is decoded, and what is allocated does
 * not grow with the file. For limits that hold before hours of sound are decoded.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, of another kind, or with a header that cannot be read
 *
 * @example
 * ```ts
 * import { soundLength } from "./sound_length.ts";
 * import { encodeWav } from "./wav.ts";
 *
 * const wav = encodeWav({ rate: 8000, channels: [new Float64Array(4000)] });
 * const { seconds, channels } = soundLength(wav, "call.wav");
 * if (seconds !== 0.5 || channels !== 1) throw new Error("half a second in mono");
 * ```
 */
export function soundLength(bytes: Uint8Array, name = "recording"): SoundLength {
  const fail: Fail = (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  const kind = soundKind(bytes);
  if (kind === "wav") return lengthOf(readWavHeader(bytes, fail));
  if (kind === "aiff") return lengthOf(readAiffHeader(bytes, fail));
  if (kind !== "mp3") return refuseKind(bytes, "AIFF, MP3 or WAV", fail);
  const { rate, channels, frames, frameSamples } = findMp3Frames(bytes, fail);
  return { rate, channels, samples: frames * frameSamples, seconds: frames * frameSamples / rate };
}

function lengthOf({ rate, layout: { channels, frames } }: SoundHeader): SoundLength {
  return { rate, channels, samples: frames, seconds: frames / rate };
}
