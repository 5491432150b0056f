/**
 * Reading parts of a file by position.
 *
 * @module
 */
import { InputError } from "./input_error.ts";

/** A file, or a part of one, that can be read at any position. */
export interface RandomAccess extends Disposable {
  /** The name used in messages. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `offset` on.
   *
   * @throws {InputError} when the range passes the end
   */
  readAt(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives the file back; reading afterwards fails. */
  close(): void;
}

/** Words what the operating system answered, for the cases a user can do something about. */
export function describeFileError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno was not given the permission for it";
  }
  return error instanceof Error ? error.message : String(error);
}

/** Reads until `into` is full; returns how many bytes came, fewer only at the end of the file. */
export async function readFully(file: Deno.FsFile, into: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const got = await file.read(into.subarray(filled));
    if (got === null) break;
    filled += got;
  }
  return filled;
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new InputError(
      `Cannot read ${name}`,
      `bytes ${offset} to ${offset + length} were asked for, the file has ${size}`,
    );
  }
}

/**
 * Opens a file for reading by position. Calls may overlap: seek and read are one step.
 *
 * @param path The file
 * @throws {InputError} when it cannot be opened
 */
export async function openFileAccess(path: string): Promise<RandomAccess> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw new InputError(`Cannot open ${path}`, describeFileError(error), { cause: error });
  }
  try {
    const { size, isDirectory } = await file.stat();
    if (isDirectory) throw new InputError(`Cannot open ${path}`, "expected a file, got a folder");
    return fileAccess(path, file, size);
  } catch (error) {
    file.close();
    throw error;
  }
}

function fileAccess(name: string, file: Deno.FsFile, size: number): RandomAccess {
  let last: Promise<unknown> = Promise.resolve();
  let open = true;
  const readNow = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    await file.seek(offset, Deno.SeekMode.Start);
    const got = await readFully(file, bytes);
    if (got < length) {
      throw new InputError(`Cannot read ${name}`, "the file became shorter while it was read");
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
      checkRange(name, size, offset, length);
      const result = last.then(() => readNow(offset, length));
      last = result.catch(() => {});
      return await result;
    },
    close,
    [Symbol.dispose]: close,
  };
}

/** A part of a file that behaves as a file of its own; closing it leaves the outer one open. */
export function windowAccess(
  outer: RandomAccess,
  name: string,
  start: number,
  size: number,
): RandomAccess {
  return {
    name,
    size,
    async readAt(offset, length) {
      checkRange(name, size, offset, length);
      return await outer.readAt(start + offset, length);
    },
    close() {},
    [Symbol.dispose]() {},
  };
}

/** Bytes in memory that behave as a file. */
export function bytesAccess(name: string, bytes: Uint8Array<ArrayBuffer>): RandomAccess {
  return {
    name,
    size: bytes.length,
    readAt: (offset, length) =>
      Promise.try(() => {
        checkRange(name, bytes.length, offset, length);
        return bytes.slice(offset, offset + length);
      }),
    close() {},
    [Symbol.dispose]() {},
  };
}
