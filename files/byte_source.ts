/** Bytes that can be read at any position: a file, or an array in memory. */
import { FormatError } from "./format_error.ts";

/** The class of a source's errors: `attempt: reason`. */
export type SourceFailure = new (attempt: string, reason: string) => Error;

/** Where a file format is read from. */
export interface ByteSource extends Disposable {
  /** The name used in messages. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `offset` on into memory of their own, so that a typed array of
   * any element type can lie over them. Calls may overlap.
   *
   * @throws the source's failure, by default FormatError, when the range passes the end
   */
  readAt(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives the file back; reading afterwards fails. */
  close(): void;
}

/** Bytes in memory as a source. */
export function memorySource(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  Failure: SourceFailure = FormatError,
): ByteSource {
  return {
    name,
    size: bytes.length,
    // deno-lint-ignore require-await -- errors must reject, as those of a file do
    async readAt(offset, length) {
      checkRange(Failure, name, bytes.length, offset, length);
      return bytes.slice(offset, offset + length);
    },
    close() {},
    [Symbol.dispose]() {},
  };
}

/**
 * Opens a file for reading by position.
 *
 * @throws Deno.errors.NotFound and its kin when it cannot be opened
 * @throws Failure when it is a folder
 */
export async function fileSource(
  path: string,
  Failure: SourceFailure = FormatError,
): Promise<ByteSource> {
  const file = await Deno.open(path);
  try {
    const { size, isDirectory } = await file.stat();
    if (isDirectory) {
      throw new Failure(`Cannot read ${path}`, "it is a folder, expected a file");
    }
    return openSource(path, file, size, Failure);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A part of a source that behaves as one of its own; closing it leaves the outer one open. */
export function windowSource(
  outer: ByteSource,
  name: string,
  start: number,
  size: number,
  Failure: SourceFailure = FormatError,
): ByteSource {
  return {
    name,
    size,
    async readAt(offset, length) {
      checkRange(Failure, name, size, offset, length);
      return await outer.readAt(start + offset, length);
    },
    close() {},
    [Symbol.dispose]() {},
  };
}

/** Reads until `into` is full; returns how many bytes came, fewer only at the end of the file. */
export async function readFully(file: Deno.FsFile, into: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await file.read(into.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

function openSource(
  name: string,
  file: Deno.FsFile,
  size: number,
  Failure: SourceFailure,
): ByteSource {
  let last: Promise<unknown> = Promise.resolve();
  let open = true;
  const readNow = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    await file.seek(offset, Deno.SeekMode.Start);
    if (await readFully(file, bytes) < length) {
      throw new Failure(`Cannot read ${name}`, "the file became shorter while it was read");
    }
    return bytes;
  };
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return {
    name,
    size,
    async readAt(offset, length) {
      checkRange(Failure, name, size, offset, length);
      const result = last.then(() => readNow(offset, length)); // seek and read are one step
      last = result.catch(() => {});
      return await result;
    },
    close,
    [Symbol.dispose]: close,
  };
}

function checkRange(
  Failure: SourceFailure,
  name: string,
  size: number,
  offset: number,
  length: number,
): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new Failure(
    `Cannot read ${name}`,
    `bytes ${offset} to ${offset + length} were asked for, the file has ${size}`,
  );
}
