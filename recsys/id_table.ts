/**
 * Numbers for ids: the first id seen is 0, the next new one 1. Keeps the bytes of all ids in one
 * block: as keys of a `Map`, slices of a file's text would keep the whole text alive.
 *
 * @module
 */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes of all ids together; offsets are 32 bits wide. */
const MOST_BYTES = 2 ** 31;

/**
 * Ids in order of their first appearance, found again by hashing.
 *
 * @example
 * ```ts
 * import { IdTable } from "./id_table.ts";
 *
 * const songs = new IdTable(["SOAAA", "SOBBB"]);
 * if (songs.indexOf("SOBBB") !== 1 || songs.add("SOCCC") !== 2) throw new Error("in order");
 * ```
 */
export class IdTable {
  #bytes = new Uint8Array(1024);
  /** Where each id starts; entry `size` is the end of the last. */
  #starts = new Uint32Array(65);
  /** Open addressing with linear probing: index + 1, or 0 where free. */
  #slots = new Uint32Array(128);
  #size = 0;

  /** Starts with some ids; doubles are entered once. */
  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
  }

  /** Number of distinct ids. */
  get size(): number {
    return this.#size;
  }

  /** The number of an id, entering it when it is new. */
  add(id: string): number {
    const bytes = encoder.encode(id);
    return this.addBytes(bytes, 0, bytes.length);
  }

  /** The number of an id, or -1 when it was never entered. */
  indexOf(id: string): number {
    const bytes = encoder.encode(id);
    return this.#slots[this.#find(bytes, 0, bytes.length)] - 1;
  }

  /**
   * The id of a number.
   *
   * @throws {RangeError} when there is none
   */
  id(index: number): string {
    if (!Number.isInteger(index) || index < 0 || index >= this.#size) {
      throw new RangeError(`Cannot name id ${index}: the table holds ${this.#size} ids`);
    }
    return decoder.decode(this.#bytes.subarray(this.#starts[index], this.#starts[index + 1]));
  }

  /** All ids, in order. */
  ids(): string[] {
    return Array.from({ length: this.#size }, (_, index) => this.id(index));
  }

  /**
   * The number of an id given as UTF-8, entering it when it is new.
   *
   * @param bytes Holds the id from `start` up to `end`
   * @throws {TypeError} when a new id is not UTF-8
   * @throws {RangeError} when the ids take more than 2 GiB
   */
  addBytes(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.#find(bytes, start, end);
    const found = this.#slots[slot];
    return found > 0 ? found - 1 : this.#enter(bytes, start, end, slot);
  }

  #enter(bytes: Uint8Array, start: number, end: number, slot: number): number {
    for (let at = start; at < end; at++) {
      if (bytes[at] < 0x80) continue;
      decoder.decode(bytes.subarray(start, end)); // throws unless UTF-8
      break;
    }
    const from = this.#starts[this.#size];
    this.#reserve(from + end - start);
    this.#bytes.set(bytes.subarray(start, end), from);
    this.#slots[slot] = ++this.#size;
    this.#starts[this.#size] = from + end - start;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return this.#size - 1;
  }

  /** The slot that holds the id, or the free one where it belongs. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(bytes, start, end) & mask;
    while (this.#slots[slot] > 0 && !this.#equals(this.#slots[slot] - 1, bytes, start, end)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[index];
    if (this.#starts[index + 1] - from !== end - start) return false;
    for (let at = start; at < end; at++) {
      if (this.#bytes[from + at - start] !== bytes[at]) return false;
    }
    return true;
  }

  #reserve(bytes: number): void {
    if (bytes > MOST_BYTES) {
      throw new RangeError(
        `Cannot enter an id: the ids take ${bytes} bytes, at most ${MOST_BYTES}`,
      );
    }
    if (bytes > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(bytes, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    if (this.#size + 2 > this.#starts.length) {
      const grown = new Uint32Array(2 * this.#starts.length);
      grown.set(this.#starts);
      this.#starts = grown;
    }
  }

  #rehash(): void {
    const mask = 2 * this.#slots.length - 1;
    this.#slots = new Uint32Array(mask + 1);
    for (let index = 0; index < this.#size; index++) {
      let slot = hashOf(this.#bytes, this.#starts[index], this.#starts[index + 1]) & mask;
      while (this.#slots[slot] > 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}

/** FNV-1a, its high bits mixed in: the low bits alone follow the last bytes too closely. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811C9DC5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2C1B3C6D);
  return (hash ^ (hash >>> 13)) >>> 0;
}
