/**
 * The segments of a JPEG file, from the first marker to the end-of-image marker (ITU T.81, annex B).
 *
 * @module
 */
import type { InputError } from "./input_error.ts";

/** Words an error about the file. */
export type JpegFault = (reason: string) => InputError;

/** One segment. */
export interface JpegSegment {
  /** The second byte of its marker. */
  readonly marker: number;
  /** Where its marker stands. */
  readonly at: number;
  /** What follows its length. */
  readonly body: Uint8Array;
  /** The image data behind a start of scan, in pieces. */
  readonly data: readonly Uint8Array[];
}

/** A file's segments in order, without those that are nothing but a marker. */
export interface JpegSegments {
  readonly segments: readonly JpegSegment[];
  /** Bytes up to and including the end-of-image marker. */
  readonly length: number;
  /** Bytes between segments that belong to none. */
  readonly stray: number;
}

export const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
export const START_OF_SCAN = 0xda;
const TEMPORARY = 0x01;

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

class Walker {
  readonly #bytes: Uint8Array;
  readonly #fail: JpegFault;
  #at = 2;
  #stray = 0;

  constructor(bytes: Uint8Array, fail: JpegFault) {
    this.#bytes = bytes;
    this.#fail = fail;
  }

  walk(): JpegSegments {
    const segments: JpegSegment[] = [];
    for (;;) {
      const marker = this.#marker();
      const at = this.#at - 2;
      if (marker === END_OF_IMAGE) break;
      if (marker === START_OF_IMAGE) {
        throw this.#fail(`another image begins at byte ${at}, before the end of the first`);
      }
      if (marker === TEMPORARY || isRestart(marker)) continue; // no length follows
      const body = this.#body();
      const data = marker === START_OF_SCAN ? this.#imageData() : [];
      segments.push({ marker, at, body, data });
    }
    return { segments, length: this.#at, stray: this.#stray };
  }

  /** Moves behind the next marker; what stands before it belongs to no segment. */
  #marker(): number {
    const bytes = this.#bytes;
    const from = this.#at;
    for (;;) {
      const at = bytes.indexOf(0xff, this.#at);
      if (at < 0) throw this.#truncated();
      this.#at = at;
      while (bytes[this.#at] === 0xff) this.#at++; // markers may be padded with 0xff
      if (this.#at >= bytes.length) throw this.#truncated();
      const marker = bytes[this.#at++];
      if (marker === 0) continue; // as in image data, no marker
      this.#stray += at - from;
      return marker;
    }
  }

  #body(): Uint8Array {
    if (this.#at + 2 > this.#bytes.length) throw this.#truncated();
    const length = (this.#bytes[this.#at] << 8) | this.#bytes[this.#at + 1];
    if (length < 2) throw this.#fail(`a segment at byte ${this.#at} has the length ${length}`);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#truncated();
    const body = this.#bytes.subarray(this.#at + 2, end);
    this.#at = end;
    return body;
  }

  /**
   * Moves to the marker that ends the scan; 0xff 0x00 and restart markers belong to the data, further
   * 0xff before them do not.
   */
  #imageData(): Uint8Array[] {
    const bytes = this.#bytes;
    const pieces: Uint8Array[] = [];
    let from = this.#at;
    for (let at = from;;) {
      const start = bytes.indexOf(0xff, at);
      if (start < 0) throw this.#truncated();
      let code = start + 1;
      while (bytes[code] === 0xff) code++;
      if (code >= bytes.length) throw this.#truncated();
      const isData = bytes[code] === 0 || isRestart(bytes[code]);
      if (!isData || code > start + 1) {
        pieces.push(bytes.subarray(from, start));
        from = code - 1;
      }
      if (!isData) {
        this.#at = start;
        return pieces;
      }
      at = code + 1;
    }
  }

  #truncated(): InputError {
    return this.#fail(
      `the file is truncated: it ends after ${this.#bytes.length} bytes without an end-of-image marker`,
    );
  }
}

/**
 * Walks through a file that starts as a JPEG does. Bytes between segments that begin none are passed
 * over, as by every other program.
 *
 * @throws {InputError} where the file ends before its image
 */
export function jpegSegments(bytes: Uint8Array, fail: JpegFault): JpegSegments {
  return new Walker(bytes, fail).walk();
}

/** How many restart markers stand in image data. */
export function restartMarkers(data: readonly Uint8Array[]): number {
  let count = 0;
  for (const piece of data) {
    for (let at = piece.indexOf(0xff); at >= 0; at = piece.indexOf(0xff, at + 1)) {
      if (isRestart(piece[at + 1])) count++;
    }
  }
  return count;
}
