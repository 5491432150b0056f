/**
 * Finding images and tables by their names in a folder or a zip, laid out as Kaggle hands them out.
 *
 * A set of images `S` is a folder `S/` of JPEGs, or such a folder (or just the JPEGs) inside
 * `S.zip`. A table `T.csv` is that file, or stands inside `T.zip` or `T.csv.zip`. All of these may
 * lie in a folder, in one big zip, or below a single top folder of either.
 *
 * @module
 */
import { readTable, type Table } from "../csv.ts";
import { type ByteSource, memorySource } from "../byte_source.ts";
import { openFile } from "./file_source.ts";
import { describeFileError } from "./presence.ts";
import { InputError } from "../input_error.ts";
import { writePieces } from "./atomic_file.ts";
import { MAX_ENTRY_BYTES, openZip, type ZipReader } from "../zip.ts";

/** A set of JPEG files, each known by its id: the file's name without the extension. */
export interface ImageSource extends Disposable {
  /** The set's name or path, for messages. */
  readonly name: string;
  /** All ids: by number when every id is a whole number, else by character code. */
  readonly ids: readonly string[];
  /** The file's name as messages should give it, such as `images_training_rev1/100008.jpg`. */
  fileName(id: string): string;
  /**
   * The bytes of one JPEG.
   *
   * @throws {InputError} when there is no such id, the file cannot be read, or it exceeds 64 MiB
   */
  readImage(id: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives open files back. */
  close(): void;
}

/** A folder or zip in which image sets and tables are looked up by name. */
export interface DataSource extends Disposable {
  /** The path it was opened with. */
  readonly path: string;
  /** The image set of that name, or `undefined` where there is none. Close it after use. */
  findImages(set: string): Promise<ImageSource | undefined>;
  /**
   * The image set of that name.
   *
   * @throws {InputError} naming path and set when there is none
   */
  images(set: string): Promise<ImageSource>;
  /**
   * Reads a table.
   *
   * @param file Its exact name, such as `training_solutions_rev1.csv`
   * @param options Columns, see {@linkcode readTable}
   * @throws {InputError} when there is no such table, and what `readTable` throws
   */
  table(file: string, options: TableOptions): Promise<Table>;
  /** Gives open files back. Image sets found in a zip read from it: close those first. */
  close(): void;
}

/** What {@linkcode DataSource.table} needs beside the file's name. */
export type TableOptions = Omit<Parameters<typeof readTable>[1], "name">;

/** Options of {@linkcode openSource}. */
export interface OpenSourceOptions {
  /**
   * Where to unpack a zip that lies compressed inside another zip (Kaggle's "download all"), the one
   * case that cannot be read in place. Written once, found again on later runs. Default: none, such
   * an archive is refused with advice.
   */
  readonly unpackDir?: string;
}

/** What to do with a zip that lies compressed inside a zip: read it into memory, or unpack it. */
type NestedZip = "inMemory" | OpenSourceOptions;

/** A folder or zip as a flat space of names with `/` between folders. */
interface Container {
  readonly label: string;
  /** Names right inside a folder (`""` is the top); folders end in `/`. Empty when there is none. */
  list(folder: string): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** A file inside, as a zip; `undefined` when there is no such file. */
  openZip(name: string, nested: NestedZip): Promise<ZipReader | undefined>;
  close(): void;
}

/** Whether a name belongs to the system (`.DS_Store`, `._100008.jpg`, `__MACOSX/`), not to the data. */
function isSystemName(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX/" || name === "";
}

function joinPath(folder: string, name: string): string {
  return folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

function fileNameOf(path: string): string {
  return path.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
}

/** A link that leads nowhere counts as a file: whoever reads it is told. */
async function isLinkToFolder(path: string): Promise<boolean> {
  const target = await Deno.stat(path).catch(() => undefined);
  return target?.isDirectory ?? false;
}

async function listFolder(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      const isFolder = entry.isSymlink
        ? await isLinkToFolder(joinPath(path, entry.name))
        : entry.isDirectory;
      names.push(isFolder ? `${entry.name}/` : entry.name);
    }
  } catch (error) {
    throw new InputError(`Cannot open ${path}`, describeFileError(error), { cause: error });
  }
  return names;
}

async function readSmallFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  using access = await openFile(path);
  if (access.size > MAX_ENTRY_BYTES) {
    throw new InputError(
      `Cannot read ${path}`,
      `it holds ${access.size} bytes, expected at most ${MAX_ENTRY_BYTES}`,
    );
  }
  return await access.readAt(0, access.size);
}

function folderContainer(path: string): Container {
  const listings = new Map<string, Promise<string[]>>();
  const list = (folder: string): Promise<string[]> => {
    const known = listings.get(folder);
    if (known !== undefined) return known;
    const listing = (async () => {
      if (folder !== "") {
        const cut = folder.slice(0, -1).lastIndexOf("/") + 1;
        const siblings = await list(folder.slice(0, cut));
        if (!siblings.includes(folder.slice(cut))) return [];
      }
      return await listFolder(folder === "" ? path : joinPath(path, folder));
    })();
    listings.set(folder, listing);
    return listing;
  };
  return {
    label: path,
    list,
    read: (name) => readSmallFile(joinPath(path, name)),
    async openZip(name) {
      const cut = name.lastIndexOf("/") + 1;
      if (!(await list(name.slice(0, cut))).includes(name.slice(cut))) return undefined;
      return await openZip(await openFile(joinPath(path, name)));
    },
    close() {},
  };
}

function zipContainer(zip: ZipReader): Container {
  const folders = new Map<string, Set<string>>();
  for (const name of zip.entries.keys()) {
    for (let start = 0; start < name.length;) {
      const slash = name.indexOf("/", start);
      const end = slash < 0 ? name.length : slash + 1;
      const folder = name.slice(0, start);
      let members = folders.get(folder);
      if (members === undefined) folders.set(folder, members = new Set());
      members.add(name.slice(start, end));
      start = end;
    }
  }
  return {
    label: zip.name,
    list: (folder) => Promise.resolve([...folders.get(folder) ?? []]),
    read: (name) => zip.read(name),
    async openZip(name, nested) {
      if (!zip.entries.has(name)) return undefined;
      const stored = await zip.openStored(name);
      if (stored !== undefined) return await openZip(stored);
      if (nested !== "inMemory") return await openZip(await unpack(zip, name, nested.unpackDir));
      return await openZip(memorySource(await zip.read(name), `${zip.name}/${name}`));
    },
    close: () => zip.close(),
  };
}

/** Unpacks one entry to disk, under a name that its size and checksum are part of. */
async function unpack(zip: ZipReader, name: string, dir?: string): Promise<ByteSource> {
  if (dir === undefined) {
    throw new InputError(
      `Cannot read "${name}" in ${zip.name}`,
      "it is compressed once more by the outer zip; unpack the outer one and give its folder",
    );
  }
  const { crc, size } = zip.entries.get(name)!;
  const path = joinPath(dir, `${crc.toString(16).padStart(8, "0")}-${size}-${fileNameOf(name)}`);
  const known = await Deno.stat(path).catch(() => undefined);
  if (known?.size === size) return await openFile(path);
  await Deno.mkdir(dir, { recursive: true });
  await writePieces(path, zip.pieces(name));
  return await openFile(path);
}

/** Ids in the order of {@linkcode ImageSource.ids}. */
function sortIds(ids: Iterable<string>): string[] {
  const sorted = [...ids].sort();
  if (!sorted.every((id) => /^\d{1,15}$/.test(id))) return sorted;
  return sorted.sort((a, b) => Number(a) - Number(b)); // stable: "07" stays before "7"
}

const JPEG_NAME = /^(.+)\.jpe?g$/i;

/** The ids of the JPEGs among the names of one folder, with the name of each. */
function jpegNames(folder: string, names: readonly string[]): Map<string, string> {
  const byId = new Map<string, string>();
  for (const name of names) {
    const id = isSystemName(name) ? undefined : JPEG_NAME.exec(name)?.[1];
    if (id === undefined) continue;
    const other = byId.get(id);
    if (other !== undefined) {
      throw new InputError(`Cannot read ${folder}`, `"${other}" and "${name}" have the same id`);
    }
    byId.set(id, name);
  }
  return byId;
}

/** The JPEGs right inside a folder of a container, or `undefined` when it has none. */
async function imagesIn(
  container: Container,
  folder: string,
  name: string,
  owned: boolean,
): Promise<ImageSource | undefined> {
  const label = folder === "" ? container.label : `${container.label}/${folder.slice(0, -1)}`;
  const names = jpegNames(label, await container.list(folder));
  if (names.size === 0) return undefined;
  const fileName = (id: string) => joinPath(name, names.get(id) ?? `${id}.jpg`);
  const close = () => owned && container.close();
  return {
    name,
    ids: sortIds(names.keys()),
    fileName,
    async readImage(id) {
      const file = names.get(id);
      if (file === undefined) throw new InputError(`Cannot read ${fileName(id)}`, "no such image");
      return await container.read(folder + file);
    },
    close,
    [Symbol.dispose]: close,
  };
}

/** The top of the container, and below it the only folder where there is but one. */
async function roots(container: Container): Promise<string[]> {
  const top = (await container.list("")).filter((name) => !isSystemName(name));
  const folders = top.filter((name) => name.endsWith("/"));
  return folders.length === 1 ? ["", folders[0]] : [""];
}

class NamedSource implements DataSource {
  readonly path: string;
  readonly #container: Container;
  readonly #options: OpenSourceOptions;

  constructor(path: string, container: Container, options: OpenSourceOptions) {
    this.path = path;
    this.#container = container;
    this.#options = options;
  }

  async findImages(set: string): Promise<ImageSource | undefined> {
    for (const root of await roots(this.#container)) {
      const found = await imagesIn(this.#container, `${root}${set}/`, set, false) ??
        await this.#imagesInZip(`${root}${set}.zip`, set);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async images(set: string): Promise<ImageSource> {
    const found = await this.findImages(set);
    if (found !== undefined) return found;
    const [held, all] = await this.#contents();
    throw new InputError(
      `Cannot open ${this.path}`,
      `expected the images as ${set}/*.jpg or ${set}.zip, found ${held}${all}`,
    );
  }

  async table(file: string, options: TableOptions): Promise<Table> {
    const bytes = await this.#tableBytes(file);
    if (bytes !== undefined) return await readTable(bytes, { ...options, name: file });
    const [held, all] = await this.#contents();
    throw new InputError(
      `Cannot open ${this.path}`,
      `expected the table ${file} or ${file.replace(/\.csv$/, ".zip")}, found ${held}${all}`,
    );
  }

  close(): void {
    this.#container.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #imagesInZip(name: string, set: string): Promise<ImageSource | undefined> {
    const zip = await this.#container.openZip(name, this.#options);
    if (zip === undefined) return undefined;
    const inner = zipContainer(zip);
    try {
      const found = await imagesIn(inner, `${set}/`, set, true) ??
        await imagesIn(inner, "", set, true);
      if (found !== undefined) return found;
      throw new InputError(`Cannot open ${zip.name}`, `expected JPEGs as ${set}/*.jpg, found none`);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  async #tableBytes(file: string): Promise<Uint8Array | undefined> {
    for (const root of await roots(this.#container)) {
      if ((await this.#container.list(root)).includes(file)) {
        return await this.#container.read(root + file);
      }
      for (const name of [file.replace(/\.csv$/, ".zip"), `${file}.zip`]) {
        using zip = await this.#container.openZip(root + name, "inMemory");
        if (zip !== undefined) return await zip.read(file);
      }
    }
    return undefined;
  }

  /** A few of the names inside, and a remark when there are more. */
  async #contents(): Promise<[string, string]> {
    const names: string[] = [];
    for (const root of await roots(this.#container)) {
      for (const name of await this.#container.list(root)) names.push(root + name);
    }
    if (names.length === 0) return ["nothing in it", ""];
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    return [names.sort().slice(0, 5).join(", "), more];
  }
}

async function openContainer(path: string): Promise<Container> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    throw new InputError(`Cannot open ${path}`, describeFileError(error), { cause: error });
  }
  return info.isDirectory
    ? folderContainer(path)
    : zipContainer(await openZip(await openFile(path)));
}

/**
 * Opens a folder or a zip in which image sets and tables are then looked up by their exact names.
 *
 * @param path The folder or zip
 * @param options Where a zip compressed inside a zip may be unpacked
 * @throws {InputError} when there is no such path, or it is neither a folder nor a good zip
 *
 * @example
 * ```ts
 * import { openSource } from "./source.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.mkdir(`${folder}/photos`);
 * await Deno.writeFile(`${folder}/photos/7.jpg`, new Uint8Array(9));
 * using source = await openSource(folder); // or a zip
 * using images = await source.images("photos");
 * if ((await images.readImage("7")).length !== 9) throw new Error("the whole file");
 * ```
 */
export async function openSource(
  path: string,
  options: OpenSourceOptions = {},
): Promise<DataSource> {
  return new NamedSource(path, await openContainer(path), options);
}

/**
 * Opens a plain folder, or zip, of JPEGs; the id of each is its name without `.jpg` or `.jpeg`.
 * Below a single top folder they are found, too.
 *
 * @param path The folder or zip
 * @throws {InputError} when there is no such path or it holds no JPEG
 */
export async function openImageFolder(path: string): Promise<ImageSource> {
  const container = await openContainer(path);
  try {
    for (const root of await roots(container)) {
      const found = await imagesIn(container, root, fileNameOf(path), true);
      if (found !== undefined) return found;
    }
    throw new InputError(`Cannot open ${path}`, "expected files named <id>.jpg, found none");
  } catch (error) {
    container.close();
    throw error;
  }
}
