/**
 * NumPy's .npz: named arrays in one zip file, as `numpy.savez` and `savez_compressed` write it.
 *
 * Sizes in the file are claims: the sum of the arrays' sizes is capped before anything is inflated,
 * bytes are counted while inflating, and every entry's CRC-32 is checked. Format: PKWARE's APPNOTE
 * 6.3; encryption, ZIP64 (beyond 4 GiB) and methods other than stored and deflated are refused.
 */
import { crc32 } from "node:zlib";
import { Inflate, zipSync } from "../deps.ts";
import { writeAll, writeAtomically } from "./atomic_file.ts";
import { type ByteSource, fileSource, memorySource } from "./byte_source.ts";
import { FormatError, quoted } from "./format_error.ts";
import { encodeNpy, parseNpy } from "./npy.ts";
import type { NdArray } from "../gpu/tensor.ts";

/** How to read a .npz file. */
export interface NpzOptions {
  /** Names of the arrays to read. Default all. */
  readonly names?: readonly string[];
  /** The most bytes that the arrays to read may take together. Default 1 GiB. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 2 ** 30;
/** Most entries, and the most bytes of their directory. */
const MAX_ENTRIES = 65_534;
const MAX_DIRECTORY_BYTES = 16 * 2 ** 20;
/** Compressed bytes inflated at once; deflate grows by 1032 at most, so 16 MiB come back at most. */
const INFLATE_SLICE = 16_384;

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_RECORD = 0x06054b50;
const LOCAL_HEADER_BYTES = 30;
const DIRECTORY_ENTRY_BYTES = 46;
const END_RECORD_BYTES = 22;

interface Entry {
  /** Name in the archive. */
  readonly file: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/**
 * Reads a .npz file.
 *
 * @returns the arrays by name, without the `.npy` that their entries end with
 * @throws FormatError naming file and entry, what came and what was expected
 *
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "./npz.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npz" });
 * await writeNpz(path, { mean: { shape: [2], data: Float64Array.of(0.5, 0.25) } });
 * console.log((await readNpz(path)).get("mean")?.data);
 * ```
 */
export async function readNpz(
  path: string,
  options: NpzOptions = {},
): Promise<Map<string, NdArray>> {
  using source = await fileSource(path);
  return await readArrays(source, options);
}

/**
 * Reads a .npz file that is in memory; see {@linkcode readNpz}.
 *
 * @param bytes the whole file
 * @param name its name in messages
 */
export function parseNpz(
  bytes: Uint8Array<ArrayBuffer>,
  name = "npz",
  options: NpzOptions = {},
): Promise<Map<string, NdArray>> {
  return readArrays(memorySource(bytes, name), options);
}

/**
 * Writes a .npz file, entries sorted by name, all dated 1980: equal arrays give equal bytes. The
 * file is built in memory; an error leaves what was at `path`.
 *
 * @param arrays the arrays by name, at most 65,534 of them and 4 GiB
 * @param level compression from 0, stored as `numpy.savez` does (the default), to 9
 */
export async function writeNpz(
  path: string,
  arrays: Readonly<Record<string, NdArray>>,
  level: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 = 0,
): Promise<void> {
  const bytes = encodeNpz(arrays, level);
  await writeAtomically(path, (file) => writeAll(file, bytes));
}

/** The bytes of a .npz file; see {@linkcode writeNpz}. */
export function encodeNpz(
  arrays: Readonly<Record<string, NdArray>>,
  level: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 = 0,
): Uint8Array<ArrayBuffer> {
  const names = Object.keys(arrays).sort();
  const files = Object.fromEntries(names.map((name) => [`${name}.npy`, encodeNpy(arrays[name])]));
  const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  if (total > 0xf0000000 || names.length > MAX_ENTRIES) {
    throw new RangeError(
      `Cannot write a .npz of ${names.length} arrays and ${total} bytes: at most ${MAX_ENTRIES} ` +
        `arrays and 3.75 GiB fit without ZIP64`,
    );
  }
  const mtime = new Date(1980, 0, 1); // in local time, which is what a zip holds
  return zipSync(files, { level, mtime }) as Uint8Array<ArrayBuffer>;
}

async function readArrays(
  source: ByteSource,
  { names, maxBytes = DEFAULT_MAX_BYTES }: NpzOptions,
): Promise<Map<string, NdArray>> {
  const { directory, position } = await readDirectory(source);
  const entries = parseDirectory(source.name, directory);
  const missing = names?.find((name) => !entries.has(name));
  if (missing !== undefined) {
    const known = [...entries.keys()].slice(0, 8).map(quoted).join(", ") || "none";
    throw fault(source.name, `there is no array ${quoted(missing)}; the file has ${known}`);
  }
  const wanted = [...entries].filter(([name]) => !names || names.includes(name));
  const total = wanted.reduce((sum, [, { size }]) => sum + size, 0);
  if (total > maxBytes) {
    throw fault(source.name, `its arrays take ${total} bytes, maxBytes is ${maxBytes}`);
  }
  const arrays = new Map<string, NdArray>();
  for (const [name, entry] of wanted) {
    const bytes = await readEntry(source, entry, position);
    arrays.set(name, await parseNpy(bytes, `${source.name}/${entry.file}`));
  }
  return arrays;
}

/** Finds the directory through the record at the end of the file, behind which a comment may be. */
async function readDirectory(
  source: ByteSource,
): Promise<{ directory: Uint8Array; position: number }> {
  const tailLength = Math.min(source.size, END_RECORD_BYTES + 0xffff);
  const tailStart = source.size - tailLength;
  const tail = viewOf(await source.readAt(tailStart, tailLength));
  for (let at = tailLength - END_RECORD_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_RECORD) continue;
    if (at + END_RECORD_BYTES + tail.getUint16(at + 20, true) !== tailLength) continue;
    const count = tail.getUint16(at + 10, true);
    const size = tail.getUint32(at + 12, true);
    const position = tail.getUint32(at + 16, true);
    if (count === 0xffff || position === 0xffffffff) {
      throw fault(source.name, "it is a ZIP64 archive (beyond 4 GiB), which is not read");
    }
    if (position + size !== tailStart + at || size > MAX_DIRECTORY_BYTES) {
      throw fault(
        source.name,
        `its directory should be ${size} bytes from ${position} on and end at ${tailStart + at}`,
      );
    }
    return { directory: await source.readAt(position, size), position };
  }
  throw fault(source.name, "it has no directory at its end: truncated, or not a zip file");
}

function parseDirectory(file: string, bytes: Uint8Array): Map<string, Entry> {
  const view = viewOf(bytes);
  const entries = new Map<string, Entry>();
  for (let at = 0; at < bytes.length;) {
    const room = bytes.length - at - DIRECTORY_ENTRY_BYTES;
    if (room < 0 || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw fault(file, `its directory is damaged at byte ${at} of ${bytes.length}`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (nameLength + rest > room) throw fault(file, `its directory ends inside an entry at ${at}`);
    const start = at + DIRECTORY_ENTRY_BYTES;
    const entry = {
      file: new TextDecoder().decode(bytes.subarray(start, start + nameLength)),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    at = start + nameLength + rest;
    if (!entry.file.endsWith(".npy")) {
      throw fault(file, `it holds ${quoted(entry.file)}, expected names that end with .npy`);
    }
    const name = entry.file.slice(0, -4);
    if (entries.has(name)) throw fault(file, `it holds ${quoted(entry.file)} twice`);
    entries.set(name, entry);
  }
  return entries;
}

/** Reads and inflates one entry; `limit` is where the directory begins. */
async function readEntry(
  source: ByteSource,
  entry: Entry,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { method, packed, size, offset } = entry;
  const attempt = `${quoted(entry.file)} of ${source.name}`;
  if (entry.encrypted) throw fault(attempt, "it is encrypted");
  if (method !== 0 && method !== 8) {
    throw fault(
      attempt,
      `its compression method is ${method}, expected 0 (stored) or 8 (deflated)`,
    );
  }
  if (packed === 0xffffffff || size === 0xffffffff || offset === 0xffffffff) {
    throw fault(attempt, "it is a ZIP64 entry (beyond 4 GiB), which is not read");
  }
  const start = await dataStart(source, attempt, offset, limit);
  if (start + packed > limit) {
    throw fault(attempt, `its data should end at byte ${start + packed}, the data end at ${limit}`);
  }
  if (method === 0 && packed !== size) {
    throw fault(attempt, `it is stored in ${packed} bytes, its size should be ${size}`);
  }
  const data = await source.readAt(start, packed);
  const bytes = method === 0 ? data : inflate(attempt, data, size);
  const crc = crc32(bytes);
  if (crc !== entry.crc) {
    throw fault(attempt, `it is damaged: its CRC-32 is ${crc}, expected ${entry.crc}`);
  }
  return bytes;
}

async function dataStart(
  source: ByteSource,
  attempt: string,
  offset: number,
  limit: number,
): Promise<number> {
  const isInside = offset + LOCAL_HEADER_BYTES <= limit;
  const header = isInside && viewOf(await source.readAt(offset, LOCAL_HEADER_BYTES));
  if (!header || header.getUint32(0, true) !== LOCAL_HEADER) {
    throw fault(attempt, `there is no entry at byte ${offset}, where the directory says`);
  }
  return offset + LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
}

/** Inflates to exactly `size` bytes; stops at the first byte too many. */
function inflate(
  attempt: string,
  packed: Uint8Array<ArrayBuffer>,
  size: number,
): Uint8Array<ArrayBuffer> {
  // Deflate cannot shrink more: a size beyond it is a lie, found before it is allocated.
  if (size > 1032 * packed.length) {
    throw fault(attempt, `${packed.length} bytes cannot inflate to ${size}`);
  }
  const bytes = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((piece) => {
    if (filled + piece.length > size) {
      throw fault(attempt, `it inflates to more than ${size} bytes`);
    }
    bytes.set(piece, filled);
    filled += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += INFLATE_SLICE) {
      const slice = packed.subarray(at, at + INFLATE_SLICE);
      stream.push(slice, at + slice.length === packed.length);
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw fault(attempt, `its compressed data are damaged (${(error as Error).message})`);
  }
  if (filled < size) throw fault(attempt, `it inflates to ${filled} bytes, expected ${size}`);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fault(what: string, reason: string): FormatError {
  return new FormatError(`Cannot read ${what}`, reason);
}
