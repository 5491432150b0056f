/**
 * The directory at the end of a zip file: which entries there are and where.
 *
 * Every number in it is a claim: entries that overlap, pass the end or share a name are refused.
 *
 * @module
 */
import type { ByteSource } from "./byte_source.ts";
import { quoted } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { nameOf, staysInside } from "./zip_names.ts";

/** Limit for the central directory: room for two million entries with long names. */
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024;

const DIRECTORY_ENTRY = 0x02014b50;
const END_RECORD = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END_RECORD = 0x06064b50;
/** Bytes of a local header without name and extra field. */
export const LOCAL_HEADER_BYTES = 30;
const DIRECTORY_ENTRY_BYTES = 46;
const END_RECORD_BYTES = 22;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_RECORD_BYTES = 56;
const ALL_ONES_16 = 0xffff;
/** A size that is held by the ZIP64 field instead. */
export const ALL_ONES_32 = 0xffffffff;

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

/** Little-endian numbers at positions of a byte array. */
export class Fields {
  readonly #view: DataView;

  /** Looks at the bytes where they are. */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** 16 bits. */
  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  /** 32 bits. */
  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** Values beyond 2^53 come back rounded, and fail every range check that follows. */
  u64(at: number): number {
    return Number(this.#view.getBigUint64(at, true));
  }
}

/** The files of a zip, and what else it holds. */
export interface ZipDirectory {
  /** By their path inside it, in the order of the directory; no folders. */
  readonly entries: Map<string, ZipEntry>;
  /** What was passed over, a sentence each without the zip's name. */
  readonly warnings: readonly string[];
}

interface DirectoryPlace {
  readonly offset: number;
  readonly size: number;
  /** The number of entries; `undefined` where a writer without ZIP64 let it wrap at 65,536. */
  readonly count: number;
  readonly wraps: boolean;
  /** Bytes before the archive, which its own offsets do not count: a self-extractor's program. */
  readonly before: number;
}

function brokenZip(zip: string, reason: string): InputError {
  return new InputError(`Cannot read ${zip}`, reason);
}

/** The error of one entry. */
export function brokenEntry(zip: string, entry: string, reason: string): InputError {
  return new InputError(`Cannot read ${quoted(entry)} in ${zip}`, reason);
}

async function findDirectory(
  source: ByteSource,
): Promise<DirectoryPlace & { readonly behind: number }> {
  const tailLength = Math.min(source.size, END_RECORD_BYTES + ALL_ONES_16);
  const tailStart = source.size - tailLength;
  const fields = new Fields(await source.readAt(tailStart, tailLength));
  const endOf = (at: number) => at + END_RECORD_BYTES + fields.u16(at + 20); // with its comment
  const records: number[] = [];
  for (let at = tailLength - END_RECORD_BYTES; at >= 0; at--) {
    if (fields.u32(at) === END_RECORD && endOf(at) <= tailLength) records.push(at);
  }
  // The last one, but for a comment that looks like one.
  const at = records.find((at) => endOf(at) === tailLength) ?? records[0];
  if (at !== undefined) {
    const place = await readEndRecord(source, fields, at, tailStart + at);
    return { ...place, behind: tailLength - endOf(at) };
  }
  throw brokenZip(
    source.name,
    `no end-of-central-directory record in the last ${tailLength} bytes: ` +
      "the file is truncated or not a zip",
  );
}

async function readEndRecord(
  source: ByteSource,
  tail: Fields,
  at: number,
  position: number,
): Promise<DirectoryPlace> {
  if (tail.u16(at + 4) !== tail.u16(at + 6)) {
    throw brokenZip(
      source.name,
      "it is one part of an archive in several parts, expected one file",
    );
  }
  const plain = {
    count: tail.u16(at + 10),
    size: tail.u32(at + 12),
    offset: tail.u32(at + 16),
    wraps: true,
  };
  const zip64 = await readZip64(source, position);
  const place = zip64 ?? plain;
  const end = zip64?.position ?? position;
  const before = end - place.offset - place.size;
  if (!(before >= 0)) {
    throw brokenZip(
      source.name,
      `the central directory ends at byte ${end}, its record says ${place.offset} + ` +
        `${place.size}: the file is damaged`,
    );
  }
  if (place.size > MAX_DIRECTORY_BYTES) {
    throw brokenZip(
      source.name,
      `a central directory of ${place.size} bytes, expected at most ${MAX_DIRECTORY_BYTES}`,
    );
  }
  return { ...place, offset: place.offset + before, before };
}

type ClaimedPlace = Omit<DirectoryPlace, "before">;

async function readZip64(
  source: ByteSource,
  endRecord: number,
): Promise<(ClaimedPlace & { position: number }) | undefined> {
  const locatorAt = endRecord - ZIP64_LOCATOR_BYTES;
  if (locatorAt < 0) return undefined;
  const locator = new Fields(await source.readAt(locatorAt, ZIP64_LOCATOR_BYTES));
  if (locator.u32(0) !== ZIP64_LOCATOR) return undefined;
  const claimed = locator.u64(8);
  if (claimed + ZIP64_END_RECORD_BYTES > locatorAt) {
    throw brokenZip(source.name, `the ZIP64 record at byte ${claimed} lies outside the file`);
  }
  const recordAt = async (position: number) => {
    const record = new Fields(await source.readAt(position, ZIP64_END_RECORD_BYTES));
    return record.u32(0) === ZIP64_END_RECORD ? { record, position } : undefined;
  };
  // Where bytes stand before the archive, it is right before its locator.
  const found = await recordAt(claimed) ?? await recordAt(locatorAt - ZIP64_END_RECORD_BYTES);
  if (found === undefined) {
    throw brokenZip(source.name, `no ZIP64 record at byte ${claimed}, where one is announced`);
  }
  const { record, position } = found;
  return {
    position,
    count: record.u64(32),
    size: record.u64(40),
    offset: record.u64(48),
    wraps: false,
  };
}

type RawEntry = Omit<ZipEntry, "limit"> & { readonly nameBytes: number };

async function readDirectory(source: ByteSource, place: DirectoryPlace): Promise<RawEntry[]> {
  const bytes = await source.readAt(place.offset, place.size);
  const fields = new Fields(bytes);
  const entries: RawEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + DIRECTORY_ENTRY_BYTES;
    if (end > bytes.length || fields.u32(at) !== DIRECTORY_ENTRY) {
      throw brokenZip(source.name, `entry ${entries.length + 1} of the directory is damaged`);
    }
    const nameBytes = fields.u16(at + 28);
    const extraBytes = fields.u16(at + 30);
    const next = end + nameBytes + extraBytes + fields.u16(at + 32);
    if (next > bytes.length) {
      throw brokenZip(source.name, `entry ${entries.length + 1} passes the end of the directory`);
    }
    const name = nameOf(bytes.subarray(end, end + nameBytes));
    const sizes = readSizes(source.name, name, fields, at, end + nameBytes, extraBytes);
    entries.push({
      name,
      nameBytes,
      method: fields.u16(at + 10),
      flags: fields.u16(at + 8),
      crc: fields.u32(at + 16),
      ...sizes,
      offset: place.before + sizes.offset,
    });
    at = next;
  }
  const found = place.wraps ? entries.length & ALL_ONES_16 : entries.length;
  if (found !== place.count) {
    throw brokenZip(source.name, `expected ${place.count} entries, found ${entries.length}`);
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
      const what = next === undefined ? "the central directory" : `entry ${quoted(next.name)}`;
      throw brokenEntry(zip, entry.name, `its data would end at byte ${end} and overlap ${what}`);
    }
    limits.set(entry, limit);
  });
  const entries = new Map<string, ZipEntry>();
  for (const entry of raw) {
    if (!staysInside(entry.name)) {
      const expected = "expected a relative path below the archive, with / between folders";
      throw brokenEntry(zip, entry.name, expected);
    }
    if (entries.has(entry.name)) throw brokenEntry(zip, entry.name, "two entries have this name");
    const { nameBytes: _, ...rest } = entry;
    if (!entry.name.endsWith("/")) entries.set(entry.name, { ...rest, limit: limits.get(entry)! });
  }
  return entries;
}

/**
 * Reads which files there are in a zip.
 *
 * @throws {InputError} naming the zip, and the entry where there is one
 */
export async function readZipDirectory(source: ByteSource): Promise<ZipDirectory> {
  const place = await findDirectory(source);
  const entries = indexEntries(source.name, await readDirectory(source, place), place.offset);
  const warnings: string[] = [];
  const pass = (bytes: number, where: string) => {
    if (bytes > 0) warnings.push(`${bytes} bytes ${where} the archive are left out`);
  };
  pass(place.before, "before");
  pass(place.behind, "behind");
  return { entries, warnings };
}
