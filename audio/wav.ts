/**
 * WAV, whole numbers and floats. Files are written through the package wavefile.
 *
 * Format: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications" 1.0 (1991).
 *
 * @module
 */
import { wavefile } from "../deps_wavefile.ts";
import { InputError } from "../files/input_error.ts";
import type { Fail } from "./chunks.ts";
import { decodePcm } from "./pcm.ts";
import {
  commonLength,
  type DecodedRecording,
  type DecodeOptions,
  quantise,
  type Recording,
} from "./recording.ts";
import { readWavHeader } from "./wav_header.ts";

/**
 * Reads a WAV file (RIFF, RIFX, RF64 or BW64): whole numbers of 1 to 32 bits, floats of 32 or 64 bits,
 * plain or "extensible", any number of channels. Floats are returned as they are, also beyond full
 * scale. Sizes that the writer did not know mean "to the end"; a file that was cut off gives the
 * samples that are there, and a warning; bytes after the RIFF are left out.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, longer than `maxSeconds`, no samples, bits that do not fit the size of a frame,
 * another encoding (A-law, ADPCM, MP3 …), a sample that is not a finite number
 *
 * @example
 * ```ts
 * import { encodeWav, parseWav } from "./wav.ts";
 *
 * const wav = encodeWav({ rate: 8000, channels: [Float64Array.of(0, 0.5, -1)] });
 * const { rate, channels } = parseWav(wav);
 * if (rate !== 8000 || channels[0].join() !== "0,0.5,-1") throw new Error(channels[0].join());
 * ```
 */
export function parseWav(
  bytes: Uint8Array,
  name = "wav",
  options: DecodeOptions = {},
): DecodedRecording {
  const fail: Fail = (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  return decodePcm(bytes, readWavHeader(bytes, fail), options, fail);
}

/** Samples as {@linkcode encodeWav} stores them: whole numbers of so many bits, or floats. */
export type WavDepth = "8" | "16" | "24" | "32" | "32f" | "64";

/**
 * Writes a WAV file. Whole numbers are rounded to the nearest step and clipped at full scale; floats
 * keep what lies beyond it.
 *
 * @param recording channels of one length, full scale -1 to 1, and a whole rate in Hz
 * @param depth bits of a sample, `32f` and `64` for floats; 16 by default
 * @throws {RangeError} when there are no samples, the channels differ in length, a sample is not
 * finite, or the rate is no whole number from 1 on
 */
export function encodeWav(
  { rate, channels }: Recording,
  depth: WavDepth = "16",
): Uint8Array<ArrayBuffer> {
  const frames = commonLength(channels, "write WAV");
  if (frames === 0) {
    throw new RangeError("Cannot write WAV: channels is empty, expected at least one sample");
  }
  if (!Number.isInteger(rate) || rate < 1) {
    throw new RangeError(`Cannot write WAV: the rate is ${rate} Hz, expected a whole number`);
  }
  const isFloat = depth === "32f" || depth === "64";
  const middle = depth === "8" ? 128 : 0;
  const stored = new Float64Array(frames * channels.length);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, frame) => {
      const whole = quantise(sample, parseInt(depth), "write WAV", frame) + middle;
      stored[frame * channels.length + channel] = isFloat ? sample : whole;
    });
  });
  const wav = new wavefile.WaveFile();
  wav.fromScratch(channels.length, rate, depth, stored);
  return Uint8Array.from(wav.toBuffer());
}
