/**
 * PNG files from pixels, without a package for it: zlib from fflate and twenty lines of framing.
 *
 * @module
 */
import { zlibSync } from "../deps_fflate.ts";
import { mismatch } from "../gpu/check.ts";
import { crc32 } from "./crc32.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Colour type of the format by channels per pixel. */
const COLOUR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

/** A chunk: length, type, content, and a check over type and content. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}

/** What an image's bytes mean. */
export interface PngSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** 1 grey, 3 red green blue, 4 with opacity. Default 3. */
  readonly channels?: 1 | 3 | 4;
}

/**
 * Encodes an image, losslessly.
 *
 * @param pixels `[height, width, channels]`, 0 to 255
 * @param size Height, width and channels
 * @returns The file
 * @throws {RangeError} when the pixels do not fill the size
 *
 * @example
 * ```ts
 * import { encodePng } from "./png.ts";
 *
 * const file = encodePng(Uint8Array.of(255, 0, 0), { height: 1, width: 1 });
 * if (file[1] !== 0x50) throw new Error("a PNG file starts with 0x89 P N G");
 * ```
 */
export function encodePng(pixels: Uint8Array, size: PngSize): Uint8Array<ArrayBuffer> {
  const { height, width, channels = 3 } = size;
  if (height < 1 || width < 1 || pixels.length !== height * width * channels) {
    const expected = `${height} x ${width} x ${channels}, none of them 0`;
    throw new RangeError(
      `Cannot encode a PNG: ${mismatch("pixels.length", pixels.length, expected)}`,
    );
  }
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1)); // each row starts with filter 0, none
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPES[channels]], 8);
  const parts = [
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", zlibSync(rows, { level: 6 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
