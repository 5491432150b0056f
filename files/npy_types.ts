/**
 * Element types of NumPy's files.
 *
 * @module
 */
import type { HostData } from "../gpu/tensor.ts";
import { safeIntegers } from "./claims.ts";

/** What is read, as NumPy names it, with the bytes of an element. */
export const ITEM_BYTES: Readonly<Record<string, number>> = {
  f8: 8,
  f4: 4,
  f2: 2,
  i8: 8,
  i4: 4,
  i2: 2,
  i1: 1,
  u8: 8,
  u4: 4,
  u2: 2,
  u1: 1,
  b1: 1,
};

/** What a type that is not read is, for those who did not know that they saved it. */
export function kindOf(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    O: "Python objects",
    U: "text",
    S: "bytes",
    c: "complex numbers",
    M: "dates",
    m: "spans of time",
    V: "bytes without a type",
  };
  const found = words[kind[0] ?? ""];
  return found === undefined ? "" : ` (${found})`;
}

/** Elements of a file as an array of ours; whole numbers beyond 2^53 are refused. */
export function decodeElements(
  file: string,
  kind: string,
  elements: Uint8Array<ArrayBuffer>,
): HostData {
  const { buffer, byteOffset } = elements;
  const attempt = `Cannot read ${file}`;
  const length = elements.length / ITEM_BYTES[kind];
  switch (kind) {
    case "f8":
      return new Float64Array(buffer, byteOffset, length);
    case "f4":
      return new Float32Array(buffer, byteOffset, length);
    case "f2":
      return Float32Array.from(new Float16Array(buffer, byteOffset, length));
    case "i8":
      return safeIntegers(attempt, new BigInt64Array(buffer, byteOffset, length));
    case "u8":
      return safeIntegers(attempt, new BigUint64Array(buffer, byteOffset, length));
    case "i4":
      return new Int32Array(buffer, byteOffset, length);
    case "i2":
      return Int32Array.from(new Int16Array(buffer, byteOffset, length));
    case "i1":
      return Int32Array.from(new Int8Array(buffer, byteOffset, length));
    case "u4":
      return new Uint32Array(buffer, byteOffset, length);
    case "u2":
      return Uint32Array.from(new Uint16Array(buffer, byteOffset, length));
    default:
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** Elements with their bytes in the other order. */
export function swappedElements(elements: Uint8Array, itemBytes: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(elements.length);
  for (let at = 0; at < result.length; at += itemBytes) {
    for (let i = 0; i < itemBytes; i++) result[at + i] = elements[at + itemBytes - 1 - i];
  }
  return result;
}

/** Element type as NumPy words it. */
export function descrOf(data: HostData): string {
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Uint32Array) return "<u4";
  return data instanceof Int32Array ? "<i4" : "|u1";
}
