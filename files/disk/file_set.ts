/**
 * Files of one kind found by the name of their set, laid out as Kaggle hands them out: a set `S` is a
 * folder `S/`, or such a folder (or just the files) inside `S.zip`. Both may lie in a folder, in one
 * big zip, or below a single top folder of either.
 *
 * @module
 */
import { someOf } from "../claims.ts";
import { InputError } from "../input_error.ts";
import { type Archive, archiveRoots } from "./archive.ts";

/** Which files a set is made of. */
export interface FileKind {
  /** What they are called in messages: `clips`. */
  readonly words: string;
  /** A pattern as a user would write it: `*.aiff`. */
  readonly example: string;
  /** What their names match. */
  readonly names: RegExp;
}

/** Files of one kind, right inside one folder of an archive. */
export class FileSet implements Disposable {
  /** The set's name, for messages. */
  readonly name: string;
  /** Names of the files, sorted by character code. */
  readonly files: readonly string[];
  readonly #archive: Archive;
  readonly #folder: string;
  readonly #owned: boolean;

  /** Reads nothing. @param owned whether the archive is to be closed with the set */
  constructor(
    name: string,
    files: readonly string[],
    archive: Archive,
    folder: string,
    owned: boolean,
  ) {
    this.name = name;
    this.files = files;
    this.#archive = archive;
    this.#folder = folder;
    this.#owned = owned;
  }

  /** A file's name as messages give it, such as `train/train1.aiff`. */
  fileName(file: string): string {
    return `${this.name}/${file}`;
  }

  /**
   * The bytes of one of the files.
   *
   * @param maxBytes the largest that is read. Default 64 MiB
   * @throws {InputError} when it is none of them, or cannot be read
   */
  async read(file: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#archive.read(this.#folder + file, maxBytes);
  }

  /** Gives the zip of the set back; what was opened to find it stays open. */
  [Symbol.dispose](): void {
    if (this.#owned) this.#archive[Symbol.dispose]();
  }
}

/**
 * Finds a set by its name.
 *
 * @returns nothing where there is none; close it after use, before the archive
 * @throws {InputError} for a zip of that name without such files
 */
export async function findFileSet(
  archive: Archive,
  set: string,
  kind: FileKind,
): Promise<FileSet | undefined> {
  for (const root of await archiveRoots(archive)) {
    const found = await filesIn(archive, `${root}${set}/`, set, kind);
    if (found !== undefined) return found;
    using opened = new DisposableStack();
    const zip = await archive.openZip(`${root}${set}.zip`);
    if (zip === undefined) continue;
    opened.use(zip);
    const inside = await filesIn(zip, `${set}/`, set, kind, true) ??
      await filesIn(zip, "", set, kind, true);
    if (inside === undefined) {
      const expected = `${kind.words} as ${set}/${kind.example}`;
      throw new InputError(`Cannot open ${zip.name}`, `expected ${expected}, found none`);
    }
    opened.move(); // stays open with the set
    return inside;
  }
  return undefined;
}

/** The files at the top of an archive, or in its only folder. Closing the set closes the archive. */
export async function topFileSet(archive: Archive, kind: FileKind): Promise<FileSet | undefined> {
  const name = archive.name.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
  for (const root of await archiveRoots(archive)) {
    const found = await filesIn(archive, root, name, kind, true);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a file lies that is at the top of an archive or in its only folder; nothing without it. */
export async function findFile(archive: Archive, file: string): Promise<string | undefined> {
  for (const root of await archiveRoots(archive)) {
    if ((await archive.list(root)).includes(file)) return root + file;
  }
  return undefined;
}

/**
 * Says what an archive lacks, and what is there instead.
 *
 * @param set a folder that may be there and hold other files
 * @throws {InputError} always
 */
export async function refuseMissing(
  archive: Archive,
  expected: string,
  set?: string,
): Promise<never> {
  let names = set === undefined ? [] : await archive.list(`${set}/`);
  if (names.length === 0) names = await archive.list("");
  if (names.length === 1 && names[0].endsWith("/")) {
    const [folder] = names;
    names = (await archive.list(folder)).map((name) => folder + name);
  }
  const found = names.length === 0 ? "nothing in it" : someOf(names);
  throw new InputError(`Cannot open ${archive.name}`, `expected ${expected}, found ${found}`);
}

async function filesIn(
  archive: Archive,
  folder: string,
  name: string,
  kind: FileKind,
  owned = false,
): Promise<FileSet | undefined> {
  const files = (await archive.list(folder)).filter((file) => kind.names.test(file));
  return files.length === 0 ? undefined : new FileSet(name, files, archive, folder, owned);
}
