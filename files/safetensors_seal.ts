/**
 * The seal of a safetensors file that this toolkit wrote: two notes in its metadata, the SHA-256 of the
 * tensors' bytes and a checksum of the header itself, so that a file that was damaged since is refused
 * instead of believed. Other programs see two more notes.
 *
 * @module
 */
import { quoted } from "./claims.ts";
import { crc32 } from "./crc32.ts";
import { InputError } from "./input_error.ts";
import { PREFIX } from "./safetensors_types.ts";

const TENSORS = "cetus.sha256";
const HEADER = "cetus.crc32";
const NO_CHECKSUM = "0".repeat(8);

/** The notes of a seal; before the tensors are written, digits hold the place of their hash. */
export function sealNotes(sha256 = "0".repeat(64)): Record<string, string> {
  return { [TENSORS]: sha256, [HEADER]: NO_CHECKSUM };
}

/** Puts the checksum of a header with {@linkcode sealNotes} into it. */
export function sealHeader(bytes: Uint8Array<ArrayBuffer>): void {
  const text = new TextDecoder().decode(bytes.subarray(PREFIX));
  const digits = checksumOf(text);
  // Our own note is the first text like this: quotes in names and notes before it are escaped.
  const at = text.indexOf(headerNote(NO_CHECKSUM));
  const ahead = new TextEncoder().encode(text.slice(0, at) + headerNote("")).length - 1;
  bytes.set(new TextEncoder().encode(digits), PREFIX + ahead);
}

/**
 * Takes the seal out of a file's notes and checks the header against it.
 *
 * @param text of the header
 * @returns the hash that the tensors must have, and the other notes; no hash in a file without seal
 * @throws {InputError} where the header is not the one that was written
 */
export function takeSeal(
  attempt: string,
  text: string,
  notes: Record<string, string>,
): { readonly sha256?: string; readonly others: Record<string, string> } {
  const { [TENSORS]: sha256, [HEADER]: checksum, ...others } = notes;
  if (sha256 === undefined && checksum === undefined) return { others };
  if (sha256 === undefined || checksum === undefined) {
    const lacking = quoted(sha256 === undefined ? TENSORS : HEADER);
    throw new InputError(attempt, `its seal lacks ${lacking}: ${DAMAGED}`);
  }
  const unsealed = text.replace(headerNote(checksum), headerNote(NO_CHECKSUM));
  if (checksumOf(unsealed) === checksum) return { sha256, others };
  throw new InputError(attempt, `its header is not the one that was written: ${DAMAGED}`);
}

/** @throws {InputError} where the tensors' bytes are not those that the seal was made for */
export function checkTensors(attempt: string, expected: string, sha256: string): void {
  if (sha256 === expected) return;
  throw new InputError(
    attempt,
    `its tensors are not those that were written, their SHA-256 is ${sha256.slice(0, 12)}…, ` +
      `expected ${expected.slice(0, 12)}…: ${DAMAGED}`,
  );
}

const DAMAGED = "the file was damaged, or changed by a program that kept its old seal";

function headerNote(checksum: string): string {
  return `"${HEADER}":"${checksum}"`;
}

function checksumOf(text: string): string {
  return crc32(new TextEncoder().encode(text)).toString(16).padStart(8, "0");
}
