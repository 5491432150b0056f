/**
 * Good files changed as disks, networks, hands and enemies change them.
 *
 * @module
 */
import { bits, fold, key } from "../../gpu/random.ts";
import { joinBytes } from "../files/samples.ts";
import type { FileBytes } from "./reader.ts";

/** A good file changed. */
export interface Mutant {
  readonly bytes: FileBytes;
  /** Number of the good file that it was. */
  readonly seed: number;
}

/** No file grows by more than this in one change. */
const LONGEST_STRETCH = 1024;
/** Bytes at which formats turn: ends of ranges, quotes, separators, markers. */
const TELLING_BYTES = [0, 1, 0x7f, 0x80, 0xfe, 0xff, 9, 10, 13, 32, 34, 44, 45, 0x5b, 0x7b, 0x7d];
const TELLING_NUMBERS = [
  "-1",
  "0",
  "1e999",
  "-0.0",
  "NaN",
  "1e-400",
  "99999999999999999999",
  "2.5",
  "",
];
const FIELD_BYTES = [1, 2, 4, 8];

/** Draws whole numbers one after the other. */
class Draws {
  readonly #key: ReturnType<typeof key>;
  #drawn = 0;

  constructor(seed: number, reader: string, index: number) {
    this.#key = fold(fold(key(seed), reader), index);
  }

  /** From 0 to below a number. */
  below(limit: number): number {
    return limit <= 0 ? 0 : bits(this.#key, this.#drawn++) % limit;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** One in half of all cases, two in a quarter, and so on: files that are nearly good go deepest. */
  few(): number {
    return 1 + Math.clz32(this.below(2 ** 32) | 1);
  }

  /** A part of a file: short ones as often as long ones. */
  stretch(bytes: Uint8Array): [start: number, end: number] {
    const start = this.below(bytes.length + 1);
    const longest = Math.min(2 ** this.below(11), LONGEST_STRETCH);
    return [start, Math.min(bytes.length, start + 1 + this.below(longest))];
  }
}

type Change = (bytes: FileBytes, draws: Draws, others: readonly FileBytes[]) => FileBytes;

const spliced = (bytes: Uint8Array, start: number, end: number, ...parts: Uint8Array[]) =>
  joinBytes([bytes.subarray(0, start), ...parts, bytes.subarray(end)]);

const CHANGES: readonly Change[] = [
  function flipBits(bytes, draws) {
    const changed = bytes.slice();
    for (let left = draws.few(); left > 0; left--) {
      changed[draws.below(bytes.length)] ^= 1 << draws.below(8);
    }
    return changed;
  },
  function setBytes(bytes, draws) {
    const changed = bytes.slice();
    for (let left = draws.few(); left > 0; left--) {
      changed[draws.below(bytes.length)] = draws.of(TELLING_BYTES);
    }
    return changed;
  },
  function cut(bytes, draws) {
    return bytes.slice(0, draws.below(bytes.length + 1));
  },
  function remove(bytes, draws) {
    return spliced(bytes, ...draws.stretch(bytes));
  },
  function repeat(bytes, draws) {
    const [start, end] = draws.stretch(bytes);
    const times = Math.min(2 ** draws.below(6), Math.ceil(LONGEST_STRETCH / (end - start + 1)));
    return spliced(bytes, end, end, ...Array(times).fill(bytes.subarray(start, end)));
  },
  function insert(bytes, draws) {
    const [at] = draws.stretch(bytes);
    const added = new Uint8Array(2 ** draws.below(9)).fill(draws.of(TELLING_BYTES));
    if (draws.below(2) === 0) added.forEach((_, i) => added[i] = draws.below(256));
    return spliced(bytes, at, at, added);
  },
  function splice(bytes, draws, others) {
    const other = draws.of(others);
    return spliced(
      bytes,
      draws.below(bytes.length),
      bytes.length,
      other.subarray(draws.below(other.length)),
    );
  },
  function setField(bytes, draws) {
    const changed = bytes.slice();
    const width = draws.of(FIELD_BYTES);
    const near = bytes.length + draws.below(3) - 1;
    const all = 2n ** BigInt(8 * width);
    const value = draws.of([
      0n,
      1n,
      all - 1n,
      all - 2n,
      all / 2n,
      all / 2n - 1n,
      BigInt(near),
      2n ** 16n,
    ]);
    const at = draws.below(bytes.length - width + 1);
    const fromLow = draws.below(2) === 0;
    for (let i = 0; i < width; i++) {
      const byte = Number(value >> BigInt(8 * (fromLow ? i : width - 1 - i)) & 255n);
      changed[at + i] = byte; // beyond the end nothing happens
    }
    return changed;
  },
  function setNumber(bytes, draws) {
    const from = draws.below(bytes.length);
    const isDigit = (byte: number) => byte >= 48 && byte <= 57;
    const start = bytes.findIndex((byte, i) => i >= from && isDigit(byte));
    if (start < 0) return bytes;
    let end = start;
    while (end < bytes.length && isDigit(bytes[end])) end++;
    return spliced(bytes, start, end, new TextEncoder().encode(draws.of(TELLING_NUMBERS)));
  },
];

/**
 * The mutant of a number: the same for the same seed, reader, number and good files.
 *
 * @param seeds good files
 */
export function mutantOf(
  seeds: readonly FileBytes[],
  { seed, reader, index }: {
    readonly seed: number;
    readonly reader: string;
    readonly index: number;
  },
): Mutant {
  const draws = new Draws(seed, reader, index);
  const which = draws.below(seeds.length);
  let bytes = seeds[which];
  for (let left = draws.few(); left > 0; left--) {
    bytes = draws.of(CHANGES)(bytes, draws, seeds);
  }
  return { bytes: bytes.slice(), seed: which };
}
