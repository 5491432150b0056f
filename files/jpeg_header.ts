/**
 * The structure of a JPEG file, walked from the first marker to the end-of-image marker: the decoder
 * fills what is missing from a truncated file with grey and says nothing.
 *
 * @module
 */
import { describeFile, startsWith } from "./describe_file.ts";
import { InputError } from "./input_error.ts";

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
}

/** A progressive file has about 10 scans; thousands of empty ones would keep a worker busy for hours. */
const MAX_SCANS = 100;

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const ADOBE_SEGMENT = 0xee;

interface Frame extends ImageSize {
  readonly components: readonly number[];
}

/** Walks the segments of one file; every method moves `#at` forward or throws. */
class JpegWalker {
  readonly #bytes: Uint8Array;
  readonly #fail: (reason: string) => InputError;
  readonly #scanned = new Set<number>();
  #at = 2;
  #frame: Frame | undefined;
  #adobeTransform: number | undefined;
  #scans = 0;

  constructor(bytes: Uint8Array, fail: (reason: string) => InputError) {
    this.#bytes = bytes;
    this.#fail = fail;
  }

  walk(): JpegHeader {
    for (let marker = this.#marker(); marker !== END_OF_IMAGE; marker = this.#marker()) {
      if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue; // no length follows
      const segment = this.#segment();
      if (this.#isFrame(marker)) this.#readFrame(marker, segment);
      else if (marker === ADOBE_SEGMENT) this.#readAdobe(segment);
      else if (marker === START_OF_SCAN) this.#readScan(segment);
    }
    return this.#header();
  }

  #marker(): number {
    const bytes = this.#bytes;
    if (this.#at < bytes.length && bytes[this.#at] !== 0xff) {
      throw this.#fail(`expected a JPEG marker at byte ${this.#at}, the file is damaged`);
    }
    while (bytes[this.#at] === 0xff) this.#at++; // markers may be padded with 0xff
    if (this.#at >= bytes.length) throw this.#truncated();
    return bytes[this.#at++];
  }

  #segment(): Uint8Array {
    if (this.#at + 2 > this.#bytes.length) throw this.#truncated();
    const length = (this.#bytes[this.#at] << 8) | this.#bytes[this.#at + 1];
    if (length < 2) throw this.#fail(`a segment at byte ${this.#at} has the length ${length}`);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#truncated();
    const segment = this.#bytes.subarray(this.#at + 2, end);
    this.#at = end;
    return segment;
  }

  /** Start of frame: 0xc0 to 0xcf without the three table segments among them. */
  #isFrame(marker: number): boolean {
    return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 &&
      marker !== 0xcc;
  }

  #readFrame(marker: number, segment: Uint8Array): void {
    if (marker > 0xc2) {
      throw this.#fail(
        "lossless, hierarchical or arithmetic-coded JPEG, expected baseline or progressive",
      );
    }
    if (this.#frame !== undefined) throw this.#fail("two images in one file, expected one");
    const count = segment[5];
    if (segment.length < 6 || segment.length < 6 + 3 * count) {
      throw this.#fail("its frame header is too short, the file is damaged");
    }
    if (segment[0] !== 8) throw this.#fail(`${segment[0]} bits per channel, expected 8`);
    this.#frame = {
      height: (segment[1] << 8) | segment[2],
      width: (segment[3] << 8) | segment[4],
      components: Array.from({ length: count }, (_, i) => segment[6 + 3 * i]),
    };
  }

  #readAdobe(segment: Uint8Array): void {
    if (startsWith(segment, "Adobe") && segment.length >= 12) this.#adobeTransform = segment[11];
  }

  #readScan(segment: Uint8Array): void {
    if (this.#frame === undefined) throw this.#fail("image data come before the frame header");
    if (++this.#scans > MAX_SCANS) throw this.#fail(`more than ${MAX_SCANS} scans`);
    const spectralStart = segment[1 + 2 * segment[0]];
    for (let i = 0; i < segment[0]; i++) {
      // The mean brightness of each block (coefficient 0) must come for every channel.
      if (spectralStart === 0) this.#scanned.add(segment[1 + 2 * i]);
    }
    this.#skipImageData();
  }

  /** Moves to the marker that ends the scan; 0xff 0x00 and restart markers belong to the data. */
  #skipImageData(): void {
    for (;;) {
      const at = this.#bytes.indexOf(0xff, this.#at);
      if (at < 0 || at + 1 >= this.#bytes.length) throw this.#truncated();
      const next = this.#bytes[at + 1];
      this.#at = at;
      if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return;
      this.#at = at + 2;
    }
  }

  #header(): JpegHeader {
    const frame = this.#frame;
    if (frame === undefined) throw this.#fail("the file ends before its frame header");
    const channels = frame.components.length;
    if (channels === 4) throw this.#fail("four colour channels (CMYK), expected RGB or greyscale");
    if (channels !== 1 && channels !== 3) {
      throw this.#fail(`${channels} colour channels, expected 3 (RGB) or 1 (greyscale)`);
    }
    if (frame.components.some((component) => !this.#scanned.has(component))) {
      throw this.#fail("the file is truncated: image data of a colour channel are missing");
    }
    const namedRgb = String.fromCharCode(...frame.components) === "RGB";
    const isRgb = channels === 3 && (this.#adobeTransform ?? (namedRgb ? 0 : 1)) === 0;
    return { height: frame.height, width: frame.width, channels, isRgb, length: this.#at };
  }

  #truncated(): InputError {
    return this.#fail(
      `the file is truncated: it ends after ${this.#bytes.length} bytes without an end-of-image marker`,
    );
  }
}

/** The error of a file that cannot be decoded. */
export function jpegError(name: string, reason: string): InputError {
  return new InputError(`Cannot decode ${name}`, reason);
}

/**
 * Walks through a JPEG file without decoding it.
 *
 * @param name The file's name, for messages
 * @param bytes The whole file
 * @throws {InputError} naming the file: empty, not a JPEG (and what it is instead), truncated,
 * damaged between segments, another coding than 8-bit baseline or progressive, CMYK
 */
export function readJpegHeader(name: string, bytes: Uint8Array): JpegHeader {
  const fail = (reason: string) => jpegError(name, reason);
  if (bytes.length === 0) throw fail("the file is empty");
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) {
    throw fail(`it is ${describeFile(bytes)}, expected a JPEG image`);
  }
  return new JpegWalker(bytes, fail).walk();
}
