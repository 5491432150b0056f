/**
 * Writing a data set: folders of many files, and texts beside them.
 *
 * @module
 */
import { writeText } from "./atomic_file.ts";
import { ignoreMissing, refuseExisting } from "./presence.ts";

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

/**
 * Writes a set so that a folder with its last text is a whole one: files are collected in folders of
 * other names, which take their own when all are there; then come the texts.
 *
 * @param fill writes the files, given the path of each folder; returns the texts in their order
 * @throws {InputError} when a name is there already and `force` is not set
 */
export async function writeSet(
  { out, force = false, what, folders, texts }: WriteSetOptions,
  fill: (pathOf: (folder: string) => string) => Promise<Iterable<readonly [string, string]>>,
): Promise<void> {
  await Deno.mkdir(out, { recursive: true });
  if (!force) await refuseExisting(out, [...folders, ...texts], what);
  const temporary = (folder: string) => `${out}/${folder}.${Deno.pid}.tmp`;
  try {
    for (const folder of folders) await Deno.mkdir(temporary(folder), { recursive: true });
    const written = await fill(temporary);
    for (const name of [...texts, ...folders]) { // texts first: a folder with one is whole
      await Deno.remove(`${out}/${name}`, { recursive: true }).catch(ignoreMissing);
    }
    for (const folder of folders) await Deno.rename(temporary(folder), `${out}/${folder}`);
    for (const [name, text] of written) await writeText(`${out}/${name}`, text);
  } catch (error) {
    for (const folder of folders) { // the first error counts
      await Deno.remove(temporary(folder), { recursive: true }).catch(() => {});
    }
    throw error;
  }
}
