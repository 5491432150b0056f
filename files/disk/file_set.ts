/**
 * Files of one kind found by the name of their set, laid out as Kaggle hands them out: a set `S` is a
 * folder `S/`, or such a folder (or just the files) inside `S.zip`. Both may lie in a folder, in one
 * big zip, or below a single top folder of either.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { someOf } from "../claims.ts";
import { InputError } from "../input_error.ts";
import { type Archive, type ArchiveOptions, archiveRoots, openArchive, pathIn } from "./archive.ts";
import { infoOf } from "./presence.ts";

/** Which files a set is made of. */
export interface FileKind {
  /** What they are called in messages: `clips`. */
  readonly words: string;
  /** A pattern as a user would write it: `*.aiff`. */
  readonly example: string;
  /** How their names end, small letters without the dot; capitals do not matter. */
  readonly endings: readonly string[];
}

/** Where the files of a set lie. */
interface FilePlace {
  /** What reads them. */
  readonly archive: Archive;
  /** Their folder in it, with `/` behind. */
  readonly folder: string;
}

/**
 * Files of one kind, right inside one folder of an archive. Names that differ only in how accents are
 * composed are one name: macOS writes them in another way than Linux and Windows.
 */
export class FileSet implements Disposable {
  /** Path of the set's folder, for messages: begins with the one that the user gave. */
  readonly name: string;
  /** Names of the files in Unicode's composed form, sorted by character code. */
  readonly files: readonly string[];
  /** What lies beside them and is not taken, in a line for people; empty where all is. */
  readonly leftOut: string;
  readonly #place: FilePlace;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #opened: Disposable[] = [];

  /** Reads nothing. @throws {InputError} for two files of one name */
  constructor(place: FilePlace, files: readonly string[], leftOut = "") {
    this.name = pathIn(place.archive, place.folder);
    this.#place = place;
    this.#paths = pathsByName(this.name, place.folder, files);
    this.files = [...this.#paths.keys()].sort();
    this.leftOut = leftOut;
  }

  /** A file's path as messages give it, such as `data.zip/train/train1.aiff`. */
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
    const { archive, folder } = this.#place;
    return await archive.read(this.#paths.get(file) ?? folder + file, maxBytes);
  }

  /** Closes with the set, after what was told before, what it was found in. */
  closing(opened: Disposable): this {
    this.#opened.push(opened);
    return this;
  }

  /** Gives back what was opened for the set. */
  [Symbol.dispose](): void {
    for (const each of this.#opened.splice(0)) each[Symbol.dispose]();
  }
}

function pathsByName(
  set: string,
  folder: string,
  files: readonly string[],
): Map<string, string> {
  const paths = new Map<string, string>();
  for (const file of files) {
    const name = file.normalize("NFC");
    if (paths.has(name)) {
      throw new InputError(
        `Cannot read ${set}`,
        `two of its files are called "${name}" and differ only in how accents are composed, ` +
          "expected one of them",
      );
    }
    paths.set(name, folder + file);
  }
  return paths;
}

/** The pattern of a kind's names: what stands before the ending is the first group. */
export function namesOf({ endings }: FileKind): RegExp {
  return new RegExp(`^(.+)\\.(?:${endings.join("|")})$`, "is");
}

/**
 * Opens files of a kind by a path: one file; else the first of some sets that is there; else the files
 * at the top of a folder or zip, or in its only folder. Close it after use.
 *
 * @param options `sets` are names of sets, `expected` says in messages what is looked for
 * @throws {InputError} when there is no such path, or none of these
 */
export async function openFileSet(
  path: string,
  kind: FileKind,
  { sets = [], expected, ...archives }: ArchiveOptions & {
    readonly sets?: readonly string[];
    readonly expected: string;
  },
): Promise<FileSet> {
  const { isDirectory } = await infoOf(path);
  using opened = new DisposableStack();
  const open = async (path: string) => opened.use(await openArchive(path, archives));
  if (!isDirectory && namesOf(kind).test(path)) {
    const archive = await open(dirname(path));
    return new FileSet({ archive, folder: "" }, [basename(path)]).closing(opened.move());
  }
  const archive = await open(path);
  for (const set of sets) {
    const found = await findFileSet(archive, set, kind);
    if (found !== undefined) return found.closing(opened.move());
  }
  const found = await topFileSet(archive, kind) ?? await refuseMissing(archive, expected);
  return found.closing(opened.move());
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
    const found = await filesIn({ archive, folder: `${root}${set}/` }, kind);
    if (found !== undefined) return found;
    using opened = new DisposableStack();
    const zip = await archive.openZip(`${root}${set}.zip`);
    if (zip === undefined) continue;
    opened.use(zip);
    const inside = await filesIn({ archive: zip, folder: `${set}/` }, kind) ??
      await filesIn({ archive: zip, folder: "" }, kind);
    if (inside === undefined) {
      const expected = `${kind.words} as ${set}/${kind.example}`;
      throw new InputError(`Cannot open ${zip.name}`, `expected ${expected}, found none`);
    }
    return inside.closing(opened.move());
  }
  return undefined;
}

/** The files at the top of an archive, or in its only folder. */
async function topFileSet(archive: Archive, kind: FileKind): Promise<FileSet | undefined> {
  for (const folder of await archiveRoots(archive)) {
    const found = await filesIn({ archive, folder }, kind);
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
  const hidden = names.length === 0 ? await archive.hidden("") : [];
  const found = someOf(names) ||
    (hidden.length ? `what is hidden alone (${someOf(hidden)})` : "nothing in it");
  throw new InputError(`Cannot open ${archive.name}`, `expected ${expected}, found ${found}`);
}

/** The files of a kind in a folder; nothing where there is none. */
async function filesIn(place: FilePlace, kind: FileKind): Promise<FileSet | undefined> {
  const { archive, folder } = place;
  const [names, pattern] = [await archive.list(folder), namesOf(kind)];
  const files = names.filter((name) => pattern.test(name));
  if (files.length === 0) return undefined;
  const others = names.filter((name) => !pattern.test(name));
  const leftOut = [
    countOf(others.filter((name) => !name.endsWith("/")), "file of another ending"),
    countOf((await archive.hidden(folder)).filter((name) => pattern.test(name)), "hidden file"),
    countOf(others.filter((name) => name.endsWith("/")), "folder"),
  ].filter((words) => words !== "");
  return new FileSet(place, files, leftOut.length ? `left out: ${leftOut.join(", ")}` : "");
}

/** `2 files of another ending (cover.jpg, notes.txt)`; nothing for no names. */
function countOf(names: readonly string[], what: string): string {
  if (names.length === 0) return "";
  const words = names.length === 1 ? what : what.replace(/file|folder/, "$&s");
  return `${names.length} ${words} (${someOf(names)})`;
}
