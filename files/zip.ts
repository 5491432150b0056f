/**
 * Reading single entries of a zip file in place: the archive is never unpacked as a whole.
 *
 * Format: PKWARE's APPNOTE 6.3, with ZIP64, methods stored and deflated. Every number in the file
 * is treated as a claim: sizes are checked before anything is allocated and counted while inflating.
 *
 * @module
 */
import { type ByteSource, windowSource } from "./byte_source.ts";
import { proportionate } from "./claims.ts";
import { crc32 } from "./crc32.ts";
import { Inflater } from "./inflate.ts";
import {
  ALL_ONES_32,
  brokenEntry,
  Fields,
  LOCAL_HEADER_BYTES,
  readZipDirectory,
  type ZipDirectory,
  type ZipEntry,
} from "./zip_directory.ts";

/** Default limit for one entry read into memory: 64 MiB, 1,500 times a galaxy's JPEG. */
export const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** How many times longer than its compressed bytes a content can be. */
const MOST_INFLATED = 1032;

const LOCAL_HEADER = 0x04034b50;
const ENCRYPTED = 1;
const SIZES_FOLLOW_DATA = 8;

/** A zip file open for reading single entries. */
export interface ZipReader extends Disposable {
  /** The name used in messages. */
  readonly name: string;
  /** The files by their path inside the archive, in the order of the directory; no folders. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** What was passed over, a sentence each without the zip's name; empty where all is well. */
  readonly warnings: readonly string[];
  /**
   * Reads one entry and checks its size and CRC-32.
   *
   * @param maxBytes the largest content that is read. Default {@linkcode MAX_ENTRY_BYTES}, and for
   *   a small entry less: 32 MiB and 8 times its bytes in the zip
   * @throws {InputError} naming zip and entry: no such entry, encrypted, another compression
   * method, larger than the limit, sizes that do not agree, damaged data, CRC-32 mismatch
   */
  read(name: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * A stored entry as a file of its own (a zip inside a zip), read in place; `undefined` when the
   * entry is compressed, so that there are no positions to read at. The CRC-32 is not checked.
   */
  openStored(name: string): Promise<ByteSource | undefined>;
  /**
   * The content of one entry in pieces, of any size, checked like `read`; the last checks come after
   * the last piece, so use the pieces only once the loop has ended without an error.
   */
  pieces(name: string): AsyncIterable<Uint8Array>;
}

/** Where an entry's data starts, after checking its local header against the directory. */
function checkLocalHeader(zip: string, entry: ZipEntry, header: Uint8Array): number {
  const fields = new Fields(header);
  if (fields.u32(0) !== LOCAL_HEADER) {
    throw brokenEntry(zip, entry.name, `no entry starts at byte ${entry.offset}`);
  }
  const start = entry.offset + LOCAL_HEADER_BYTES + fields.u16(26) + fields.u16(28);
  if (start + entry.compressedSize > entry.limit) {
    throw brokenEntry(zip, entry.name, "its data would overlap what follows it in the file");
  }
  if (fields.u16(8) !== entry.method) {
    throw brokenEntry(zip, entry.name, "its header and the directory name different methods");
  }
  const claimed = fields.u32(22);
  const isClaim = (fields.u16(6) & SIZES_FOLLOW_DATA) === 0 && claimed !== ALL_ONES_32;
  if (isClaim && claimed !== entry.size) {
    throw brokenEntry(
      zip,
      entry.name,
      `its header says ${claimed} bytes, the directory says ${entry.size}`,
    );
  }
  return start;
}

function checkReadable(zip: string, entry: ZipEntry): void {
  const fail = (reason: string) => brokenEntry(zip, entry.name, reason);
  if (entry.flags & ENCRYPTED) throw fail("the entry is encrypted, expected an open one");
  if (entry.method !== 0 && entry.method !== 8) {
    throw fail(`compression method ${entry.method}, expected 0 (stored) or 8 (deflated)`);
  }
  if (entry.method === 0 && entry.compressedSize !== entry.size) {
    throw fail(`stored in ${entry.compressedSize} bytes, but said to hold ${entry.size}`);
  }
  // Deflate adds 5 bytes per 16 KiB at worst: more than that is not compressed data of this size.
  if (entry.compressedSize > entry.size * 1.01 + 1024) {
    throw fail(`${entry.compressedSize} compressed bytes for a content of ${entry.size}`);
  }
}

/** Counts and sums up an entry's content as it comes, and refuses more than was announced. */
class ContentCheck {
  readonly #zip: string;
  readonly #entry: ZipEntry;
  #count = 0;
  #crc = 0;

  constructor(zip: string, entry: ZipEntry) {
    this.#zip = zip;
    this.#entry = entry;
  }

  add(piece: Uint8Array): void {
    this.#count += piece.length;
    if (this.#count > this.#entry.size) {
      this.#fail(`the zip entry is damaged: more than ${this.#entry.size} bytes come out`);
    }
    this.#crc = crc32(piece, this.#crc);
  }

  finish(): void {
    const { size, crc } = this.#entry;
    if (this.#count !== size) this.#fail(`${this.#count} bytes come out, expected ${size}`);
    if (this.#crc !== crc) {
      this.#fail(`the zip entry is damaged: CRC-32 is ${hex(this.#crc)}, expected ${hex(crc)}`);
    }
  }

  #fail(reason: string): never {
    throw brokenEntry(this.#zip, this.#entry.name, reason);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

class SourceZipReader implements ZipReader {
  readonly name: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly warnings: readonly string[];
  readonly #source: ByteSource;

  constructor(source: ByteSource, { entries, warnings }: ZipDirectory) {
    this.name = source.name;
    this.entries = entries;
    this.warnings = warnings;
    this.#source = source;
  }

  async read(name: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#find(name);
    const most = maxBytes ?? Math.min(MAX_ENTRY_BYTES, proportionate(entry.compressedSize));
    if (entry.size > most) {
      throw brokenEntry(this.name, name, `it holds ${entry.size} bytes, expected at most ${most}`);
    }
    // Deflate cannot shrink more: a size beyond it is a lie, found before it is allocated.
    if (entry.method === 8 && entry.size > MOST_INFLATED * entry.compressedSize) {
      const packed = entry.compressedSize;
      throw brokenEntry(this.name, name, `${packed} bytes cannot inflate to ${entry.size}`);
    }
    const data = await this.#compressed(entry);
    const check = new ContentCheck(this.name, entry);
    if (entry.method === 0) {
      check.add(data);
      check.finish();
      return data;
    }
    const content = new Uint8Array(entry.size);
    let filled = 0;
    const inflater = this.#inflater(entry);
    for (const piece of inflater.push(data)) {
      check.add(piece); // throws before an oversized piece would be written
      content.set(piece, filled);
      filled += piece.length;
    }
    inflater.end();
    check.finish();
    return content;
  }

  async openStored(name: string): Promise<ByteSource | undefined> {
    const entry = this.#find(name);
    if (entry.method !== 0) return undefined;
    const header = await this.#source.readAt(entry.offset, LOCAL_HEADER_BYTES);
    const start = checkLocalHeader(this.name, entry, header);
    return windowSource(this.#source, `${this.name}/${name}`, start, entry.size);
  }

  async *pieces(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#find(name);
    const header = await this.#source.readAt(entry.offset, LOCAL_HEADER_BYTES);
    const start = checkLocalHeader(this.name, entry, header);
    const check = new ContentCheck(this.name, entry);
    const inflater = entry.method === 8 ? this.#inflater(entry) : undefined;
    const step = 64 * 1024;
    for (let at = 0; at < entry.compressedSize; at += step) {
      const length = Math.min(step, entry.compressedSize - at);
      const bytes = await this.#source.readAt(start + at, length);
      for (const piece of inflater?.push(bytes) ?? [bytes]) {
        check.add(piece);
        yield piece;
      }
    }
    inflater?.end();
    check.finish();
  }

  [Symbol.dispose](): void {
    this.#source[Symbol.dispose]();
  }

  #find(name: string): ZipEntry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw brokenEntry(this.name, name, "no such entry");
    checkReadable(this.name, entry);
    return entry;
  }

  #inflater(entry: ZipEntry): Inflater {
    return new Inflater((reason) => brokenEntry(this.name, entry.name, reason));
  }

  /** The entry's bytes in the archive; header and data come in one read where they are adjacent. */
  async #compressed(entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
    const nearby = LOCAL_HEADER_BYTES + 1024 + entry.compressedSize;
    const length = Math.min(nearby, entry.limit - entry.offset);
    const bytes = await this.#source.readAt(entry.offset, length);
    const start = checkLocalHeader(this.name, entry, bytes) - entry.offset;
    if (start + entry.compressedSize <= length) {
      return bytes.subarray(start, start + entry.compressedSize);
    }
    return await this.#source.readAt(entry.offset + start, entry.compressedSize);
  }
}

/**
 * Opens a zip file and reads its directory (8 MB for Kaggle's 79,975 test images), nothing else.
 *
 * @param source The file; disposed of with the reader
 * @throws {InputError} naming the zip, and the entry where there is one: not a zip, truncated, in
 * several parts, a damaged directory, entries that overlap, two entries of one name, names that
 * climb out of the archive
 *
 * @example
 * ```ts
 * import { zipSync } from "../deps_fflate.ts";
 * import { memorySource } from "./byte_source.ts";
 * import { openZip } from "./zip.ts";
 *
 * const bytes = zipSync({ "images/7.txt": Uint8Array.of(1, 2) });
 * using zip = await openZip(memorySource(bytes, "images.zip"));
 * if ((await zip.read("images/7.txt")).join() !== "1,2") throw new Error("two bytes");
 * ```
 */
export async function openZip(source: ByteSource): Promise<ZipReader> {
  try {
    return new SourceZipReader(source, await readZipDirectory(source));
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}
