/**
 * Writing a data set: folders of many files, and texts beside them.
 *
 * @module
 */
import { writeText } from "./atomic_file.ts";
import { remove } from "./folder.ts";
import { FolderLock } from "./folder_lock.ts";
import { exists } from "./presence.ts";
import { InputError } from "../input_error.ts";
import { onDisk } from "./system_error.ts";
import { makeTemporaryFolder } from "./temporary.ts";

/** What is written, and where. */
export interface WriteSetOptions {
  /** Folder to write to; made where it is missing. */
  readonly out: string;
  /** Replaces what is there already instead of refusing. Default false. */
  readonly force?: boolean;
  /** What the set is called in messages: `galaxies`. */
  readonly what: string;
  /** Names of the folders. */
  readonly folders: readonly string[];
  /** Names of the texts; those that are not written are taken away all the same. */
  readonly texts: readonly string[];
}

/** Writes a file of one of the folders. @throws {InputError} naming it as it will be called */
export type WriteFile = (folder: string, name: string, bytes: Uint8Array) => Promise<void>;

/**
 * Writes a set so that a folder with its last text is a whole one: files are collected in folders of
 * other names, which take their own when all are there; then come the texts.
 *
 * @param fill writes the files; returns the texts in their order
 * @throws {InputError} when a name is there already and `force` is not set, or another process writes
 * in the folder
 */
export async function writeSet(
  { out, force = false, what, folders, texts }: WriteSetOptions,
  fill: (write: WriteFile) => Promise<Iterable<readonly [string, string]>>,
): Promise<void> {
  await using _lock = await FolderLock.take(out);
  for (const name of [...folders, ...texts]) {
    if (force || !await exists(`${out}/${name}`)) continue;
    throw new InputError(
      `Cannot write ${what} to ${out}`,
      `${name} is there already; overwrite it with --force, or choose another --out`,
    );
  }
  const collected = new Map<string, string>(); // temporary folders by the names they will have
  const write: WriteFile = (folder, name, bytes) =>
    onDisk(
      `Cannot write ${out}/${folder}/${name}`,
      () => Deno.writeFile(`${collected.get(folder)}/${name}`, bytes),
    );
  try {
    for (const folder of folders) {
      collected.set(folder, await makeTemporaryFolder(`${out}/${folder}`));
    }
    const written = await fill(write);
    // Texts first: a folder with one is whole.
    for (const name of [...texts, ...folders]) await remove(`${out}/${name}`);
    for (const [folder, temporary] of collected) {
      const path = `${out}/${folder}`;
      await onDisk(`Cannot write ${path}`, () => Deno.rename(temporary, path));
    }
    for (const [name, text] of written) await writeText(`${out}/${name}`, text);
  } catch (error) {
    for (const temporary of collected.values()) {
      await remove(temporary).catch(() => {}); // the first error counts
    }
    throw error;
  }
}
