/** Bytes that can be read at any position: a file, or an array in memory. */
import { FormatError } from "./format_error.ts";

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
   * @throws FormatError when the range passes the end
   */
  readAt(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives the file back; reading afterwards fails. */
  close(): void;
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array<ArrayBuffer>, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    // deno-lint-ignore require-await -- errors must reject, as those of a file do
    async readAt(offset, length) {
      checkRange(name, bytes.length, offset, length);
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
 * @throws FormatError when it is a folder
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await Deno.open(path);
  try {
    const { size, isDirectory } = await file.stat();
    if (isDirectory) {
      throw new FormatError(`Cannot read ${path}`, "it is a folder, expected a file");
    }
    return openSource(path, file, size);
  } catch (error) {
    file.close();
    throw error;
  }
}

function openSource(name: string, file: Deno.FsFile, size: number): ByteSource {
  let last: Promise<unknown> = Promise.resolve();
  let open = true;
  const readNow = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    await file.seek(offset, Deno.SeekMode.Start);
    for (let filled = 0; filled < length;) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) {
        throw new FormatError(`Cannot read ${name}`, "the file became shorter while it was read");
      }
      filled += count;
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
      const result = last.then(() => readNow(offset, length)); // seek and read are one step
      last = result.catch(() => {});
      return await result;
    },
    close,
    [Symbol.dispose]: close,
  };
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new FormatError(
      `Cannot read ${name}`,
      `bytes ${offset} to ${offset + length} were asked for, the file has ${size}`,
    );
  }
}
