/**
 * A gzip file as it streams by (RFC 1952): any number of members, each with its checksum and length
 * verified. Zero bytes between and behind them are passed over, as tapes and disks pad with; other
 * bytes behind the last member are left out with a warning, as gzip does.
 *
 * @module
 */
import { crc32 } from "./crc32.ts";
import { Inflater } from "./inflate.ts";
import { InputError } from "./input_error.ts";

/** Checksum and length that end a member. */
const TRAILER_BYTES = 8;
/** Extra field, file name and comment are optional; nobody writes more than this. */
const MOST_HEADER_BYTES = 256 * 1024;

/** Whether a file that starts with these bytes is gzip. */
export function isGzip(start: Uint8Array): boolean {
  return start.length >= 2 && start[0] === 0x1F && start[1] === 0x8B;
}

/** Who is told of a file that streams by. */
export interface PlainOptions {
  /** Called with each piece of the file before its text comes. */
  readonly taken?: (piece: Uint8Array) => void;
  /** Called at the end of the file with what was left out: sentences without its name. */
  readonly warn?: (warnings: readonly string[]) => void;
}

/**
 * The text of a file piece by piece, inflated when its first two bytes say gzip.
 *
 * @param input the file, or its bytes in pieces
 * @param attempt the first half of error messages: `Cannot read plays.txt.gz`
 * @throws {InputError} when it is gzip and damaged
 */
export async function* plainPieces(
  input: Uint8Array | AsyncIterable<Uint8Array>,
  attempt: string,
  { taken, warn }: PlainOptions = {},
): AsyncGenerator<Uint8Array> {
  let gunzip: Gunzip | undefined;
  let start: Uint8Array | undefined = new Uint8Array(0);
  const pieces = input instanceof Uint8Array ? slices(input) : input;
  for await (let piece of pieces) {
    if (start !== undefined) { // a stream may give one byte at a time
      start = piece = joined(start, piece);
      if (start.length < 2) continue;
      if (isGzip(start)) gunzip = new Gunzip(attempt);
      start = undefined;
    }
    taken?.(piece);
    if (gunzip) yield* gunzip.push(piece);
    else yield piece;
  }
  if (start !== undefined && start.length > 0) yield start; // a file of one byte
  if (gunzip) warn?.(gunzip.end());
}

/** An array in memory as a stream would give it. */
function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  const size = 2 ** 16;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Inflates a gzip file piece by piece; memory does not grow with the file. */
export class Gunzip {
  readonly #attempt: string;
  /** Bytes not yet used. */
  #held: Uint8Array = new Uint8Array(0);
  #expects: "header" | "text" | "trailer" | "nothing" = "header";
  #member = 0;
  #inflater: Inflater;
  #crc = 0;
  #size = 0;
  /** Bytes behind the last member. */
  #left = 0;

  /**
   * Waits for the header.
   *
   * @param attempt The first half of error messages: `Cannot read plays.txt.gz`
   */
  constructor(attempt: string) {
    this.#attempt = attempt;
    this.#inflater = this.#newInflater();
  }

  /**
   * The text that a piece of the file brings, in parts of at most 4 MiB.
   *
   * @throws {InputError} when the file is damaged
   */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    this.#held = joined(this.#held, bytes);
    for (;;) {
      if (this.#expects === "header" && !this.#readHeader()) break;
      if (this.#expects === "trailer" && !this.#readTrailer()) break;
      if (this.#expects === "nothing") {
        this.#left += this.#held.length;
        this.#held = new Uint8Array(0);
        break;
      }
      if (this.#expects !== "text") continue;
      if (this.#held.length === 0) break;
      yield* this.#readText();
    }
    this.#held = this.#held.slice(); // the caller may fill its array again
  }

  /**
   * To be called at the end of the file.
   *
   * @returns what was left out, a sentence each without the file's name
   * @throws {InputError} when it was cut short
   */
  end(): readonly string[] {
    if (this.#expects === "header" && this.#member > 0) {
      this.#left += this.#held.length; // too few for a header
    } else if (this.#expects !== "nothing") {
      throw this.#fail(
        `it is cut short in the ${this.#expects} of gzip member ${this.#member + 1}`,
      );
    }
    if (this.#left === 0) return [];
    return [`its last ${this.#left} bytes come after the gzip data and are left out`];
  }

  #newInflater(): Inflater {
    return new Inflater((reason) => this.#fail(reason));
  }

  #readHeader(): boolean {
    if (this.#member > 0) this.#passPadding();
    if (this.#held.length < 2) return false;
    if (this.#member > 0 && !isGzip(this.#held)) {
      this.#expects = "nothing";
      return true;
    }
    const size = headerBytes(this.#held, this.#attempt);
    if (size === undefined) return false;
    this.#held = this.#held.subarray(size);
    this.#expects = "text";
    this.#inflater = this.#newInflater();
    [this.#crc, this.#size] = [0, 0];
    return true;
  }

  #passPadding(): void {
    const start = this.#held.findIndex((byte) => byte !== 0);
    this.#held = this.#held.subarray(start < 0 ? this.#held.length : start);
  }

  *#readText(): Generator<Uint8Array> {
    const pieces = this.#inflater.push(this.#held);
    for (let next = pieces.next();; next = pieces.next()) {
      if (next.done) {
        this.#held = this.#held.subarray(next.value);
        break;
      }
      this.#crc = crc32(next.value, this.#crc);
      this.#size += next.value.length;
      yield next.value;
    }
    if (this.#inflater.hasEnded) this.#expects = "trailer";
  }

  #readTrailer(): boolean {
    if (this.#held.length < TRAILER_BYTES) return false;
    const trailer = new DataView(this.#held.buffer, this.#held.byteOffset);
    const [crc, size] = [trailer.getUint32(0, true), trailer.getUint32(4, true)];
    if (crc !== this.#crc || size !== this.#size % 2 ** 32) {
      throw this.#fail(
        `it is damaged: its text is ${this.#size} bytes with CRC-32 ${this.#crc}, expected ` +
          `${size} bytes (modulo 2^32) with ${crc}`,
      );
    }
    this.#held = this.#held.subarray(TRAILER_BYTES);
    this.#expects = "header";
    this.#member++;
    return true;
  }

  #fail(reason: string): InputError {
    return new InputError(this.#attempt, reason);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Length of a member's header, or nothing while more bytes are needed. RFC 1952, section 2.3. */
function headerBytes(bytes: Uint8Array, attempt: string): number | undefined {
  const [method, flags] = [bytes[2], bytes[3]];
  if (bytes.length < 10) return undefined;
  if (!isGzip(bytes) || method !== 8 || (flags & 0xE0) !== 0) {
    throw new InputError(attempt, "it has other bytes, expected a gzip header");
  }
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (bytes[10] | bytes[11] << 8); // extra field
  for (const flag of [8, 16]) { // file name, comment: each ends with a zero byte
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    at = zero < 0 ? Infinity : zero + 1;
  }
  if ((flags & 2) !== 0) at += 2; // checksum of the header
  if (at <= bytes.length) return at;
  if (bytes.length > MOST_HEADER_BYTES) {
    throw new InputError(attempt, `its gzip header has more than ${MOST_HEADER_BYTES} bytes`);
  }
  return undefined;
}
