/** Writing a file so that a crash leaves either the old one or the new one, never a part. */
import { ignoreMissing } from "./presence.ts";
import { onDisk } from "./system_error.ts";
import { sweepTemporaries, temporaryFor } from "./temporary.ts";

/**
 * Writes a file under a temporary name in the same folder, forces it to the disk, and renames it.
 * Whoever opens `path` sees the old file until the new one is whole. When `write` throws, the
 * temporary file is removed and the old file stays. What killed processes left in the folder goes.
 *
 * @param path the file to make or replace; its folder must exist
 * @param write writes the content; the file is closed for it. Its result is passed on
 * @param options `previous` is the path that the replaced file takes; without it that one is gone
 * @throws {InputError} naming `path` and what the system refused
 *
 * @example
 * ```ts
 * import { writeAll, writeAtomically } from "./atomic_file.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeAtomically(`${folder}/result.json`, (file) =>
 *   writeAll(file, new TextEncoder().encode("{}")));
 * ```
 */
export async function writeAtomically<T>(
  path: string,
  write: (file: Deno.FsFile) => Promise<T>,
  options: { readonly previous?: string } = {},
): Promise<T> {
  return await onDisk(`Cannot write ${path}`, async () => {
    await using pending = await PendingFile.open(path);
    const result = await write(pending.file);
    await pending.finish(options);
    return result;
  });
}

/** A file under a temporary name, which takes its own when it is whole. */
export class PendingFile implements AsyncDisposable {
  /** Open for reading and writing. */
  readonly file: Deno.FsFile;
  readonly #path: string;
  #temporary: string | undefined;
  #open = true;

  private constructor(path: string, file: Deno.FsFile, temporary: string) {
    this.#path = path;
    this.file = file;
    this.#temporary = temporary;
  }

  /** Makes the temporary file. */
  static async open(path: string): Promise<PendingFile> {
    await sweepTemporaries(folderOf(path));
    const { file, temporary } = await openTemporary(path);
    return new PendingFile(path, file, temporary);
  }

  /** Forces it to the disk and gives it its name. @param options see `writeAtomically` */
  async finish({ previous }: { readonly previous?: string } = {}): Promise<void> {
    await this.file.sync();
    this.#close();
    if (previous) await Deno.rename(this.#path, previous).catch(ignoreMissing);
    await Deno.rename(this.#temporary!, this.#path);
    this.#temporary = undefined;
    await syncFolder(folderOf(this.#path));
  }

  /** Takes away what has not been finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    try {
      if (this.#temporary) await Deno.remove(this.#temporary);
    } catch { /* an error before this one is the one to report */ }
  }

  #close(): void {
    if (this.#open) this.file.close();
    this.#open = false;
  }
}

/** Writes all of `bytes`; `FsFile.write` may stop early. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** Writes a text by {@linkcode writeAtomically}. */
export function writeText(path: string, text: string): Promise<void> {
  return writePieces(path, [new TextEncoder().encode(text)]);
}

/** Writes pieces in order by {@linkcode writeAtomically}. */
export function writePieces(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  return writeAtomically(path, async (file) => {
    for await (const piece of pieces) await writeAll(file, piece);
  });
}

/** Not `Deno.makeTempFile`, whose files only their owner can read. */
async function openTemporary(path: string): Promise<{ file: Deno.FsFile; temporary: string }> {
  for (;;) {
    const temporary = temporaryFor(path);
    try {
      const file = await Deno.open(temporary, { createNew: true, read: true, write: true });
      return { file, temporary };
    } catch (error) {
      // Made by a worker thread of this process, which counts by itself.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Until its folder is on the disk a rename may be lost with the power; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch { /* Windows opens no folders; the rename itself stands */ }
}

/** The folder of a path. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end + 1);
}
