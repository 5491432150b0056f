/**
 * Bytes that can be read at any position: an array in memory, a part of another source, or a file
 * (`disk/file_source.ts`).
 *
 * @module
 */
import { InputError } from "./input_error.ts";

/** Where a file format is read from. Once it is disposed of, reading fails. */
export interface ByteSource extends Disposable {
  /** The name used in messages. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `offset` on into memory of their own, so that a typed array of
   * any element type can lie over them. Calls may overlap.
   *
   * @throws {InputError} when the range passes the end
   */
  readAt(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array<ArrayBuffer>, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    // deno-lint-ignore require-await -- errors must reject, as those of a file do
    async readAt(offset, length) {
      checkRange(this, offset, length);
      return bytes.slice(offset, offset + length);
    },
    [Symbol.dispose]() {},
  };
}

/** A part of a source that behaves as one of its own; closing it leaves the outer one open. */
export function windowSource(
  outer: ByteSource,
  name: string,
  start: number,
  size: number,
): ByteSource {
  return {
    name,
    size,
    async readAt(offset, length) {
      checkRange(this, offset, length);
      return await outer.readAt(start + offset, length);
    },
    [Symbol.dispose]() {},
  };
}

/** @throws {InputError} unless `length` bytes from `offset` on lie inside the source */
export function checkRange(
  { name, size }: Pick<ByteSource, "name" | "size">,
  offset: number,
  length: number,
): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new InputError(
    `Cannot read ${name}`,
    `bytes ${offset} to ${offset + length} were asked for, the file has ${size}`,
  );
}
