/**
 * What a file of sound is, by its first bytes.
 *
 * @module
 */
import { quoted } from "../files/claims.ts";
import type { Fail } from "./chunks.ts";
import { CONVERT } from "./codecs.ts";
import { isMp3 } from "./mp3_frames.ts";
import { WAV_IDS } from "./wav_header.ts";

/** Kinds that are read. */
export type SoundKind = "aiff" | "mp3" | "wav";

/** How the names of files of each kind end, small letters; what a file is, is told by its content. */
export const SOUND_ENDINGS: Readonly<Record<SoundKind, readonly string[]>> = {
  wav: ["wav", "wave", "bwf", "rf64", "bw64"],
  aiff: ["aiff", "aif", "aifc"],
  mp3: ["mp3"],
};

/** The kind of a file; nothing where it is none that is read. */
export function soundKind(bytes: Uint8Array): SoundKind | undefined {
  const id = firstLetters(bytes);
  if (id === "FORM") return "aiff";
  if (WAV_IDS.includes(id)) return "wav";
  // Other containers may hold frames of MP3.
  return otherSound(bytes) === undefined && isMp3(bytes) ? "mp3" : undefined;
}

/** Sound that is not read, by its first four bytes. */
const OTHER_SOUNDS: Readonly<Record<string, string>> = {
  fLaC: "FLAC",
  OggS: "Ogg",
  caff: "Core Audio (CAF)",
  ".snd": "Sun audio (AU)",
  riff: "Wave64",
  wvpk: "WavPack",
  "MAC ": "Monkey's Audio",
  "#!AM": "AMR",
  "\x30\x26\xb2\x75": "Windows Media",
  "\x1aE\xdf\xa3": "Matroska or WebM",
};

/** Refuses a file by what it is. */
export function refuseKind(bytes: Uint8Array, expected: string, fail: Fail): never {
  if (bytes.length === 0) return fail(`the file is empty, expected ${expected}`);
  const sound = otherSound(bytes) ?? (isMp3(bytes) ? "MP3" : undefined);
  if (sound !== undefined) return fail(`it is ${sound}, expected ${expected}; ${CONVERT}`);
  const id = firstLetters(bytes);
  const what = id === "PK\x03\x04" ? "a zip file" : `a file that begins with ${quoted(id)}`;
  return fail(`it is ${what}, expected ${expected}`);
}

/** What of other sound a file is. */
function otherSound(bytes: Uint8Array): string | undefined {
  const id = firstLetters(bytes);
  if (Object.hasOwn(OTHER_SOUNDS, id)) return OTHER_SOUNDS[id];
  if (firstLetters(bytes.subarray(4)) === "ftyp") return "MPEG-4 (M4A)";
  // The header of a frame as that of MP3, but of layer 0.
  return bytes[0] === 0xff && (bytes[1] & 0xf6) === 0xf0 ? "AAC" : undefined;
}

function firstLetters(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}
