/**
 * The files of the block cache: pixels of up to 64 images, each with a checksum.
 *
 * Layout, numbers little-endian:
 *
 * | bytes | content |
 * | --- | --- |
 * | 0-7 | `CETUSU8` and a line feed |
 * | 8-11 | length of the header text, u32, a multiple of 4 |
 * | 12-15 | checksum of the header text, u32 |
 * | 16- | header text, JSON: key, height, width, checksum of each image, bad files, notes |
 * | then | pixels `[images, height, width, 3]`, uint8 |
 *
 * @module
 */
import { readFully } from "./file_source.ts";
import type { ImageSize } from "../jpeg_header.ts";

/** Part of every key: raise it when the layout changes, or what readers of images take. */
export const FORMAT_VERSION = 2;

const MAGIC = "CETUSU8\n";
const PREAMBLE_BYTES = 16;

/** A header holds 64 checksums, 64 notes and at most 64 reasons; more is not ours. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** What a block file says of its images. */
export interface BlockHeader {
  /** Digest of what decided the pixels. */
  readonly key: string;
  /** Rows of every image. */
  readonly height: number;
  /** Columns of every image. */
  readonly width: number;
  /** One checksum per good image, in id order. */
  readonly checksums: readonly number[];
  /** Bad files by their place in the block. */
  readonly bad: readonly { readonly place: number; readonly reason: string }[];
  /** What was passed over in files, by their place in the block. */
  readonly warned: readonly { readonly place: number; readonly warnings: readonly string[] }[];
  /** What the maker noted of each good image, where it noted something. */
  readonly notes?: readonly unknown[];
}

/**
 * Checksum of pixels, four bytes a step, faster than CRC-32. Every step is a bijection of the state,
 * so a change within one word always shows.
 */
export function pixelChecksum(bytes: Uint8Array): number {
  const words = bytes.byteOffset % 4 === 0 ? bytes.length >>> 2 : 0;
  let state = 0x811c9dc5;
  const view = new Int32Array(bytes.buffer, words > 0 ? bytes.byteOffset : 0, words);
  for (let i = 0; i < words; i++) {
    state = Math.imul(state ^ view[i], 0x01000193);
    state ^= state >>> 15;
  }
  for (let i = words * 4; i < bytes.length; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    state = Math.imul(state ^ word, 0x01000193);
    state ^= state >>> 15;
  }
  return state >>> 0;
}

/** Preamble and header as bytes. */
export function encodeHeader(header: BlockHeader): Uint8Array<ArrayBuffer> {
  let text = JSON.stringify(header);
  const encoder = new TextEncoder();
  text += " ".repeat((4 - encoder.encode(text).length % 4) % 4); // keeps pixels aligned for u32
  const json = encoder.encode(text);
  const bytes = new Uint8Array(PREAMBLE_BYTES + json.length);
  bytes.set(encoder.encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  view.setUint32(12, pixelChecksum(json), true);
  bytes.set(json, PREAMBLE_BYTES);
  return bytes;
}

/** Reads a header back; `undefined` when the file is not a whole block of this key and size. */
export async function readHeader(
  file: Deno.FsFile,
  key: string,
  size: ImageSize,
): Promise<{ header: BlockHeader; pixelsAt: number } | undefined> {
  const preamble = new Uint8Array(PREAMBLE_BYTES);
  if (await readFully(file, preamble) < PREAMBLE_BYTES) return undefined;
  if (new TextDecoder().decode(preamble.subarray(0, 8)) !== MAGIC) return undefined;
  const view = new DataView(preamble.buffer);
  const length = view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) return undefined;
  const json = new Uint8Array(length);
  if (await readFully(file, json) < length) return undefined;
  if (pixelChecksum(json) !== view.getUint32(12, true)) return undefined;
  const header: BlockHeader = JSON.parse(new TextDecoder().decode(json));
  if (header.key !== key || header.height !== size.height || header.width !== size.width) {
    return undefined;
  }
  const pixelsAt = PREAMBLE_BYTES + length;
  const { size: fileBytes } = await file.stat();
  const expected = pixelsAt + header.checksums.length * imageBytes(size);
  return fileBytes === expected ? { header, pixelsAt } : undefined;
}

/** Bytes of one image. */
export function imageBytes({ height, width }: ImageSize): number {
  return height * width * 3;
}
