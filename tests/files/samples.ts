/** Files that the data tests make for themselves: JPEGs, zips written by hand, folders. */
import { crc32 } from "node:zlib";
import { jpeg } from "../../deps_jpeg.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { InputError } from "../../files/input_error.ts";
import { bits, key } from "../../gpu/random.ts";

const encoder = new TextEncoder();

/** Bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A JPEG of smooth colours that differ from seed to seed. */
export function sampleJpeg(seed: number, height = 16, width = 24): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(height * width * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      data.set([(seed * 37 + x * 5) % 256, (seed * 11 + y * 9) % 256, (x + y) * 3 % 256, 255], at);
    }
  }
  return Uint8Array.from(jpeg.encode({ data, width, height }, 90).data);
}

/** Writes a safetensors file again with other notes. */
export async function rewriteNotes(
  path: string,
  change: (notes: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
  isSealed = true,
): Promise<void> {
  using file = await readSafetensors(path);
  const tensors = await Promise.all(
    Array.from(file.tensors.keys(), async (name) => hostTensor(name, await file.read(name))),
  );
  await writeSafetensors(path, { metadata: change(file.metadata), tensors, isSealed });
}

/** Runs `body` with a new folder, removed afterwards. */
export async function withFolder(body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "cetus-data-" });
  try {
    await body(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** Tests in a folder of their own, which goes when they end. */
export const inFolder = {
  test(name: string, body: (path: string) => Promise<void>): void {
    Deno.test(name, () => withFolder(body));
  },
};

/** A whole number below some number, drawn by its place among those of one round. */
type Chance = (place: number, below: number) => number;

/**
 * Reads files of which up to four bytes are changed, and some that are cut as well; gives how many
 * were refused.
 *
 * @throws whatever is thrown by a reader that is no InputError, with the round
 */
export async function countRefused(rounds: number, { original, read, reach }: {
  /** The file of a round, which may be changed. */
  readonly original: (round: number) => Uint8Array<ArrayBuffer>;
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>;
  /** Bytes from the beginning on that one change may hit; all by default. */
  readonly reach?: (chance: Chance, bytes: Uint8Array) => number;
}): Promise<number> {
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const chance: Chance = (place, below) => bits(key(round), place) % below;
    let bytes = original(round);
    for (let i = 0; i <= chance(0, 3); i++) {
      const at = chance(2 * i + 1, reach?.(chance, bytes) ?? bytes.length);
      bytes[at] = chance(2 * i + 2, 256);
    }
    if (chance(10, 4) === 0) bytes = bytes.slice(0, chance(11, bytes.length));
    try {
      await read(bytes);
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`round ${round}`, { cause: error });
      refused++;
    }
  }
  return refused;
}

/** Writes files below a folder; names may hold folders. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? bytesOf(content) : content);
  }
}

/** One entry of {@linkcode handmadeZip}; what is left out is true to the data. */
export interface HandmadeEntry {
  readonly name: string;
  /** The bytes as they lie in the archive. */
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  /** The size that the local header gives. */
  readonly localSize?: number;
  /** The offset that the directory gives. */
  readonly offset?: number;
}

/** Fields of 2, 4 or 8 bytes, little-endian, as `[width, value]`. */
function record(...fields: readonly (readonly [width: 2 | 4 | 8, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

/** Joins arrays of bytes. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const ONES = 0xffffffff;

/** A zip whose every field can lie; with `zip64` all sizes and offsets lie in ZIP64 fields. */
export function handmadeZip(
  entries: readonly HandmadeEntry[],
  zip64 = false,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const { data, method = 0, flags = 0 } = entry;
    const name = bytesOf(entry.name);
    const crc = entry.crc ?? crc32(data);
    const size = entry.size ?? data.length;
    const offset = entry.offset ?? at;
    const local = joinBytes([
      record([4, 0x04034b50], [2, 45], [2, flags], [2, method], [4, 0], [4, crc]),
      record([4, data.length], [4, entry.localSize ?? size], [2, name.length], [2, 0]),
      name,
      data,
    ]);
    const extra = zip64
      ? record([2, 1], [2, 24], [8, size], [8, data.length], [8, offset])
      : record();
    directory.push(
      record([4, 0x02014b50], [2, 45], [2, 45], [2, flags], [2, method], [4, 0], [4, crc]),
      record([4, zip64 ? ONES : data.length], [4, zip64 ? ONES : size], [2, name.length]),
      record([2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, zip64 ? ONES : offset]),
      name,
      extra,
    );
    parts.push(local);
    at += local.length;
  }
  const listing = joinBytes(directory);
  const count = entries.length;
  const end = at + listing.length;
  const zip64End = [
    record([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count]),
    record([8, listing.length], [8, at], [4, 0x07064b50], [4, 0], [8, end], [4, 1]),
  ];
  const shown = zip64 ? 0xffff : count & 0xffff;
  return joinBytes([
    ...parts,
    listing,
    ...(zip64 ? zip64End : []),
    record([4, 0x06054b50], [2, 0], [2, 0], [2, shown], [2, shown]),
    record([4, zip64 ? ONES : listing.length], [4, zip64 ? ONES : at], [2, 0]),
  ]);
}
