/**
 * Decoding by what a file is, not by its name.
 *
 * @module
 */
import { FormatError, quoted } from "../gpu/format_error.ts";
import { parseAiff } from "./aiff.ts";
import type { Recording } from "./recording.ts";
import { parseWav } from "./wav.ts";

/**
 * Reads a recording, AIFF, AIFC or WAV, told apart by their first bytes. The samples come at the
 * file's own rate; see {@linkcode parseAiff} and {@linkcode parseWav} for what is read.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {FormatError} naming the file: empty, of another kind, or malformed
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
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start === "FORM") return parseAiff(bytes, name);
  if (start === "RIFF" || start === "RIFX") return parseWav(bytes, name);
  const came = bytes.length === 0 ? "the file is empty" : `it is ${kindOf(bytes, start)}`;
  throw new FormatError(`Cannot read ${name}`, `${came}, expected AIFF or WAV`);
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
  const isMpegFrame = bytes[0] === 0xff && (bytes[1] & 0xe6) === 0xe2; // layer 3, any version
  if (start.startsWith("ID3") || isMpegFrame) return "MP3";
  return `a file that begins with ${quoted(start)}`;
}
