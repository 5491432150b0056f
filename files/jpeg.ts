/**
 * JPEG files to pixels, by jpeg-js behind a strict check of the file.
 *
 * @module
 */
import { jpeg } from "../deps_jpeg.ts";
import {
  checkImageData,
  type ImageSize,
  jpegError,
  type JpegParts,
  readJpegParts,
} from "./jpeg_header.ts";
import { channelBlocks } from "./jpeg_scans.ts";

/** An image decoded. */
export interface DecodedImage {
  /** `[height, width, 3]`, 0 to 255. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** What was passed over, a sentence each without the file's name; empty where all is well. */
  readonly warnings: readonly string[];
}

/** Largest image decoded, in megapixels. */
const MAX_MEGAPIXELS = 64;
/** Memory the decoder may take for one image, in MiB; 424 x 424 takes about 5. */
const MAX_MEMORY_MIB = 1024;
/** What the decoder keeps of a block: 64 coefficients of 4 bytes, an array around them, 64 samples. */
const BLOCK_BYTES = 600;

/**
 * Decodes one JPEG to RGB. Greyscale is repeated into the three channels; half-size colour planes
 * are enlarged by repeating pixels. A frame of Motion JPEG, which brings no Huffman tables, is read
 * with the standard ones.
 *
 * @param name The file's name, for messages
 * @param bytes The whole file
 * @param size The size the image must have
 * @throws {InputError} naming the file and what is wrong with it, see {@linkcode readJpegHeader};
 * also when the size differs (found before decoding) or the image data are damaged
 *
 * @example
 * ```ts
 * import { jpeg } from "../deps_jpeg.ts";
 * import { decodeJpeg } from "./jpeg.ts";
 *
 * const size = { height: 8, width: 16 };
 * const { data } = jpeg.encode({ ...size, data: new Uint8Array(8 * 16 * 4) });
 * const { pixels } = decodeJpeg("black.jpg", data, size);
 * if (pixels.length !== 8 * 16 * 3) throw new Error("[height, width, 3]");
 * ```
 */
export function decodeJpeg(name: string, bytes: Uint8Array, size: ImageSize): DecodedImage {
  const fail = (reason: string) => jpegError(name, reason);
  const parts = readJpegParts(bytes, fail);
  const { height, width, isRgb, channels, warnings } = parts.header;
  if (height !== size.height || width !== size.width) {
    throw fail(`it has ${width} x ${height} pixels, expected ${size.width} x ${size.height}`);
  }
  checkImageData(parts, fail);
  const memory = Math.ceil(memoryBytes(parts) / 2 ** 20);
  if (height * width > MAX_MEGAPIXELS * 1e6 || memory > MAX_MEMORY_MIB) {
    throw fail(
      `it has ${width} x ${height} pixels and takes about ${memory} MiB to decode, expected at ` +
        `most ${MAX_MEGAPIXELS} million pixels and ${MAX_MEMORY_MIB} MiB`,
    );
  }
  try {
    const { data } = jpeg.decode(forDecoder(parts), {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: Infinity,
      maxMemoryUsageInMB: Infinity,
      ...(channels === 3 && { colorTransform: !isRgb }),
    });
    return { pixels: data as Uint8Array<ArrayBuffer>, warnings };
  } catch (error) {
    const reason = error instanceof Error ? describeFault(error.message) : undefined;
    if (reason === undefined) throw error; // a defect, not a fault of the file
    throw fail(reason);
  }
}

function memoryBytes({ frame }: JpegParts): number {
  const blocks = frame.channels.reduce((sum, channel) => {
    const { keptRows, keptColumns } = channelBlocks(channel, frame);
    return sum + keptRows * keptColumns;
  }, 0);
  return blocks * BLOCK_BYTES + 6 * frame.height * frame.width;
}

/** What the decoder says of damaged image data, in words about the file. */
function describeFault(message: string): string | undefined {
  if (/unexpected marker: ffd[0-7]/.test(message)) {
    return "its image data are damaged: a restart marker comes too early";
  }
  if (message.startsWith("unexpected marker")) {
    return "the file is truncated: its image data end before the last row";
  }
  if (message === "marker was not found") {
    return "its image data are damaged: a restart marker comes too late";
  }
  if (message.startsWith("unknown JPEG marker")) {
    return "its image data are damaged: they go on behind the last row";
  }
  if (["invalid huffman sequence", "invalid ACn encoding"].includes(message)) {
    return "its image data are damaged: a code is in none of its tables";
  }
  return undefined;
}

/**
 * The image as a file with nothing else in it: the decoder ends at bytes between segments and at
 * segments that it does not know, and takes the last table of a slot for every channel.
 */
function forDecoder({ frame, scales, scans }: JpegParts): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  const add = (marker: number, ...body: Uint8Array[]) => {
    const length = 2 + body.reduce((sum, part) => sum + part.length, 0);
    pieces.push(Uint8Array.of(0xff, marker, length >> 8, length & 255), ...body);
  };
  const { height, width, channels } = frame;
  scales.forEach((table, i) => add(0xdb, Uint8Array.of(table[0] & 0xf0 | i), table.subarray(1)));
  const described = channels.flatMap(({ id, across, down }, i) => [id, across << 4 | down, i]);
  add(
    frame.isProgressive ? 0xc2 : 0xc1,
    Uint8Array.of(8, height >> 8, height & 255, width >> 8, width & 255, channels.length),
    Uint8Array.from(described),
  );
  for (const { body, data, tables, restartInterval } of scans) {
    for (const [place, { bytes }] of tables) add(0xc4, Uint8Array.of(place), bytes);
    add(0xdd, Uint8Array.of(restartInterval >> 8, restartInterval & 255));
    add(0xda, body.subarray(0, 4 + 2 * body[0]));
    pieces.push(...data);
  }
  pieces.push(Uint8Array.of(0xff, 0xd9));
  return joined(pieces);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
