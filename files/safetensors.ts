/**
 * Safetensors: named tensors in one file, without code in it, so that a file from a stranger can be
 * opened. Format: https://huggingface.co/docs/safetensors: the length of the header as a
 * little-endian u64, the header as JSON, then the raw row-major little-endian elements.
 *
 * Tensors are read and written piece by piece, so that none has to fit in memory twice.
 *
 * @module
 */
import { type HostData, type NdArray, sizeOf } from "../gpu/tensor.ts";
import { type ByteSource, memorySource } from "./byte_source.ts";
import { quoted, safeIntegers, someOf } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { digestOf } from "./digest.ts";
import { parseHeader } from "./safetensors_header.ts";
import { checkTensors } from "./safetensors_seal.ts";
import {
  ITEM_BYTES,
  MAX_HEADER_BYTES,
  PREFIX,
  type SafetensorsEntry,
  type SafetensorsInput,
} from "./safetensors_types.ts";

/** An open safetensors file. */
export interface Safetensors extends Disposable {
  /** The file's name, for messages. */
  readonly name: string;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** SHA-256 of the tensors' bytes, in hexadecimal; nothing in a file that others wrote. */
  readonly sha256?: string;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  /**
   * Reads a tensor whole. F16 and BF16 are widened to f32; I8 and I16 become int32, U16 uint32, BOOL
   * uint8 of 0 and 1; I64 and U64 become float64 and are refused where a number passes 2^53.
   *
   * @throws InputError when there is none of that name, or its type cannot be read
   */
  read(name: string): Promise<NdArray>;
  /**
   * Reads `count` elements of a tensor from element `start` on.
   *
   * @returns an array of shape `[count]`
   */
  readRange(name: string, start: number, count: number): Promise<NdArray>;
}

/** Where the elements of a file lie, for whoever computes their hash. */
export type TensorHash = (source: ByteSource, dataStart: number) => Promise<string>;

/**
 * Reads a safetensors file that is in memory; one of ours is checked against its own hash.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws InputError naming file, tensor, what came and what was expected
 */
export function parseSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  name = "safetensors",
): Promise<Safetensors> {
  return openSafetensors(memorySource(bytes, name), (_, start) => digestOf(bytes.subarray(start)));
}

/**
 * Reads a safetensors file from a source; only its header is kept.
 *
 * @param hash of the elements, for a file that says what it must be; without it nobody asks
 */
export async function openSafetensors(
  source: ByteSource,
  hash?: TensorHash,
): Promise<Safetensors> {
  const { text, dataStart } = await readHeader(source);
  const { metadata, sha256, tensors } = parseHeader(source.name, text, dataStart, source.size);
  if (sha256 !== undefined && hash) {
    checkTensors(`Cannot read ${source.name}`, sha256, await hash(source, dataStart));
  }
  return {
    name: source.name,
    metadata,
    sha256,
    tensors,
    async read(name) {
      const entry = entryOf(source.name, tensors, name);
      const { data } = await readElements(source, name, entry, 0, sizeOf(entry.shape));
      return { shape: entry.shape, data };
    },
    async readRange(name, start, count) {
      return await readElements(source, name, entryOf(source.name, tensors, name), start, count);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

async function readHeader(source: ByteSource): Promise<{ text: string; dataStart: number }> {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${source.name}`, reason);
  };
  if (source.size < PREFIX + 2) {
    fail(`the file has ${source.size} bytes, a safetensors file has at least ${PREFIX + 2}`);
  }
  const prefix = await source.readAt(0, PREFIX);
  // BigInt: as a number, 2^64 - 1 would be rounded.
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    fail(`its header is ${length} bytes long, expected at most ${MAX_HEADER_BYTES}`);
  }
  const dataStart = PREFIX + Number(length);
  if (dataStart > source.size) {
    fail(
      `its header ends at byte ${dataStart}, expected at most ${source.size}, the end of the file`,
    );
  }
  const bytes = await source.readAt(PREFIX, Number(length));
  if (bytes[0] !== 0x7b) {
    fail(`its header begins with another character at byte ${PREFIX}, expected "{"`);
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), dataStart };
  } catch {
    return fail("the header is not UTF-8");
  }
}

function entryOf(
  file: string,
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  name: string,
): SafetensorsEntry {
  const entry = tensors.get(name);
  if (entry) return entry;
  const known = someOf([...tensors.keys()].map(quoted)) || "none";
  throw new InputError(
    `Cannot read tensor ${quoted(name)} of ${file}`,
    `there is none of that name; the file has ${known}`,
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
  if (!Object.hasOwn(ITEM_BYTES, dtype)) {
    const known = Object.keys(ITEM_BYTES).join(", ");
    throw new InputError(attempt, `dtype is ${quoted(dtype)}, expected one of ${known}`);
  }
  const item = ITEM_BYTES[dtype];
  const bytes = await source.readAt(offset + start * item, count * item);
  return { shape: [count], data: decode(attempt, dtype, bytes) };
}

function decode(attempt: string, dtype: string, bytes: Uint8Array<ArrayBuffer>): HostData {
  const { buffer } = bytes;
  switch (dtype) {
    case "F64":
      return new Float64Array(buffer);
    case "F16":
      return Float32Array.from(new Float16Array(buffer));
    case "BF16": // the upper half of an f32
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer,
      );
    case "I64":
      return safeIntegers(attempt, new BigInt64Array(buffer));
    case "I32":
      return new Int32Array(buffer);
    case "I16":
      return Int32Array.from(new Int16Array(buffer));
    case "I8":
      return Int32Array.from(new Int8Array(buffer));
    case "U64":
      return safeIntegers(attempt, new BigUint64Array(buffer));
    case "U32":
      return new Uint32Array(buffer);
    case "U16":
      return Uint32Array.from(new Uint16Array(buffer));
    case "U8":
      return bytes;
    case "BOOL":
      return truths(attempt, bytes);
    default:
      return new Float32Array(buffer);
  }
}

function truths(attempt: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = bytes.findIndex((byte) => byte > 1);
  if (at < 0) return bytes;
  throw new InputError(attempt, `element ${at} is ${bytes[at]}, expected 0 or 1 for BOOL`);
}

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
