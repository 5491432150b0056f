/**
 * The chunks that AIFF and WAV are made of: four letters, a size, content, padded to an even size.
 * All of them lie in one outer chunk, whose content begins with four letters more.
 *
 * @module
 */
import { quoted } from "../files/claims.ts";

/** Identifier, size and kind of the outer chunk. */
export const CONTAINER_HEADER_BYTES = 12;
/** Identifier and size of a chunk. */
export const CHUNK_HEADER_BYTES = 8;

/** Throws the error of the file that is being read. */
export type Fail = (reason: string) => never;

/** Where the content of a chunk lies. */
export interface Chunk {
  /** First byte of the content. */
  readonly start: number;
  /** Bytes of the content; all of them lie inside the file. */
  readonly bytes: number;
}

/** What the first 12 bytes may say. */
export interface ContainerOptions {
  /** Identifiers of the outer chunk that are read. */
  readonly ids: readonly string[];
  /** Its kinds that are read. */
  readonly kinds: readonly string[];
}

/** Checks the first 12 bytes. */
export function checkContainer(view: DataView, { ids, kinds }: ContainerOptions, fail: Fail): void {
  if (view.byteLength === 0) fail("the file is empty");
  if (view.byteLength < CONTAINER_HEADER_BYTES) {
    fail(`it has ${view.byteLength} bytes, the header alone takes ${CONTAINER_HEADER_BYTES}`);
  }
  const [id, kind] = [letters(view, 0), letters(view, 8)];
  if (ids.includes(id) && kinds.includes(kind)) return;
  const either = (names: readonly string[]) => names.map(quoted).join(" or ");
  fail(
    `it begins with ${quoted(id)} and ${quoted(kind)}, expected ${either(ids)} and ${
      either(kinds)
    }`,
  );
}

/**
 * Finds the chunks by name. What lies behind the outer chunk is ignored; of a name that is not
 * among `wanted` there may be several.
 *
 * @param view the whole file
 * @param little whether sizes are little-endian
 * @param wanted names that may come once only
 */
export function findChunks(
  view: DataView,
  little: boolean,
  wanted: readonly string[],
  fail: Fail,
): Map<string, Chunk> {
  const found = new Map<string, Chunk>();
  const end = CHUNK_HEADER_BYTES + view.getUint32(4, little);
  if (end > view.byteLength) {
    fail(`it is truncated: the header says ${end} bytes, the file has ${view.byteLength}`);
  }
  let at = CONTAINER_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= end) {
    const [id, bytes] = [letters(view, at), view.getUint32(at + 4, little)];
    const start = at + CHUNK_HEADER_BYTES;
    if (start + bytes > end) {
      fail(`chunk ${quoted(id)} should have ${bytes} bytes, the file has ${end - start} for it`);
    }
    if (wanted.includes(id) && found.has(id)) fail(`it has two chunks ${quoted(id)}`);
    found.set(id, { start, bytes });
    at = start + bytes + bytes % 2; // an odd chunk is followed by a byte of padding
  }
  return found;
}

/** Four bytes as text. */
export function letters(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}

/** Writes text of one byte a character. */
export function setLetters(view: DataView, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
}
