/**
 * Decoding by what a file is, not by its name.
 *
 * @module
 */
import { quoted } from "../files/claims.ts";
import { InputError } from "../files/input_error.ts";
import { parseAiff } from "./aiff.ts";
import { type Mp3Options, parseMp3 } from "./mp3.ts";
import { isMp3 } from "./mp3_frames.ts";
import type { Recording } from "./recording.ts";
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
export function decodeAudio(bytes: Uint8Array, name = "recording"): Recording {
  return decode(bytes, name, "AIFF or WAV");
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
  options: Mp3Options = {},
): Promise<Recording> {
  if (isMp3(bytes)) return await parseMp3(bytes, name, options);
  return decode(bytes, name, "AIFF, MP3 or WAV");
}

function decode(bytes: Uint8Array, name: string, expected: string): Recording {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start === "FORM") return parseAiff(bytes, name);
  if (start === "RIFF" || start === "RIFX") return parseWav(bytes, name);
  const found = bytes.length === 0 ? "the file is empty" : `it is ${kindOf(bytes, start)}`;
  throw new InputError(`Cannot read ${name}`, `${found}, expected ${expected}`);
}

/** What users hand in by mistake, named where its first bytes tell. */
const KINDS: Readonly<Record<string, string>> = {
  fLaC: "FLAC",
  OggS: "Ogg",
  RF64: "RF64, a WAV file beyond 4 GiB",
  "PK\x03\x04": "a zip file",
};

function kindOf(bytes: Uint8Array, start: string): string {
  if (Object.hasOwn(KINDS, start)) return KINDS[start];
  if (isMp3(bytes)) return "MP3";
  return `a file that begins with ${quoted(start)}`;
}
