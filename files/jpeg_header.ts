/**
 * The structure of a JPEG file, checked from the first marker to the end-of-image marker: the decoder
 * fills what is missing from a truncated file with grey and says nothing.
 *
 * @module
 */
import { describeFile, startsWith } from "./describe_file.ts";
import { InputError } from "./input_error.ts";
import {
  checkScan,
  isFrame,
  type JpegFrame,
  type JpegScan,
  readFrame,
  readScan,
} from "./jpeg_scans.ts";
import {
  type JpegFault,
  type JpegSegment,
  jpegSegments,
  START_OF_IMAGE,
  START_OF_SCAN,
} from "./jpeg_segments.ts";
import { JpegTables } from "./jpeg_tables.ts";

/** The size every image of a set must have, in pixels. */
export interface ImageSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/** What a JPEG's headers say. */
export interface JpegHeader extends ImageSize {
  /** 1 for greyscale, 3 for colour. */
  readonly channels: 1 | 3;
  /** Whether three channels are red, green, blue as they stand, without a colour transform. */
  readonly isRgb: boolean;
  /** Bytes up to and including the end-of-image marker; what follows is not part of the image. */
  readonly length: number;
  /** What was passed over, a sentence each without the file's name; empty where all is well. */
  readonly warnings: readonly string[];
}

/** A JPEG with all that is needed to decode it. Not exported by mod.ts. */
export interface JpegParts {
  readonly header: JpegHeader;
  readonly frame: JpegFrame;
  /** The quantisation table of each channel. */
  readonly scales: readonly Uint8Array[];
  readonly scans: readonly JpegScan[];
}

/** A progressive file has about 10 scans; thousands of empty ones would keep a worker busy for hours. */
const MAX_SCANS = 100;

const HUFFMAN_TABLES = 0xc4;
const ARITHMETIC_TABLES = 0xcc;
const QUANTISATION_TABLES = 0xdb;
const NUMBER_OF_LINES = 0xdc;
const RESTART_INTERVAL = 0xdd;
const ADOBE_SEGMENT = 0xee;
const COMMENT = 0xfe;

/** Reads the segments of one file in order. */
class JpegReader {
  readonly #fail: JpegFault;
  readonly #tables: JpegTables;
  readonly #scans: JpegScan[] = [];
  /** Quantisation tables by channel, as they are when its first scan comes. */
  readonly #scales = new Map<number, Uint8Array>();
  #frame: JpegFrame | undefined;
  #restartInterval = 0;
  #adobeTransform: number | undefined;

  constructor(fail: JpegFault) {
    this.#fail = fail;
    this.#tables = new JpegTables(fail);
  }

  add(segment: JpegSegment): void {
    const { marker, body } = segment;
    if (marker === HUFFMAN_TABLES) this.#tables.readCodes(body);
    else if (marker === QUANTISATION_TABLES) this.#tables.readScales(body);
    else if (marker === RESTART_INTERVAL) this.#restartInterval = this.#twoBytes(body);
    else if (marker === NUMBER_OF_LINES) this.#readLines(body);
    else if (marker === ADOBE_SEGMENT) this.#readAdobe(body);
    else if (marker === START_OF_SCAN) this.#readScan(segment);
    else if (isFrame(marker)) this.#readFrame(segment);
    else if (marker < 0xe0 && marker !== ARITHMETIC_TABLES || marker > 0xef && marker < COMMENT) {
      throw this.#fail(`unknown marker ff ${marker.toString(16)} at byte ${segment.at}`);
    }
  }

  parts(length: number, warnings: readonly string[]): JpegParts {
    const frame = this.#frame;
    if (frame === undefined) throw this.#fail("the file ends before its frame header");
    const { height, width, channels } = frame;
    if (height === 0 || width === 0) throw this.#fail(`it has ${width} x ${height} pixels`);
    // The mean brightness of each block must come for every channel.
    const shown = new Set(
      this.#scans.filter(({ hasMeans }) => hasMeans).flatMap((scan) => scan.channels),
    );
    if (channels.some((channel) => !shown.has(channel))) {
      throw this.#fail("the file is truncated: image data of a colour channel are missing");
    }
    const namedRgb = String.fromCharCode(...channels.map(({ id }) => id)) === "RGB";
    const isColour = channels.length === 3;
    const isRgb = isColour && (this.#adobeTransform ?? (namedRgb ? 0 : 1)) === 0;
    return {
      header: { height, width, channels: isColour ? 3 : 1, isRgb, length, warnings },
      frame,
      scales: channels.map(({ id }) => this.#scales.get(id)!),
      scans: this.#scans,
    };
  }

  #twoBytes(body: Uint8Array): number {
    if (body.length === 2) return (body[0] << 8) | body[1];
    throw this.#fail(`a segment of one number has ${body.length} bytes, expected 2`);
  }

  #readFrame(segment: JpegSegment): void {
    if (this.#frame !== undefined) throw this.#fail("two images in one file, expected one");
    this.#frame = readFrame(segment, this.#fail);
  }

  /** Cameras that send an image while it comes in tell its height behind the first scan. */
  #readLines(body: Uint8Array): void {
    if (this.#frame?.height === 0) this.#frame = { ...this.#frame, height: this.#twoBytes(body) };
  }

  #readAdobe(body: Uint8Array): void {
    if (startsWith(body, "Adobe") && body.length >= 12) this.#adobeTransform = body[11];
  }

  #readScan(segment: JpegSegment): void {
    if (this.#frame === undefined) throw this.#fail("image data come before the frame header");
    if (this.#scans.length === MAX_SCANS) throw this.#fail(`more than ${MAX_SCANS} scans`);
    const scan = readScan(segment, this.#frame, this.#tables, this.#restartInterval, this.#fail);
    for (const { id, scales } of scan.channels) {
      if (!this.#scales.has(id)) this.#scales.set(id, this.#tables.scales(scales));
    }
    this.#scans.push(scan);
  }
}

/** The error of a file that cannot be decoded. */
export function jpegError(name: string, reason: string): InputError {
  return new InputError(`Cannot decode ${name}`, reason);
}

/** Checks that the image data can hold the image's pixels. */
export function checkImageData({ scans, frame }: JpegParts, fail: JpegFault): void {
  for (const scan of scans) checkScan(scan, frame, fail);
}

/** All that is needed to decode an image; whether its data are as long as they must be is not checked. */
export function readJpegParts(bytes: Uint8Array, fail: JpegFault): JpegParts {
  if (bytes.length === 0) throw fail("the file is empty");
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) {
    throw fail(`it is ${describeFile(bytes)}, expected a JPEG image`);
  }
  const { segments, length, stray } = jpegSegments(bytes, fail);
  const reader = new JpegReader(fail);
  for (const segment of segments) reader.add(segment);
  return reader.parts(length, [
    ...(stray === 0 ? [] : [`${stray} bytes between its segments belong to none and are left out`]),
    ...afterImage(bytes, length),
  ]);
}

/** What follows the image; zero bytes fill many a disk's and camera's last block. */
function afterImage(bytes: Uint8Array, length: number): string[] {
  const rest = bytes.subarray(length);
  if (rest.every((byte) => byte === 0)) return [];
  const another = rest.findIndex((byte, i) =>
    byte === 0xff && rest[i + 1] === START_OF_IMAGE && rest[i + 2] === 0xff
  );
  return another < 0
    ? [`its last ${rest.length} bytes come after the end of the image and are left out`]
    : [`another image follows at byte ${length + another} and is left out`];
}

/**
 * Reads what a JPEG says of itself and checks its structure, without decoding it.
 *
 * @param name The file's name, for messages
 * @param bytes The whole file
 * @throws {InputError} naming the file: empty, not a JPEG (and what it is instead), truncated, damaged
 * tables or headers, image data too short for its pixels, another coding than 8-bit baseline or
 * progressive, CMYK
 */
export function readJpegHeader(name: string, bytes: Uint8Array): JpegHeader {
  const fail = (reason: string) => jpegError(name, reason);
  const parts = readJpegParts(bytes, fail);
  checkImageData(parts, fail);
  return parts.header;
}
