/**
 * Lines of `user<TAB>song<TAB>count` from pieces of bytes, checked one by one. Works on bytes: no
 * text is made but for messages.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";
import { quoted } from "../files/claims.ts";
import { InputError } from "../files/input_error.ts";
import { IdTable } from "./id_table.ts";
import { LARGEST_COUNT, type TripletColumns } from "./interactions.ts";

/** The plays of a file, in its order. Duplicates are kept; `makeInteractions` sums them. */
export interface TripletRows extends TripletColumns {
  /** Number of the user of each line in `userIds`. */
  readonly users: Uint32Array;
  /** Number of the song of each line in `itemIds`. */
  readonly items: Uint32Array;
  /** Plays of each line, 1 to 2^32 - 1. */
  readonly counts: Uint32Array;
  /** Ids of the users, by number. */
  readonly userIds: IdTable;
  /** Ids of the songs, by number. */
  readonly itemIds: IdTable;
}

/** How the lines of a file are taken. */
export interface ParseTripletsOptions {
  /** The file's name, for messages. */
  readonly name: string;
  /** Longest line taken, in bytes without its end. Default 1024; a line of the challenge has 62. */
  readonly maxLineBytes?: number;
  /** Ids of earlier files, so that equal ids get equal numbers; new ones are entered. */
  readonly userIds?: IdTable;
  /** As `userIds`, for songs. */
  readonly itemIds?: IdTable;
}

const [ZERO_BYTE, TAB, LINE_FEED, CARRIAGE_RETURN] = [0, 9, 10, 13];
const COLUMNS = "user<TAB>song<TAB>count";
const BYTE_ORDER_MARK = [0xEF, 0xBB, 0xBF];
const DEFAULT_LINE_BYTES = 1024;

/** Takes a file's bytes in order; `end` gives the columns. */
export class TripletParser {
  readonly #name: string;
  readonly #maxLineBytes: number;
  readonly #userIds: IdTable;
  readonly #itemIds: IdTable;
  readonly #users = new Column();
  readonly #items = new Column();
  readonly #counts = new Column();
  /** The start of a line whose end has not come yet. */
  readonly #open: Uint8Array;
  #openBytes = 0;
  #line = 0;
  #blankLine = 0;

  /**
   * Stands before line 1.
   *
   * @throws {RangeError} when `maxLineBytes` is not a whole number from 5 to 2^24
   */
  constructor(options: ParseTripletsOptions) {
    const { maxLineBytes = DEFAULT_LINE_BYTES } = options;
    whole("Cannot read triplets", { maxLineBytes }, 5, 2 ** 24);
    this.#name = options.name;
    this.#maxLineBytes = maxLineBytes;
    // One more for CR, and three for a byte order mark.
    this.#open = new Uint8Array(maxLineBytes + 4);
    this.#userIds = options.userIds ?? new IdTable();
    this.#itemIds = options.itemIds ?? new IdTable();
  }

  /** Lines seen so far, blank ones too. */
  get lines(): number {
    return this.#line;
  }

  /** Reads the lines that end in this piece and keeps the start of the next. */
  push(bytes: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) break;
      if (this.#openBytes > 0) {
        this.#keep(bytes, start, end);
        this.#readLine(this.#open, 0, this.#openBytes);
        this.#openBytes = 0;
      } else this.#readLine(bytes, start, end);
      start = end + 1;
    }
    this.#keep(bytes, start, bytes.length);
  }

  /** Reads a last line without an end and gives the columns. */
  end(): TripletRows {
    if (this.#openBytes > 0) this.#readLine(this.#open, 0, this.#openBytes);
    if (this.#users.size === 0) {
      throw new InputError(
        `Cannot read ${this.#name}`,
        `it holds no lines, expected lines of ${COLUMNS}`,
      );
    }
    return {
      users: this.#users.values(),
      items: this.#items.values(),
      counts: this.#counts.values(),
      userIds: this.#userIds,
      itemIds: this.#itemIds,
    };
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    if (this.#openBytes + end - start > this.#open.length) {
      this.#line++;
      throw this.#tooLong();
    }
    this.#open.set(bytes.subarray(start, end), this.#openBytes);
    this.#openBytes += end - start;
  }

  #readLine(bytes: Uint8Array, start: number, end: number): void {
    this.#line++;
    if (this.#line === 1 && BYTE_ORDER_MARK.every((byte, i) => bytes[start + i] === byte)) {
      start += BYTE_ORDER_MARK.length;
    }
    if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end--;
    if (end - start > this.#maxLineBytes) throw this.#tooLong();
    if (isBlank(bytes, start, end)) {
      this.#blankLine ||= this.#line;
      return;
    }
    if (this.#blankLine > 0) {
      this.#line = this.#blankLine;
      throw this.#fail(`it is blank, expected ${COLUMNS}`);
    }
    this.#readFields(bytes, start, end);
  }

  #readFields(bytes: Uint8Array, start: number, end: number): void {
    const first = tabIn(bytes, start, end);
    const second = tabIn(bytes, first + 1, end);
    if (second >= end || tabIn(bytes, second + 1, end) < end) {
      throw this.#wrongFields(bytes, start, end);
    }
    const count = wholeNumber(bytes, second + 1, end);
    if (!(count >= 1 && count <= LARGEST_COUNT)) throw this.#wrongCount(bytes, start, end);
    if (first === start) throw this.#fail("column 1 is empty, expected a user id");
    if (second === first + 1) {
      throw this.#fail("column 2 is empty, expected a song id");
    }
    if (isSongId(bytes, start, first) && isUserId(bytes, first + 1, second)) {
      throw this.#fail(
        `column 1 is a song id and column 2 a user id, expected ${COLUMNS}: are they swapped`,
      );
    }
    this.#users.push(this.#enter(this.#userIds, bytes, start, first, 1));
    this.#items.push(this.#enter(this.#itemIds, bytes, first + 1, second, 2));
    this.#counts.push(count);
  }

  #enter(ids: IdTable, bytes: Uint8Array, start: number, end: number, column: number): number {
    try {
      const known = ids.size;
      const index = ids.addBytes(bytes, start, end);
      const isNew = ids.size > known;
      if (isNew && bytes.subarray(start, end).indexOf(ZERO_BYTE) >= 0) throw this.#zeroByte();
      return index;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw this.#fail(`column ${column} has other bytes, expected text in UTF-8`);
    }
  }

  #wrongFields(bytes: Uint8Array, start: number, end: number): InputError {
    const line = bytes.subarray(start, end);
    if (line.indexOf(ZERO_BYTE) >= 0) return this.#zeroByte();
    const fields = line.reduce((sum, byte) => sum + (byte === TAB ? 1 : 0), 1);
    const found = `${fields} ${fields === 1 ? "field" : "fields"}`;
    return this.#fail(
      `it has ${found} in ${textOf(bytes, start, end)}, expected 3 fields, ${COLUMNS}`,
    );
  }

  #wrongCount(bytes: Uint8Array, start: number, end: number): InputError {
    if (bytes.subarray(start, end).indexOf(ZERO_BYTE) >= 0) return this.#zeroByte();
    const first = tabIn(bytes, start, end);
    const second = tabIn(bytes, first + 1, end);
    const shown = second + 1 === end ? "empty" : textOf(bytes, second + 1, end);
    const hint = this.#countHint(bytes, start, first, second, end);
    return this.#fail(
      `column 3 is ${shown}, expected a count, a whole number from 1 to ${LARGEST_COUNT}${hint}`,
    );
  }

  /** A count that stands in another column means swapped columns; words on line 1, a header. */
  #countHint(
    bytes: Uint8Array,
    start: number,
    first: number,
    second: number,
    end: number,
  ): string {
    const countStart = asciiOf(bytes, second + 1, Math.min(end, second + 9));
    if (countStart === "" || /^\s*[-+]?[\d.]/.test(countStart)) return "";
    const column = wholeNumber(bytes, first + 1, second) >= 1
      ? 2
      : wholeNumber(bytes, start, first) >= 1
      ? 1
      : 0;
    if (column > 0) return `; column ${column} holds a number: are the columns swapped`;
    return this.#line === 1 ? "; a header line is not read" : "";
  }

  #tooLong(): InputError {
    return this.#fail(
      `it is longer, expected at most ${this.#maxLineBytes} bytes (not a file of ${COLUMNS}?)`,
    );
  }

  #zeroByte(): InputError {
    return this.#fail("it has a zero byte, expected text in UTF-8");
  }

  #fail(reason: string): InputError {
    return new InputError(`Cannot read ${this.#name}`, `line ${this.#line}, ${reason}`);
  }
}

/** Whole numbers below 2^32 that keep coming. */
class Column {
  #values = new Uint32Array(1024);
  size = 0;

  push(value: number): void {
    if (this.size === this.#values.length) {
      const grown = new Uint32Array(2 * this.size);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.size++] = value;
  }

  values(): Uint32Array {
    return this.#values.slice(0, this.size);
  }
}

/** Where the next tab stands, or `end`. */
function tabIn(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== TAB) at++;
  return Math.min(at, end);
}

/** The number of a run of digits; NaN for anything else and for more than ten digits. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > 10) return NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = 10 * value + digit;
  }
  return value;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 32 && bytes[at] !== TAB) return false;
  }
  return true;
}

/** `SO` and 16 capitals or digits: a song of the Million Song Dataset. */
function isSongId(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 18 && /^SO[A-Z0-9]{16}$/.test(asciiOf(bytes, start, end));
}

/** 40 hexadecimal digits: a user of the Taste Profile. */
function isUserId(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 40 && /^[0-9a-f]{40}$/.test(asciiOf(bytes, start, end));
}

function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return quoted(new TextDecoder().decode(bytes.subarray(start, end)));
}
