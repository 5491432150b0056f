/** Writing a file so that a crash leaves either the old one or the new one, never a part. */

/** Makes temporary names differ within a process. */
let attempts = 0;

/**
 * Writes a file under a temporary name in the same folder, forces it to the disk, and renames it.
 * Whoever opens `path` sees the old file until the new one is whole. When `write` throws, the
 * temporary file is removed and the old file stays.
 *
 * @param path the file to make or replace; its folder must exist
 * @param write writes the content; the file is closed for it. Its result is passed on
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
): Promise<T> {
  const { file, name } = await openTemporary(path);
  let open = true;
  try {
    const result = await write(file);
    await file.sync();
    file.close();
    open = false;
    await Deno.rename(name, path);
    await syncFolder(folderOf(path));
    return result;
  } catch (error) {
    if (open) file.close();
    await Deno.remove(name).catch(() => {}); // the first error is the one to report
    throw error;
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
async function openTemporary(path: string): Promise<{ file: Deno.FsFile; name: string }> {
  for (;;) {
    const name = `${path}.${Deno.pid}-${attempts++}.tmp`;
    try {
      return { file: await Deno.open(name, { createNew: true, write: true }), name };
    } catch (error) {
      // Left by an earlier process of the same number, or made by a worker of this one.
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

function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end + 1);
}
