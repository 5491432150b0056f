/**
 * Files that are read by position.
 *
 * @module
 */
import { type ByteSource, checkRange } from "../byte_source.ts";
import { InputError } from "../input_error.ts";
import { regularFile } from "./presence.ts";
import { onDisk } from "./system_error.ts";

/**
 * Opens a file for reading by position. Calls may overlap: seek and read are one step.
 *
 * @param name of it in messages. Default its path
 * @throws {InputError} when it is no regular file or cannot be opened
 */
export async function openFile(path: string, name = path): Promise<ByteSource> {
  const { file, size } = await open(path, name);
  return sourceOf(name, file, size);
}

/**
 * Opens a file for reading from its start to its end. The stream closes the file at its end, and when
 * an error leaves the loop over it.
 *
 * @param name the file's name in messages
 * @throws {InputError} when it is no regular file or cannot be opened
 */
export async function openStream(
  path: string,
  name = path,
): Promise<{ stream: ReadableStream<Uint8Array<ArrayBuffer>>; size: number }> {
  const { file, size } = await open(path, name);
  return { stream: file.readable, size };
}

async function open(path: string, name: string): Promise<{ file: Deno.FsFile; size: number }> {
  const attempt = `Cannot open ${name}`;
  await regularFile(path, attempt);
  return await onDisk(attempt, async () => {
    const file = await Deno.open(path);
    return { file, size: (await file.stat()).size };
  });
}

/** Opens a file for one piece of work, and closes it should that fail. */
export async function withFile<T>(
  path: string,
  body: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const source = await openFile(path);
  try {
    return await body(source);
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
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

function sourceOf(name: string, file: Deno.FsFile, size: number): ByteSource {
  let last: Promise<unknown> = Promise.resolve();
  let open = true;
  const readNow = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    const filled = await onDisk(`Cannot read ${name}`, async () => {
      await file.seek(offset, Deno.SeekMode.Start);
      return await readFully(file, bytes);
    });
    if (filled === length) return bytes;
    throw new InputError(`Cannot read ${name}`, "the file became shorter while it was read");
  };
  return {
    name,
    size,
    async readAt(offset, length) {
      checkRange(this, offset, length);
      const result = last.then(() => readNow(offset, length)); // seek and read are one step
      last = result.catch(() => {});
      return await result;
    },
    [Symbol.dispose]() {
      if (open) file.close();
      open = false;
    },
  };
}
