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
import {
  FILE_ORDER,
  ITEM_BYTES,
  MAX_HEADER_BYTES,
  parseHeader,
  PREFIX,
  type SafetensorsEntry,
  type SafetensorsInput,
} from "./safetensors_header.ts";

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

/**
 * Reads a safetensors file that is in memory.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws InputError naming file, tensor, what came and what was expected
 */
export function parseSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  name = "safetensors",
): Promise<Safetensors> {
  return openSafetensors(memorySource(bytes, name));
}

/** Reads a safetensors file from a source; only its header is read at once. */
export async function openSafetensors(source: ByteSource): Promise<Safetensors> {
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
  throw new InputError(
    attempt,
    `elements of type ${dtype} are not read, only ${FILE_ORDER.join(", ")}`,
  );
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
