/**
 * Images and tables found by their names in a folder or a zip, laid out as Kaggle hands them out; see
 * `file_set.ts`. A table `T.csv` is that file, or stands inside `T.zip` or `T.csv.zip`.
 *
 * @module
 */
import { readTable, type ReadTableOptions, type Table } from "../table.ts";
import { InputError } from "../input_error.ts";
import { type Archive, type ArchiveOptions, pathIn } from "./archive.ts";
import {
  type FileSet,
  findFile,
  findFileSet,
  namesOf,
  openFileSet,
  refuseMissing,
} from "./file_set.ts";

/** A set of JPEG files, each known by its id: the file's name without the extension. */
export interface ImageSource extends Disposable {
  /** The set's name or path, for messages. */
  readonly name: string;
  /** All ids: by number when every id is a whole number, else by character code. */
  readonly ids: readonly string[];
  /** What lies beside the images and is not taken, in a line for people; empty where all is. */
  readonly leftOut: string;
  /** The file's name as messages should give it, such as `images_training_rev1/100008.jpg`. */
  fileName(id: string): string;
  /**
   * The bytes of one JPEG.
   *
   * @throws {InputError} when there is no such id, the file cannot be read, or it exceeds 64 MiB
   */
  readImage(id: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** The files of a set of images. */
export const JPEGS = { words: "JPEGs", example: "*.jpg", endings: ["jpg", "jpeg", "jpe", "jfif"] };
const JPEG_NAME = namesOf(JPEGS);

/**
 * The image set of that name, or `undefined` where there is none. Close it before the archive.
 *
 * @throws {InputError} when two of its files have the same id
 */
export async function findImages(archive: Archive, set: string): Promise<ImageSource | undefined> {
  const found = await findFileSet(archive, set, JPEGS);
  return found && imagesOf(found);
}

/**
 * As {@linkcode findImages} where there must be one.
 *
 * @throws {InputError} naming path and set when there is none
 */
export async function openImageSet(archive: Archive, set: string): Promise<ImageSource> {
  return await findImages(archive, set) ??
    await refuseMissing(archive, `the images as ${set}/*.jpg or ${set}.zip`);
}

/**
 * Opens a plain folder, or zip, of JPEGs, or one JPEG; the id of each is its name without the ending.
 * Below a single top folder they are found, too.
 *
 * @param path Folder, zip or file
 * @param sets Names of sets that are taken where one is there
 * @throws {InputError} when there is no such path or it holds no JPEG
 */
export async function openImageFolder(
  path: string,
  sets: readonly string[] = [],
  options: ArchiveOptions = {},
): Promise<ImageSource> {
  const expected = "files named <id>.jpg";
  return imagesOf(await openFileSet(path, JPEGS, { ...options, sets, expected }));
}

/**
 * Reads a table.
 *
 * @param file Its exact name, such as `training_solutions_rev1.csv`
 * @param options Columns, see {@linkcode readTable}
 * @throws {InputError} when there is no such table, and what `readTable` throws
 */
export async function readNamedTable(
  archive: Archive,
  file: string,
  options: Omit<ReadTableOptions, "name">,
): Promise<Table> {
  const bytes = await tableBytes(archive, file) ??
    await refuseMissing(archive, `the table ${file} or ${file.replace(/\.csv$/, ".zip")}`);
  return await readTable(bytes, { ...options, name: pathIn(archive, file) });
}

async function tableBytes(archive: Archive, file: string): Promise<Uint8Array | undefined> {
  const path = await findFile(archive, file);
  if (path !== undefined) return await archive.read(path);
  for (const zipped of [file.replace(/\.csv$/, ".zip"), `${file}.zip`]) {
    const zipPath = await findFile(archive, zipped);
    using zip = zipPath === undefined ? undefined : await archive.openZip(zipPath);
    if (zip !== undefined) return await zip.read(file);
  }
  return undefined;
}

function imagesOf(set: FileSet): ImageSource {
  using opened = new DisposableStack();
  opened.use(set);
  const fileOf = new Map<string, string>();
  for (const file of set.files) {
    const [, id] = JPEG_NAME.exec(file)!;
    const other = fileOf.get(id);
    if (other !== undefined) {
      throw new InputError(`Cannot read ${set.name}`, `"${other}" and "${file}" have the same id`);
    }
    fileOf.set(id, file);
  }
  opened.move(); // stays open with the images
  const fileName = (id: string) => set.fileName(fileOf.get(id) ?? `${id}.jpg`);
  return {
    name: set.name,
    leftOut: set.leftOut,
    ids: sortIds(fileOf.keys()),
    fileName,
    async readImage(id) {
      const file = fileOf.get(id);
      if (file === undefined) throw new InputError(`Cannot read ${fileName(id)}`, "no such image");
      return await set.read(file);
    },
    [Symbol.dispose]: () => set[Symbol.dispose](),
  };
}

function sortIds(ids: Iterable<string>): string[] {
  const sorted = [...ids].sort();
  if (!sorted.every((id) => /^\d{1,15}$/.test(id))) return sorted;
  return sorted.sort((a, b) => Number(a) - Number(b)); // stable: "07" stays before "7"
}
