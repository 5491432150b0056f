/**
 * Reading single entries of a zip file in place: the archive is never unpacked as a whole.
 *
 * Format: PKWARE's APPNOTE 6.3, with ZIP64, methods stored and deflated. Every number in the file
 * is treated as a claim: sizes are checked before anything is allocated and counted while inflating.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { Inflate } from "../deps.ts";
import { InputError } from "./input_error.ts";
import { openFileAccess, type RandomAccess, windowAccess } from "./random_access.ts";

/** Default limit for one entry read into memory: 64 MiB, 1,500 times a galaxy's JPEG. */
export const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** Limit for the central directory: room for two million entries with long names. */
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024;

/** Bytes handed to the inflater at once; deflate grows by at most 1032, so 4 MiB come back at most. */
const INFLATE_SLICE = 4096;

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_RECORD = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END_RECORD = 0x06064b50;
const LOCAL_HEADER_BYTES = 30;
const DIRECTORY_ENTRY_BYTES = 46;
const END_RECORD_BYTES = 22;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_RECORD_BYTES = 56;
const ENCRYPTED = 1;
const SIZES_FOLLOW_DATA = 8;
const ALL_ONES_16 = 0xffff;
const ALL_ONES_32 = 0xffffffff;

/** One file inside a zip, as its central directory describes it. */
export interface ZipEntry {
  /** Path inside the archive, with `/` between folders. */
  readonly name: string;
  /** 0 stored, 8 deflated; others cannot be read. */
  readonly method: number;
  /** General purpose flags. */
  readonly flags: number;
  /** CRC-32 of the content. */
  readonly crc: number;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Where the entry's local header starts. */
  readonly offset: number;
  /** Where the next entry, or the central directory, starts: the data must end before it. */
  readonly limit: number;
}

/** A zip file open for reading single entries. */
export interface ZipReader extends Disposable {
  /** The name used in messages. */
  readonly name: string;
  /** The files by their path inside the archive, in the order of the directory; no folders. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * Reads one entry and checks its size and CRC-32.
   *
   * @throws {InputError} naming zip and entry: no such entry, encrypted, another compression
   * method, larger than the limit, sizes that do not agree, damaged data, CRC-32 mismatch
   */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * A stored entry as a file of its own (a zip inside a zip), read in place; `undefined` when the
   * entry is compressed, so that there are no positions to read at. The CRC-32 is not checked.
   */
  openStored(name: string): Promise<RandomAccess | undefined>;
  /**
   * The content of one entry in pieces, of any size, checked like `read`; the last checks come after
   * the last piece, so use the pieces only once the loop has ended without an error.
   */
  pieces(name: string): AsyncIterable<Uint8Array>;
  /** Gives the file back. */
  close(): void;
}

/** Options of {@linkcode openZip}. */
export interface OpenZipOptions {
  /** Largest entry `read` accepts, in bytes of content. Default {@linkcode MAX_ENTRY_BYTES}. */
  readonly maxEntryBytes?: number;
}

/** Little-endian numbers at positions of a byte array. */
class Fields {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** Values beyond 2^53 come back rounded, and fail every range check that follows. */
  u64(at: number): number {
    return Number(this.#view.getBigUint64(at, true));
  }
}

interface DirectoryPlace {
  readonly offset: number;
  readonly size: number;
  /** The number of entries; `undefined` where a writer without ZIP64 let it wrap at 65,536. */
  readonly count: number;
  readonly wraps: boolean;
}

function brokenZip(zip: string, reason: string): InputError {
  return new InputError(`Cannot read ${zip}`, reason);
}

function brokenEntry(zip: string, entry: string, reason: string): InputError {
  return new InputError(`Cannot read "${entry}" in ${zip}`, reason);
}

async function findDirectory(access: RandomAccess): Promise<DirectoryPlace> {
  const tailLength = Math.min(access.size, END_RECORD_BYTES + ALL_ONES_16);
  const tailStart = access.size - tailLength;
  const fields = new Fields(await access.readAt(tailStart, tailLength));
  for (let at = tailLength - END_RECORD_BYTES; at >= 0; at--) {
    if (fields.u32(at) !== END_RECORD) continue;
    if (at + END_RECORD_BYTES + fields.u16(at + 20) !== tailLength) continue; // comment length
    return await readEndRecord(access, fields, at, tailStart + at);
  }
  throw brokenZip(
    access.name,
    `no end-of-central-directory record in the last ${tailLength} bytes: ` +
      "the file is truncated or not a zip",
  );
}

async function readEndRecord(
  access: RandomAccess,
  tail: Fields,
  at: number,
  position: number,
): Promise<DirectoryPlace> {
  if (tail.u16(at + 4) !== tail.u16(at + 6)) {
    throw brokenZip(access.name, "expected one file, got one part of an archive in several parts");
  }
  const plain = {
    count: tail.u16(at + 10),
    size: tail.u32(at + 12),
    offset: tail.u32(at + 16),
    wraps: true,
  };
  const zip64 = await readZip64(access, position);
  const place = zip64 ?? plain;
  const end = zip64?.position ?? position;
  if (place.offset + place.size !== end) {
    throw brokenZip(
      access.name,
      `the central directory should end at byte ${end}, its record says ` +
        `${place.offset} + ${place.size}: the file is damaged or bytes were put before it`,
    );
  }
  if (place.size > MAX_DIRECTORY_BYTES) {
    throw brokenZip(
      access.name,
      `a central directory of ${place.size} bytes, expected at most ${MAX_DIRECTORY_BYTES}`,
    );
  }
  return place;
}

async function readZip64(
  access: RandomAccess,
  endRecord: number,
): Promise<(DirectoryPlace & { position: number }) | undefined> {
  const locatorAt = endRecord - ZIP64_LOCATOR_BYTES;
  if (locatorAt < 0) return undefined;
  const locator = new Fields(await access.readAt(locatorAt, ZIP64_LOCATOR_BYTES));
  if (locator.u32(0) !== ZIP64_LOCATOR) return undefined;
  const position = locator.u64(8);
  if (position + ZIP64_END_RECORD_BYTES > locatorAt) {
    throw brokenZip(access.name, `the ZIP64 record at byte ${position} lies outside the file`);
  }
  const record = new Fields(await access.readAt(position, ZIP64_END_RECORD_BYTES));
  if (record.u32(0) !== ZIP64_END_RECORD) {
    throw brokenZip(access.name, `no ZIP64 record at byte ${position}, where one is announced`);
  }
  return {
    position,
    count: record.u64(32),
    size: record.u64(40),
    offset: record.u64(48),
    wraps: false,
  };
}

type RawEntry = Omit<ZipEntry, "limit"> & { readonly nameBytes: number };

async function readDirectory(access: RandomAccess, place: DirectoryPlace): Promise<RawEntry[]> {
  const bytes = await access.readAt(place.offset, place.size);
  const fields = new Fields(bytes);
  const decoder = new TextDecoder();
  const entries: RawEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + DIRECTORY_ENTRY_BYTES;
    if (end > bytes.length || fields.u32(at) !== DIRECTORY_ENTRY) {
      throw brokenZip(access.name, `entry ${entries.length + 1} of the directory is damaged`);
    }
    const nameBytes = fields.u16(at + 28);
    const extraBytes = fields.u16(at + 30);
    const next = end + nameBytes + extraBytes + fields.u16(at + 32);
    if (next > bytes.length) {
      throw brokenZip(access.name, `entry ${entries.length + 1} passes the end of the directory`);
    }
    const name = decoder.decode(bytes.subarray(end, end + nameBytes));
    const sizes = readSizes(access.name, name, fields, at, end + nameBytes, extraBytes);
    entries.push({
      name,
      nameBytes,
      method: fields.u16(at + 10),
      flags: fields.u16(at + 8),
      crc: fields.u32(at + 16),
      ...sizes,
    });
    at = next;
  }
  const found = place.wraps ? entries.length & ALL_ONES_16 : entries.length;
  if (found !== place.count) {
    throw brokenZip(access.name, `expected ${place.count} entries, found ${entries.length}`);
  }
  return entries;
}

/** Sizes and offset of a directory entry; fields of all ones are held by the ZIP64 extra field. */
function readSizes(
  zip: string,
  name: string,
  fields: Fields,
  at: number,
  extraAt: number,
  extraBytes: number,
): { size: number; compressedSize: number; offset: number } {
  const sizes = [fields.u32(at + 24), fields.u32(at + 20), fields.u32(at + 42)];
  if (sizes.includes(ALL_ONES_32)) {
    let [from, to] = findZip64Extra(fields, extraAt, extraBytes);
    for (let i = 0; i < sizes.length; i++) {
      if (sizes[i] !== ALL_ONES_32) continue;
      if (from + 8 > to) throw brokenEntry(zip, name, "its ZIP64 field is missing or too short");
      sizes[i] = fields.u64(from);
      from += 8;
    }
  }
  return { size: sizes[0], compressedSize: sizes[1], offset: sizes[2] };
}

function findZip64Extra(fields: Fields, start: number, length: number): [number, number] {
  const end = start + length;
  for (let at = start; at + 4 <= end;) {
    const size = fields.u16(at + 2);
    if (fields.u16(at) === 1) return [at + 4, Math.min(at + 4 + size, end)];
    at += 4 + size;
  }
  return [end, end];
}

/** Names are only looked up, never written to disk, yet one that climbs out is no data set's. */
function checkName(zip: string, name: string): void {
  const climbs = name.split("/").includes("..");
  if (name === "" || climbs || /^\/|^[A-Za-z]:|\\|\0/.test(name)) {
    throw brokenEntry(
      zip,
      name,
      "expected a relative path below the archive, with / between folders",
    );
  }
}

function indexEntries(
  zip: string,
  raw: readonly RawEntry[],
  directoryOffset: number,
): Map<string, ZipEntry> {
  const limits = new Map<RawEntry, number>();
  const byOffset = raw.toSorted((a, b) => a.offset - b.offset);
  byOffset.forEach((entry, i) => {
    const next = byOffset[i + 1];
    const limit = next?.offset ?? directoryOffset;
    const end = entry.offset + LOCAL_HEADER_BYTES + entry.nameBytes + entry.compressedSize;
    if (!(end <= limit)) {
      const what = next === undefined ? "the central directory" : `entry "${next.name}"`;
      throw brokenEntry(zip, entry.name, `its data would end at byte ${end} and overlap ${what}`);
    }
    limits.set(entry, limit);
  });
  const entries = new Map<string, ZipEntry>();
  for (const entry of raw) {
    checkName(zip, entry.name);
    if (entries.has(entry.name)) throw brokenEntry(zip, entry.name, "two entries have this name");
    const { nameBytes: _, ...rest } = entry;
    if (!entry.name.endsWith("/")) entries.set(entry.name, { ...rest, limit: limits.get(entry)! });
  }
  return entries;
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
    if (this.#count !== size) this.#fail(`expected ${size} bytes, got ${this.#count}`);
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

/** Inflates piece by piece; every piece that comes out goes to `sink` before the next is made. */
class Inflater {
  readonly #inflate: Inflate;
  readonly #fail: (reason: string) => InputError;

  constructor(fail: (reason: string) => InputError, sink: (piece: Uint8Array) => void) {
    this.#fail = fail;
    this.#inflate = new Inflate((piece) => sink(piece));
  }

  push(bytes: Uint8Array, final: boolean): void {
    try {
      for (let at = 0; at < bytes.length; at += INFLATE_SLICE) {
        const last = at + INFLATE_SLICE >= bytes.length;
        this.#inflate.push(bytes.subarray(at, at + INFLATE_SLICE), final && last);
      }
      if (bytes.length === 0 && final) this.#inflate.push(bytes, true);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw this.#fail(`its compressed data are damaged (${reason})`);
    }
  }
}

class FileZipReader implements ZipReader {
  readonly name: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly #access: RandomAccess;
  readonly #maxEntryBytes: number;

  constructor(access: RandomAccess, entries: Map<string, ZipEntry>, maxEntryBytes: number) {
    this.name = access.name;
    this.entries = entries;
    this.#access = access;
    this.#maxEntryBytes = maxEntryBytes;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#find(name);
    if (entry.size > this.#maxEntryBytes) {
      throw brokenEntry(
        this.name,
        name,
        `it holds ${entry.size} bytes, expected at most ${this.#maxEntryBytes}`,
      );
    }
    const data = await this.#compressed(entry);
    const content = entry.method === 0 ? data : new Uint8Array(entry.size);
    const check = new ContentCheck(this.name, entry);
    if (entry.method === 0) check.add(data);
    else {
      let filled = 0;
      this.#inflater(entry, (piece) => {
        check.add(piece); // throws before an oversized piece would be written
        content.set(piece, filled);
        filled += piece.length;
      }).push(data, true);
    }
    check.finish();
    return content;
  }

  async openStored(name: string): Promise<RandomAccess | undefined> {
    const entry = this.#find(name);
    if (entry.method !== 0) return undefined;
    const header = await this.#access.readAt(entry.offset, LOCAL_HEADER_BYTES);
    const start = checkLocalHeader(this.name, entry, header);
    return windowAccess(this.#access, `${this.name}/${name}`, start, entry.size);
  }

  async *pieces(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#find(name);
    const header = await this.#access.readAt(entry.offset, LOCAL_HEADER_BYTES);
    const start = checkLocalHeader(this.name, entry, header);
    const check = new ContentCheck(this.name, entry);
    let ready: Uint8Array[] = [];
    const sink = (piece: Uint8Array) => {
      check.add(piece);
      ready.push(piece);
    };
    const inflater = entry.method === 8 ? this.#inflater(entry, sink) : undefined;
    const step = 64 * 1024; // one step inflates to 66 MB at the very worst
    for (let at = 0; at < entry.compressedSize; at += step) {
      const length = Math.min(step, entry.compressedSize - at);
      const bytes = await this.#access.readAt(start + at, length);
      if (inflater === undefined) sink(bytes);
      else inflater.push(bytes, at + length === entry.compressedSize);
      yield* ready;
      ready = [];
    }
    check.finish();
  }

  close(): void {
    this.#access.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #find(name: string): ZipEntry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw brokenEntry(this.name, name, "no such entry");
    checkReadable(this.name, entry);
    return entry;
  }

  #inflater(entry: ZipEntry, sink: (piece: Uint8Array) => void): Inflater {
    return new Inflater((reason) => brokenEntry(this.name, entry.name, reason), sink);
  }

  /** The entry's bytes in the archive; header and data come in one read where they are adjacent. */
  async #compressed(entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
    const nearby = LOCAL_HEADER_BYTES + 1024 + entry.compressedSize;
    const length = Math.min(nearby, entry.limit - entry.offset);
    const bytes = await this.#access.readAt(entry.offset, length);
    const start = checkLocalHeader(this.name, entry, bytes) - entry.offset;
    if (start + entry.compressedSize <= length) {
      return bytes.subarray(start, start + entry.compressedSize);
    }
    return await this.#access.readAt(entry.offset + start, entry.compressedSize);
  }
}

/**
 * Opens a zip file and reads its directory (8 MB for Kaggle's 79,975 test images), nothing else.
 *
 * @param file A path, or a file already open; the reader closes it
 * @param options The limit for one entry
 * @throws {InputError} naming the zip, and the entry where there is one: not a zip, truncated, in
 * several parts, a damaged directory, entries that overlap, two entries of one name, names that
 * climb out of the archive
 *
 * @example
 * ```ts ignore
 * using zip = await openZip("images_test_rev1.zip");
 * const jpeg = await zip.read("images_test_rev1/100018.jpg");
 * ```
 */
export async function openZip(
  file: string | RandomAccess,
  options: OpenZipOptions = {},
): Promise<ZipReader> {
  const access = typeof file === "string" ? await openFileAccess(file) : file;
  try {
    const place = await findDirectory(access);
    const entries = indexEntries(access.name, await readDirectory(access, place), place.offset);
    return new FileZipReader(access, entries, options.maxEntryBytes ?? MAX_ENTRY_BYTES);
  } catch (error) {
    access.close();
    throw error;
  }
}
