/**
 * Safetensors: named tensors in one file, without code in it, so that a file from a stranger can be
 * opened. Format: https://huggingface.co/docs/safetensors: the length of the header as a
 * little-endian u64, the header as JSON, then the raw row-major little-endian elements.
 *
 * Every number in a file is a claim: the header's length, offsets, overlaps, holes, element type
 * times shape and the size of the file are all checked before anything of their size is allocated.
 * Tensors are read and written piece by piece, so that none has to fit in memory twice.
 */
import { createHash } from "node:crypto";
import { writeAll, writeAtomically } from "./atomic_file.ts";
import { type ByteSource, fileSource, memorySource } from "./byte_source.ts";
import { checkedBytes, extents, FormatError, quoted, safeIntegers } from "./format_error.ts";
import type { Gpu } from "../gpu/gpu.ts";
import {
  type DType,
  type HostData,
  type NdArray,
  type Shape,
  sizeOf,
  type Tensor,
} from "../gpu/tensor.ts";

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

/** An open safetensors file. */
export interface Safetensors extends Disposable {
  /** The file's name, for messages. */
  readonly name: string;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  /**
   * Reads a tensor whole.
   *
   * @throws FormatError when there is none of that name, or its type cannot be read
   */
  read(name: string): Promise<NdArray>;
  /**
   * Reads `count` elements of a tensor from element `start` on.
   *
   * @returns an array of shape `[count]`
   */
  readRange(name: string, start: number, count: number): Promise<NdArray>;
  /** Gives the file back. */
  close(): void;
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
const MAX_HEADER_BYTES = 10 * 2 ** 20;
/** Most tensors: more only serve to keep a reader busy. */
const MAX_TENSORS = 100_000;
/** Bytes of the length before the header. */
const PREFIX = 8;
/** Elements moved at once between file and device: 16 MiB of f32; a multiple of 4 for u8. */
const PIECE = 4 * 2 ** 20;

/** Bytes of an element, for all types of the format that fill whole bytes. */
const ITEM_BYTES: Readonly<Record<string, number>> = {
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
const FILE_ORDER: readonly SafetensorsDType[] = [
  "I64",
  "F64",
  "F32",
  "U32",
  "I32",
  "BF16",
  "F16",
  "U8",
];

// ---- Reading ----------------------------------------------------------------------------------

/**
 * Opens a safetensors file; only its header is read.
 *
 * @throws FormatError naming file, tensor, what came and what was expected
 *
 * @example
 * ```ts
 * import { hostTensor, readSafetensors, writeSafetensors } from "./safetensors.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const bias = { shape: [3], data: Float32Array.of(1, 2, 3) };
 * await writeSafetensors(path, { tensors: [hostTensor("bias", bias)] });
 * using file = await readSafetensors(path);
 * console.log(file.tensors.get("bias")?.shape, (await file.read("bias")).data);
 * ```
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const source = await fileSource(path);
  try {
    return await openSafetensors(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/**
 * Reads a safetensors file that is in memory.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws FormatError naming file, tensor, what came and what was expected
 */
export function parseSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  name = "safetensors",
): Promise<Safetensors> {
  return openSafetensors(memorySource(bytes, name));
}

async function openSafetensors(source: ByteSource): Promise<Safetensors> {
  const { text, dataStart } = await readHeader(source);
  const { metadata, tensors } = parseHeader(source.name, text, dataStart, source.size);
  return {
    name: source.name,
    metadata,
    tensors,
    async read(name) {
      const entry = entryOf(source.name, tensors, name);
      const { data } = await readElements(source, name, entry, 0, sizeOf(entry.shape));
      return { shape: entry.shape, data };
    },
    async readRange(name, start, count) {
      return await readElements(source, name, entryOf(source.name, tensors, name), start, count);
    },
    close: () => source.close(),
    [Symbol.dispose]: () => source.close(),
  };
}

async function readHeader(source: ByteSource): Promise<{ text: string; dataStart: number }> {
  const fail = (reason: string): never => {
    throw new FormatError(`Cannot read ${source.name}`, reason);
  };
  if (source.size < PREFIX + 2) {
    fail(`the file has ${source.size} bytes, a safetensors file has at least ${PREFIX + 2}`);
  }
  const prefix = await source.readAt(0, PREFIX);
  // BigInt: as a number, 2^64 - 1 would be rounded.
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    fail(`the header should be ${length} bytes long, at most ${MAX_HEADER_BYTES} are accepted`);
  }
  const dataStart = PREFIX + Number(length);
  if (dataStart > source.size) {
    fail(`the header should end at byte ${dataStart}, the file ends at ${source.size}`);
  }
  const bytes = await source.readAt(PREFIX, Number(length));
  if (bytes[0] !== 0x7b) fail(`the header must begin with "{" at byte ${PREFIX}`);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), dataStart };
  } catch {
    return fail("the header is not UTF-8");
  }
}

interface Header {
  readonly metadata: Record<string, string>;
  readonly tensors: Map<string, SafetensorsEntry>;
}

function parseHeader(file: string, text: string, dataStart: number, size: number): Header {
  const attempt = `Cannot read ${file}`;
  let json: unknown;
  try {
    checkKeys(attempt, text);
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(attempt, `the header is not JSON (${(error as Error).message})`);
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
    throw new FormatError(
      `Cannot read ${file}`,
      `__metadata__ is ${kindOf(metadata)}, expected an object of strings`,
    );
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw new FormatError(
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
    throw new FormatError(`Cannot read tensor ${quoted(name)} of ${file}`, reason);
  };
  if (!isObject(claim)) return fail(`its entry is ${kindOf(claim)}, expected an object`);
  const { dtype, shape, data_offsets: offsets, ...others } = claim;
  const [other] = Object.keys(others);
  if (other !== undefined) return fail(`its entry has an unknown field ${quoted(other)}`);
  if (typeof dtype !== "string" || !Object.hasOwn(ITEM_BYTES, dtype)) {
    const came = typeof dtype === "string" ? quoted(dtype) : kindOf(dtype);
    return fail(`dtype is ${came}, expected one of ${Object.keys(ITEM_BYTES).join(", ")}`);
  }
  if (!isCounts(shape)) return fail("shape must be an array of whole numbers from 0 on");
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail("data_offsets must be two whole numbers, the second not before the first");
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
      throw new FormatError(`Cannot read tensor ${quoted(name)} of ${file}`, reason);
    };
    if (offset < end) fail(`it begins at byte ${offset}, inside the tensor that ends at ${end}`);
    if (offset > end) fail(`it begins at byte ${offset}, the one before it ends at ${end}: a hole`);
    end = offset + bytes;
    if (end > size) fail(`it should end at byte ${end}, the file ends at ${size}: truncated`);
  }
  if (end !== size) {
    throw new FormatError(
      `Cannot read ${file}`,
      `its tensors end at byte ${end}, the file at ${size}: ${size - end} bytes belong to none`,
    );
  }
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
        throw new FormatError(attempt, `the header nests deeper than 3 at byte ${PREFIX + i}`);
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
    throw new FormatError(attempt, `the header has ${quoted(name)} twice in one object`);
  }
  if (keys?.add(name) && keys.size > MAX_TENSORS + 1) {
    throw new FormatError(
      attempt,
      `it names more than ${MAX_TENSORS} tensors or notes, which are not accepted`,
    );
  }
}

function entryOf(
  file: string,
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  name: string,
): SafetensorsEntry {
  const entry = tensors.get(name);
  if (entry) return entry;
  const names = [...tensors.keys()];
  const known = names.slice(0, 8).map(quoted).join(", ") || "none";
  const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
  throw new FormatError(
    `Cannot read tensor ${quoted(name)} of ${file}`,
    `there is none of that name; the file has ${known}${more}`,
  );
}

async function readElements(
  source: ByteSource,
  name: string,
  { dtype, shape, offset }: SafetensorsEntry,
  start: number,
  count: number,
): Promise<NdArray> {
  const attempt = `Cannot read tensor ${quoted(name)} of ${source.name}`;
  if (!(start >= 0 && count >= 0 && start + count <= sizeOf(shape))) {
    throw new RangeError(
      `${attempt}: elements ${start} to ${start + count} were asked for, it has ${sizeOf(shape)}`,
    );
  }
  const item = ITEM_BYTES[dtype];
  const bytes = await source.readAt(offset + start * item, count * item);
  const data = decode(attempt, dtype, bytes);
  return { shape: [count], data };
}

function decode(attempt: string, dtype: string, bytes: Uint8Array<ArrayBuffer>): HostData {
  const { buffer } = bytes;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "U32":
      return new Uint32Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "U8":
      return new Uint8Array(buffer);
    case "F16":
      return Float32Array.from(new Float16Array(buffer));
    case "BF16": // the upper half of an f32
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer,
      );
    case "I64":
      return safeIntegers(attempt, new BigInt64Array(buffer));
  }
  throw new FormatError(
    attempt,
    `elements of type ${dtype} are not read, only ${FILE_ORDER.join(", ")}`,
  );
}

// ---- Writing ----------------------------------------------------------------------------------

/**
 * Writes a safetensors file piece by piece, under a temporary name until it is whole; an error
 * leaves what was at `path`. Equal content gives equal bytes, whatever the order of the tensors:
 * they are sorted as huggingface's writer does, wide element types first, then by name.
 *
 * @returns SHA-256 of the tensors' bytes in the order of the file, in hexadecimal; the metadata do
 *   not count, so that runs that differ only in their notes compare equal
 * @throws RangeError when a tensor's chunks do not add up to its shape, or a name comes twice
 */
export async function writeSafetensors(
  path: string,
  content: SafetensorsContent,
): Promise<string> {
  const tensors = [...content.tensors].sort((a, b) =>
    FILE_ORDER.indexOf(a.dtype) - FILE_ORDER.indexOf(b.dtype) || (a.name < b.name ? -1 : 1)
  );
  const header = headerBytes(path, content.metadata ?? {}, tensors);
  return await writeAtomically(path, async (file) => {
    await writeAll(file, header);
    const hash = createHash("sha256");
    for (const tensor of tensors) {
      await writeChunks(path, file, tensor, (chunk) => hash.update(chunk));
    }
    return hash.digest("hex");
  });
}

function headerBytes(
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

function bytesOfInput(path: string, name: string, dtype: SafetensorsDType, shape: Shape): number {
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

async function writeChunks(
  path: string,
  file: Deno.FsFile,
  { name, dtype, shape, chunks }: SafetensorsInput,
  update: (chunk: Uint8Array) => void,
): Promise<void> {
  const wanted = bytesOfInput(path, name, dtype, shape);
  let written = 0;
  const check = (agrees: boolean, came: string) => {
    if (agrees) return;
    throw new RangeError(
      `Cannot write tensor ${quoted(name)} to ${path}: ${dtype} ${
        extents(shape)
      } takes ${wanted} ` +
        `bytes and ${came} came`,
    );
  };
  for await (const chunk of chunks) {
    written += chunk.length;
    check(written <= wanted, `at least ${written}`);
    update(chunk);
    await writeAll(file, chunk);
  }
  check(written === wanted, String(written));
}

// ---- Host arrays and device tensors -------------------------------------------------------------

/** A host array as a tensor to write. */
export function hostTensor(name: string, { shape, data }: NdArray): SafetensorsInput {
  const dtype = data instanceof Float64Array
    ? "F64"
    : data instanceof Float32Array
    ? "F32"
    : data instanceof Uint32Array
    ? "U32"
    : data instanceof Int32Array
    ? "I32"
    : "U8";
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dtype, shape, chunks: [bytes] };
}

const FILE_DTYPE: Readonly<Record<DType, SafetensorsDType>> = {
  f32: "F32",
  u32: "U32",
  i32: "I32",
  f16: "F16",
  u8: "U8",
};

/** A device tensor as a tensor to write; it is read back 16 MiB at a time while it is written. */
export function deviceTensor(gpu: Gpu, name: string, tensor: Tensor): SafetensorsInput {
  const dtype = FILE_DTYPE[tensor.dtype];
  const bytes = sizeOf(tensor.shape) * ITEM_BYTES[dtype];
  return { name, dtype, shape: tensor.shape, chunks: trimmed(gpu.readChunks(tensor), bytes) };
}

/** Device buffers are padded to 16 bytes; the file holds elements only. */
async function* trimmed(
  chunks: AsyncIterable<{ offset: number; chunk: Uint8Array }>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  for await (const { offset, chunk } of chunks) yield chunk.subarray(0, bytes - offset);
}

/**
 * Fills a device tensor from a file, 16 MiB at a time. Any float type of the file goes into an f32
 * tensor; other types must be the same.
 *
 * @param name name in the file; by default the tensor's label
 * @throws FormatError when name, shape or type do not fit
 */
export async function loadTensor(
  gpu: Gpu,
  file: Safetensors,
  tensor: Tensor,
  name: string = tensor.label,
): Promise<void> {
  const attempt = `Cannot load tensor ${quoted(name)} from ${file.name}`;
  const { dtype, shape } = entryOf(file.name, file.tensors, name);
  if (shape.join() !== tensor.shape.join()) {
    throw new FormatError(
      attempt,
      `the file has ${extents(shape)}, the model has ${extents(tensor.shape)}`,
    );
  }
  const fits = tensor.dtype === "f32"
    ? ["F64", "F32", "F16", "BF16"].includes(dtype)
    : tensor.dtype !== "f16" && dtype === FILE_DTYPE[tensor.dtype];
  if (!fits) throw new FormatError(attempt, `the file has ${dtype}, the model has ${tensor.dtype}`);
  const size = sizeOf(shape);
  for (let start = 0; start < size; start += PIECE) {
    const { data } = await file.readRange(name, start, Math.min(PIECE, size - start));
    gpu.write(tensor, data, start);
    gpu.device.queue.submit([]); // frees the staging memory of the write
  }
}
