/**
 * The header of a safetensors file to write.
 *
 * @module
 */
import type { Shape } from "../gpu/tensor.ts";
import { checkedBytes, extents, quoted } from "./claims.ts";
import {
  FILE_ORDER,
  ITEM_BYTES,
  MAX_HEADER_BYTES,
  MAX_TENSORS,
  PREFIX,
  type SafetensorsDType,
  type SafetensorsInput,
} from "./safetensors_types.ts";

/**
 * The bytes of a header, its length before it, for tensors in the order of the file.
 *
 * @throws {RangeError} for a name that comes twice, or more than can be read back
 */
export function encodeHeader(
  path: string,
  metadata: Readonly<Record<string, string>>,
  tensors: readonly SafetensorsInput[],
): Uint8Array<ArrayBuffer> {
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
