/**
 * What a file claims of itself: sizes checked before they are believed, texts cut short before they
 * are repeated.
 *
 * @module
 */
import { InputError, printable } from "./input_error.ts";

/** Longest piece of a malformed file that an error message repeats, in characters. */
const LONGEST = 80;

/** What any file may take in memory, in bytes, and how many times its own length beyond that. */
const [ANY_FILE, TIMES] = [32 * 2 ** 20, 8];

/** The most bytes of content that a file of so many bytes is taken to hold unless somebody asks for more. */
export function proportionate(fileBytes: number): number {
  return ANY_FILE + TIMES * fileBytes;
}

/** A name or text from a file, quoted and cut short, so that a hostile one fits an error message. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text));
}

/** How many names a message gives. */
const NAMED = 5;

/** The first five names, and how many there are when there are more; a name stays short and on its line. */
export function someOf(names: readonly string[]): string {
  const more = names.length > NAMED ? `, … (${names.length} in all)` : "";
  const shown = names.slice(0, NAMED).map((name) =>
    /\p{Cc}/u.test(name) || name.length > 3 * LONGEST ? quoted(name) : name
  );
  return shown.join(", ") + more;
}

/** Which names that are there are those that are missing but for capitals, in words; empty for none. */
export function otherCapitals(missing: readonly string[], there: readonly string[]): string {
  const known = new Map(there.map((name) => [name.toLowerCase(), name]));
  const found = missing.flatMap((name) => known.get(name.toLowerCase()) ?? []);
  return found.length === 0 ? "" : `; there, with other capitals: ${someOf(found)}`;
}

/** Extents from a file as text, cut short after 16. */
export function extents(shape: readonly number[]): string {
  return `[${shape.slice(0, 16).join(", ")}${shape.length > 16 ? ", …" : ""}]`;
}

/**
 * Bytes of an array, with a check at every multiplication: a product beyond 2^53 would be rounded
 * and could agree with a lying size.
 *
 * @returns nothing when an extent is not a whole number from 0 on, or a product passes 2^53
 */
export function checkedBytes(shape: readonly number[], itemBytes: number): number | undefined {
  let bytes = itemBytes;
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) return undefined;
    bytes *= extent;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

/** 64-bit integers as float64, which holds them exactly up to 2^53; beyond they are refused. */
export function safeIntegers(
  attempt: string,
  integers: BigInt64Array | BigUint64Array,
): Float64Array<ArrayBuffer> {
  const data = new Float64Array(integers.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Number(integers[i]);
    if (Number.isSafeInteger(data[i])) continue;
    throw new InputError(
      attempt,
      `element ${i} is ${integers[i]}; integers beyond 2^53 cannot be held exactly`,
    );
  }
  return data;
}
