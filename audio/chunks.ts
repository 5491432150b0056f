/**
 * The chunks that AIFF and WAV are made of: four letters, a size, content, padded to an even size.
 * All of them lie in one outer chunk, whose content begins with four letters more.
 *
 * Sizes are bounded by the file. A writer that cannot go back (a pipe, a recorder whose power failed)
 * leaves 0 or 2^32 - 1 in them, which mean "to the end"; and the outer size is believed only where it
 * says that something is missing.
 *
 * @module
 */
import { quoted } from "../files/claims.ts";

/** Identifier, size and kind of the outer chunk. */
export const CONTAINER_HEADER_BYTES = 12;
/** Identifier and size of a chunk. */
export const CHUNK_HEADER_BYTES = 8;
/** A size that its writer did not know. */
const UNKNOWN = 0xffff_ffff;

/** Throws the error of the file that is being read. */
export type Fail = (reason: string) => never;

/** Where the content of a chunk lies. */
export interface Chunk {
  /** First byte of the content. */
  readonly start: number;
  /** Bytes of the content; all of them lie inside the file. */
  readonly bytes: number;
}

/** The two chunks that a sound is made of. */
export interface SoundChunks {
  /** What describes the samples. */
  readonly format: Chunk;
  /** What holds them. */
  readonly sound: Chunk;
  /** What was cut off or passed over. */
  readonly warnings: string[];
}

/** What the first 12 bytes may say. */
export interface ContainerOptions {
  /** Identifiers of the outer chunk that are read. */
  readonly ids: readonly string[];
  /** Its kinds that are read. */
  readonly kinds: readonly string[];
}

/** How chunks are found. */
export interface ChunkOptions {
  /** Whether sizes are little-endian. */
  readonly little: boolean;
  /** Name of the chunk that describes the samples. */
  readonly format: string;
  /** Name of the chunk that holds them. */
  readonly sound: string;
  /** Its size, where 32 bits are too few for it and it is told elsewhere. */
  readonly soundBytes?: number;
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
 * Finds the two chunks of a sound, in either order, each once. Others are passed over, and so is what
 * lies behind the outer chunk once both are found; what was cut off or is no chunk becomes a warning.
 *
 * @param view the whole file
 */
export function findChunks(view: DataView, options: ChunkOptions, fail: Fail): SoundChunks {
  const { format, sound, little } = options;
  const found = new Map<string, Chunk>();
  const warnings: string[] = [];
  const outer = view.getUint32(4, little);
  const end = outer === 0 || outer === UNKNOWN ? view.byteLength : CHUNK_HEADER_BYTES + outer;
  let at = CONTAINER_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= view.byteLength) {
    const id = letters(view, at);
    // Not before both are found: other writers' chunks have names of any bytes.
    if (found.size === 2 && (at >= end || !isText(id))) break;
    const start = at + CHUNK_HEADER_BYTES;
    const said = saidBytes(view, at, options);
    const bytes = Math.min(said ?? Infinity, view.byteLength - start);
    if (said !== undefined && bytes < said) {
      warnings.push(`chunk ${quoted(id)} should have ${said} bytes, the file has ${bytes} for it`);
    }
    if (id === format || id === sound) {
      if (found.has(id)) fail(`it has two chunks ${quoted(id)}`);
      found.set(id, { start, bytes });
    }
    at = start + bytes + (bytes % 2 && hasPadding(view, start + bytes, options) ? 1 : 0);
  }
  const [described, samples] = [found.get(format), found.get(sound)];
  const why = warnings.length > 0 ? `; ${warnings[0]}` : "";
  if (!described) {
    return fail(`it has no chunk ${quoted(format)}, which describes the samples${why}`);
  }
  if (!samples) return fail(`it has no chunk ${quoted(sound)}: no samples${why}`);
  const left = view.byteLength - at;
  const isPadding = left === 1 && view.getUint8(at) === 0; // of the outer chunk
  if (left > 0 && !isPadding) {
    warnings.push(`its last ${left} bytes are none of its chunks and are left out`);
  }
  if (warnings.length === 0 && end > Math.max(at, view.byteLength)) {
    warnings.push(`its header says ${end} bytes, the file has ${view.byteLength}`);
  }
  return { format: described, sound: samples, warnings };
}

/** The size that the chunk at a place has by its header; nothing where it goes to the end. */
function saidBytes(
  view: DataView,
  at: number,
  { little, sound, soundBytes }: ChunkOptions,
): number | undefined {
  const said = view.getUint32(at + 4, little);
  if (letters(view, at) !== sound) return said;
  if (said === UNKNOWN) return soundBytes;
  // Nothing at all, or a size that was never filled in: then samples follow, and no chunk.
  return said === 0 && !isChunk(view, at + CHUNK_HEADER_BYTES, little) ? undefined : said;
}

/** Whether a byte of padding follows a chunk of odd size; some writers leave it out. */
function hasPadding(view: DataView, end: number, { little, format, sound }: ChunkOptions): boolean {
  const likeness = (at: number) => {
    if (!isChunk(view, at, little, Infinity)) return 0;
    if ([format, sound].includes(letters(view, at))) return 2;
    return isChunk(view, at, little) ? 1 : 0;
  };
  return likeness(end) <= likeness(end + 1);
}

/** Whether a name of letters stands somewhere, with a size that the file has. */
function isChunk(view: DataView, at: number, little: boolean, length = view.byteLength): boolean {
  const start = at + CHUNK_HEADER_BYTES;
  if (start > view.byteLength || !isText(letters(view, at))) return false;
  return start + view.getUint32(at + 4, little) <= length;
}

function isText(id: string): boolean {
  return /^[ -~]{4}$/.test(id);
}

/** Four bytes as text. */
export function letters(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}

/** Writes text of one byte a character. */
export function setLetters(view: DataView, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
}
