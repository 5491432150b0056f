/**
 * What a file of sound is, by its first bytes.
 *
 * @module
 */
import { quoted } from "../files/claims.ts";
import type { Fail } from "./chunks.ts";
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
  return isMp3(bytes) ? "mp3" : undefined;
}

/** What users hand in by mistake, named where its first bytes tell. */
const OTHERS: Readonly<Record<string, string>> = {
  fLaC: "FLAC",
  OggS: "Ogg",
  "PK\x03\x04": "a zip file",
};

/** Refuses a file by what it is. */
export function refuseKind(bytes: Uint8Array, expected: string, fail: Fail): never {
  if (bytes.length === 0) return fail(`the file is empty, expected ${expected}`);
  const id = firstLetters(bytes);
  const other = Object.hasOwn(OTHERS, id) ? OTHERS[id] : isMp3(bytes) ? "MP3" : undefined;
  return fail(`it is ${other ?? `a file that begins with ${quoted(id)}`}, expected ${expected}`);
}

function firstLetters(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}
