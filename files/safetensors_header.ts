/**
 * The header of a safetensors file: JSON before the elements that says which tensors lie where.
 *
 * Every number in it is a claim: offsets, overlaps, holes, element type times shape and the size of
 * the file are all checked before anything of their size is allocated.
 *
 * @module
 */
import type { Shape } from "../gpu/tensor.ts";
import { checkedBytes, extents, quoted } from "./claims.ts";
import { InputError } from "./input_error.ts";

/**
 * Element types that can be read. F16 and BF16 are widened to f32. I64 becomes float64 and is
 * refused where a number passes 2^53.
 */
export type SafetensorsDType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "U32" | "U8";

/** Where a tensor lies in its file. */
export interface SafetensorsEntry {
  /** Element type as the file names it; one that is not a `SafetensorsDType` cannot be read. */
  readonly dtype: string;
  /** Extents, outermost first; `[]` for a scalar. */
  readonly shape: Shape;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Length in bytes. */
  readonly bytes: number;
}

/** A tensor to write. */
export interface SafetensorsInput {
  /** Name in the file. */
  readonly name: string;
  /** Element type of the bytes. */
  readonly dtype: SafetensorsDType;
  /** Extents, outermost first. */
  readonly shape: Shape;
  /** The elements as bytes, in pieces of any size; a piece is used up before the next is asked for. */
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  /** Free text by name, such as the seed, the configuration and the toolkit's version. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The tensors, in any order. */
  readonly tensors: readonly SafetensorsInput[];
}

/** Longest header, in bytes: room for 100,000 names; huggingface's 100 MB take seconds to parse. */
export const MAX_HEADER_BYTES = 10 * 2 ** 20;
/** Most tensors: more only serve to keep a reader busy. */
const MAX_TENSORS = 100_000;
/** Bytes of the length before the header. */
export const PREFIX = 8;
/** Bytes of an element, for all types of the format that fill whole bytes. */
export const ITEM_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** The order of the official writer, which puts wide types first so that all are aligned. */
export const FILE_ORDER: readonly SafetensorsDType[] = [
  "I64",
  "F64",
  "F32",
  "U32",
  "I32",
  "BF16",
  "F16",
  "U8",
];

/** What a header says. */
export interface SafetensorsHeader {
  /** Free text by name. */
  readonly metadata: Record<string, string>;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: Map<string, SafetensorsEntry>;
}

/**
 * Reads the text of a header.
 *
 * @param dataStart where the elements begin
 * @param size bytes of the file
 */
export function parseHeader(
  file: string,
  text: string,
  dataStart: number,
  size: number,
): SafetensorsHeader {
  const attempt = `Cannot read ${file}`;
  let json: unknown;
  try {
    checkKeys(attempt, text);
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(attempt, `the header is not JSON (${(error as Error).message})`);
  }
  const { __metadata__: metadata = {}, ...named } = json as Record<string, unknown>;
  const entries = Object.entries(named);
  const tensors = entries.map(([name, claim]) =>
    [name, parseEntry(file, name, claim, dataStart)] as const
  ).sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  checkLayout(file, tensors, dataStart, size);
  return { metadata: parseMetadata(file, metadata), tensors: new Map(tensors) };
}

function parseMetadata(file: string, metadata: unknown): Record<string, string> {
  if (!isObject(metadata)) {
    throw new InputError(
      `Cannot read ${file}`,
      `__metadata__ is ${kindOf(metadata)}, expected an object of strings`,
    );
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw new InputError(
      `Cannot read ${file}`,
      `__metadata__ ${quoted(name)} is ${kindOf(value)}, expected a string`,
    );
  }
  return metadata as Record<string, string>;
}

/** One tensor's claim, checked as far as it can be without the others. */
function parseEntry(
  file: string,
  name: string,
  claim: unknown,
  dataStart: number,
): SafetensorsEntry {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read tensor ${quoted(name)} of ${file}`, reason);
  };
  if (!isObject(claim)) return fail(`its entry is ${kindOf(claim)}, expected an object`);
  const { dtype, shape, data_offsets: offsets, ...others } = claim;
  const [other] = Object.keys(others);
  if (other !== undefined) return fail(`its entry has an unknown field ${quoted(other)}`);
  if (typeof dtype !== "string" || !Object.hasOwn(ITEM_BYTES, dtype)) {
    const came = typeof dtype === "string" ? quoted(dtype) : kindOf(dtype);
    return fail(`dtype is ${came}, expected one of ${Object.keys(ITEM_BYTES).join(", ")}`);
  }
  if (!isCounts(shape)) {
    return fail(`shape is ${shown(shape)}, expected an array of whole numbers from 0 on`);
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(
      `data_offsets is ${
        shown(offsets)
      }, expected two whole numbers, the second not before the first`,
    );
  }
  const [start, end] = offsets;
  const bytes = checkedBytes(shape, ITEM_BYTES[dtype]);
  if (bytes === undefined) return fail(`${dtype} ${extents(shape)} is more than 2^53 bytes`);
  if (bytes !== end - start) {
    return fail(`${dtype} ${extents(shape)} takes ${bytes} bytes, its offsets span ${end - start}`);
  }
  return { dtype, shape, offset: dataStart + start, bytes };
}

/** The tensors, sorted by offset, must fill the file without an overlap or a hole. */
function checkLayout(
  file: string,
  tensors: readonly (readonly [string, SafetensorsEntry])[],
  dataStart: number,
  size: number,
): void {
  let end = dataStart;
  for (const [name, { offset, bytes }] of tensors) {
    const fail = (reason: string): never => {
      throw new InputError(`Cannot read tensor ${quoted(name)} of ${file}`, reason);
    };
    if (offset < end) fail(`it begins at byte ${offset}, inside the tensor that ends at ${end}`);
    if (offset > end) fail(`it begins at byte ${offset}, the one before it ends at ${end}: a hole`);
    end = offset + bytes;
    if (end > size) fail(`it ends at byte ${end}, the file at ${size}: truncated`);
  }
  if (end !== size) {
    throw new InputError(
      `Cannot read ${file}`,
      `its tensors end at byte ${end}, the file at ${size}: ${size - end} bytes belong to none`,
    );
  }
}

/** A value as messages repeat it, cut short. */
function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

/** What a value is, without repeating it: it may be long, or nested too deeply to be printed. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return value === null ? "null" : "missing";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`.replace("a o", "an o");
}

/**
 * Refuses a header whose objects hold a key twice, or more keys than a file may have tensors, or
 * that nests deeper than the format does. `JSON.parse` keeps the last of two keys and other readers
 * the first, so such a file shows different tensors to different people; a million keys or brackets
 * would take seconds and a gigabyte to parse. By hand, because a regular expression overflows its
 * stack on a long string.
 */
function checkKeys(attempt: string, json: string): void {
  const objects: Set<string>[] = [];
  for (let i = 0, depth = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (code === OPEN_OBJECT) objects[depth] = new Set();
      if (++depth > 3) {
        throw new InputError(attempt, `the header nests deeper than 3 at byte ${PREFIX + i}`);
      }
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth = Math.max(0, depth - 1);
    if (code !== QUOTE) continue;
    const start = i;
    i = endOfString(json, start);
    if (isKey(json, i + 1)) addKey(attempt, objects[depth - 1], json.slice(start, i + 1));
  }
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where the string that begins at `start` has its closing quote. */
function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && json.charCodeAt(end) !== QUOTE) {
    end += json.charCodeAt(end) === BACKSLASH ? 2 : 1;
  }
  return end;
}

/** Whether a colon is the first thing from `at` on that is not a blank. */
function isKey(json: string, at: number): boolean {
  while (" \t\r\n".includes(json[at] ?? "x")) at++;
  return json.charCodeAt(at) === COLON;
}

/** `keys` is undefined where the text is no JSON: `JSON.parse` will say so. */
function addKey(attempt: string, keys: Set<string> | undefined, literal: string): void {
  const name = JSON.parse(literal) as string;
  if (keys?.has(name)) {
    throw new InputError(attempt, `the header has ${quoted(name)} twice in one object`);
  }
  if (keys?.add(name) && keys.size > MAX_TENSORS + 1) {
    throw new InputError(
      attempt,
      `it names more than ${MAX_TENSORS} tensors or notes, which are not accepted`,
    );
  }
}

/**
 * The bytes of a header, its length before it, for tensors in the order of the file.
 *
 * @throws {RangeError} for a name that comes twice, or more than can be read back
 */
export function encodeHeader(
  path: string,
  metadata: Readonly<Record<string, string>>,
  tensors: readonly SafetensorsInput[],
): Uint8Array {
  const entries = new Map<string, unknown>();
  const notes = Object.entries(metadata).sort(([a], [b]) => a < b ? -1 : 1);
  if (notes.length) entries.set("__metadata__", Object.fromEntries(notes));
  let end = 0;
  for (const { name, dtype, shape } of tensors) {
    if (entries.has(name) || name === "__metadata__") {
      throw new RangeError(`Cannot write ${path}: the name ${quoted(name)} is taken`);
    }
    const start = end;
    end += bytesOfInput(path, name, dtype, shape);
    entries.set(name, { dtype, shape, data_offsets: [start, end] });
  }
  // Written by hand: an object would put keys that look like numbers first.
  const members = [...entries].map(([name, value]) =>
    `${JSON.stringify(name)}:${JSON.stringify(value)}`
  );
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES || tensors.length > MAX_TENSORS) {
    throw new RangeError(
      `Cannot write ${path}: ${tensors.length} tensors and a header of ${length} bytes, at most ` +
        `${MAX_TENSORS} and ${MAX_HEADER_BYTES} can be read back`,
    );
  }
  const bytes = new Uint8Array(PREFIX + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, PREFIX);
  return bytes;
}

/** Bytes that the elements of a tensor take. */
export function bytesOfInput(
  path: string,
  name: string,
  dtype: SafetensorsDType,
  shape: Shape,
): number {
  if (!FILE_ORDER.includes(dtype)) {
    throw new RangeError(
      `Cannot write tensor ${quoted(name)} to ${path}: its type is ${dtype}, expected one of ${
        FILE_ORDER.join(", ")
      }`,
    );
  }
  const bytes = checkedBytes(shape, ITEM_BYTES[dtype]);
  if (bytes !== undefined) return bytes;
  throw new RangeError(
    `Cannot write tensor ${quoted(name)} to ${path}: its shape is ${extents(shape)}`,
  );
}
