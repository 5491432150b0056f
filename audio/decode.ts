/**
 * Decoding by what a file is, not by its name.
 *
 * @module
 */
import { InputError } from "../files/input_error.ts";
import { parseAiff } from "./aiff.ts";
import { parseMp3 } from "./mp3.ts";
import type { DecodedRecording, DecodeOptions } from "./recording.ts";
import { refuseKind, soundKind } from "./sound_kind.ts";
import { parseWav } from "./wav.ts";

/**
 * Reads a recording, AIFF, AIFC or WAV, told apart by their first bytes. The samples come at the
 * file's own rate; see {@linkcode parseAiff} and {@linkcode parseWav} for what is read.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, of another kind, or malformed
 *
 * @example
 * ```ts
 * import { encodeAiff } from "./aiff.ts";
 * import { decodeAudio } from "./decode.ts";
 *
 * const { rate, channels } = decodeAudio(encodeAiff(Int16Array.of(0, 16384), 2000), "call.aiff");
 * if (rate !== 2000 || channels[0][1] !== 0.5) throw new Error("half of full scale");
 * ```
 */
export function decodeAudio(
  bytes: Uint8Array,
  name = "recording",
  options: DecodeOptions = {},
): DecodedRecording {
  return decode(bytes, name, options, "AIFF or WAV");
}

/**
 * As {@linkcode decodeAudio}, and MP3 too; see {@linkcode parseMp3}, whose decoder is loaded when the
 * first MP3 comes.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, of another kind, or malformed
 *
 * @example
 * ```ts
 * import { decodeRecording } from "./decode.ts";
 * import { encodeWav } from "./wav.ts";
 *
 * const wav = encodeWav({ rate: 22_050, channels: [Float64Array.of(0, 0.5)] });
 * const { rate, channels } = await decodeRecording(wav, "song.mp3");
 * if (rate !== 22_050 || channels[0][1] !== 0.5) throw new Error("it is WAV, whatever its name");
 * ```
 */
export async function decodeRecording(
  bytes: Uint8Array,
  name = "recording",
  options: DecodeOptions = {},
): Promise<DecodedRecording> {
  if (soundKind(bytes) === "mp3") return await parseMp3(bytes, name, options);
  return decode(bytes, name, options, "AIFF, MP3 or WAV");
}

function decode(
  bytes: Uint8Array,
  name: string,
  options: DecodeOptions,
  expected: string,
): DecodedRecording {
  const kind = soundKind(bytes);
  if (kind === "aiff") return parseAiff(bytes, name, options);
  if (kind === "wav") return parseWav(bytes, name, options);
  return refuseKind(bytes, expected, (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  });
}
