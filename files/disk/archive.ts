/**
 * A folder or a zip as one space of names, with `/` between folders: what lists and reads files that
 * may lie in either, or in a zip inside a zip.
 *
 * @module
 */
import { type ByteSource, memorySource } from "../byte_source.ts";
import { describeFile, startsWith } from "../describe_file.ts";
import { InputError } from "../input_error.ts";
import type { Warn } from "../warn.ts";
import { MAX_ENTRY_BYTES, openZip, type ZipReader } from "../zip.ts";
import { writePieces } from "./atomic_file.ts";
import { makeFolder } from "./folder.ts";
import { openFile, openStream } from "./file_source.ts";
import { infoOf, isMissing } from "./presence.ts";
import { describeFileError } from "./system_error.ts";

/** Files by name, in a folder or a zip. */
export interface Archive extends Disposable {
  /** Its path, for messages. */
  readonly name: string;
  /**
   * Names right inside a folder, sorted by character code; folders end in `/`, `""` is the top.
   * Empty where there is no such folder. What is hidden or belongs to the system is left out
   * (`._a.wav`, `.DS_Store`, `__MACOSX/`, `Thumbs.db`).
   */
  list(folder: string): Promise<readonly string[]>;
  /** The names that `list` leaves out, sorted. */
  hidden(folder: string): Promise<readonly string[]>;
  /**
   * The bytes of one file.
   *
   * @param maxBytes the largest that is read. Default 64 MiB
   * @throws {InputError} when there is no such file, it is too large, or it cannot be read
   */
  read(path: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * A file of any size piece by piece.
   *
   * @throws {InputError} when there is no such file; while it is read, when it is damaged
   */
  stream(path: string): Promise<FileStream>;
  /**
   * A zip inside, as an archive of its own; close it before this one. `undefined` where there is no
   * such file.
   *
   * @throws {InputError} when it is not a zip, or lies compressed inside a zip and can neither be
   * held in memory nor unpacked
   */
  openZip(path: string): Promise<Archive | undefined>;
}

/** The path of a file or folder of an archive, for messages: begins with the one that the user gave. */
export function pathIn({ name }: Pick<Archive, "name">, path: string): string {
  return path === "" ? name : `${name.replace(/[/\\]$/, "")}/${path.replace(/\/$/, "")}`;
}

/** A file on its way. */
export interface FileStream {
  /** Its bytes in order. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** How many there are. */
  readonly size: number;
}

/** What to do with a zip that lies compressed inside a zip, which cannot be read in place. */
export interface ArchiveOptions {
  /** Largest one that is read into memory, bytes. Default 64 MiB. */
  readonly memoryBytes?: number;
  /**
   * Where larger ones (Kaggle's "download all") are unpacked: written once, found again on later
   * runs. Default: nowhere, they are refused with advice.
   */
  readonly unpackDir?: string;
  /** Told what was passed over in zips. */
  readonly warn?: Warn;
}

/**
 * Opens a folder or a zip.
 *
 * @throws {InputError} when there is no such path, or it is neither a folder nor a good zip
 *
 * @example
 * ```ts
 * import { archiveRoots, openArchive } from "./archive.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/train.csv`, "clip,label\n");
 * using archive = await openArchive(folder); // or a zip
 * for (const root of await archiveRoots(archive)) console.log(await archive.list(root));
 * ```
 */
export async function openArchive(path: string, options: ArchiveOptions = {}): Promise<Archive> {
  const { isDirectory } = await infoOf(path);
  return isDirectory ? new Folder(path, options) : await openZipArchive(path, options);
}

async function openZipArchive(path: string, options: ArchiveOptions): Promise<Archive> {
  const file = await openFile(path);
  const start = await file.readAt(0, Math.min(file.size, 32));
  try {
    return new ZipArchive(await openZip(file), options);
  } catch (error) {
    if (!(error instanceof InputError) || startsWith(start, "PK")) throw error;
    throw new InputError(
      `Cannot open ${path}`,
      `it is ${describeFile(start)}, not a zip or folder`,
    );
  }
}

/** The top of an archive, and below it the only folder where there is but one. */
export async function archiveRoots(archive: Archive): Promise<string[]> {
  const folders = (await archive.list("")).filter((name) => name.endsWith("/"));
  return folders.length === 1 ? ["", folders[0]] : [""];
}

/** What macOS, Windows, Linux and network disks put beside the files of their users; small letters. */
const OF_THE_SYSTEM = new Set([
  "__macosx/",
  "$recycle.bin/",
  "system volume information/",
  "lost+found/",
  "@eadir/",
  "thumbs.db",
  "desktop.ini",
  "icon\r",
]);

function isHidden(name: string): boolean {
  return name.startsWith(".") || OF_THE_SYSTEM.has(name.toLowerCase());
}

class Folder implements Archive {
  readonly name: string;
  readonly #options: ArchiveOptions;
  readonly #names = new Map<string, Promise<readonly string[]>>();

  constructor(path: string, options: ArchiveOptions) {
    this.name = path;
    this.#options = options;
  }

  async list(folder: string): Promise<readonly string[]> {
    return (await this.#namesIn(folder)).filter((name) => !isHidden(name));
  }

  async hidden(folder: string): Promise<readonly string[]> {
    return (await this.#namesIn(folder)).filter(isHidden);
  }

  async read(path: string, maxBytes = MAX_ENTRY_BYTES): Promise<Uint8Array<ArrayBuffer>> {
    using file = await openFile(this.#pathOf(path)).catch((error) => {
      if (!isMissing(error) || !path.includes("\uFFFD")) throw error;
      throw new InputError(`Cannot open ${this.#pathOf(path)}`, "its name is not UTF-8; rename it");
    });
    if (file.size <= maxBytes) return await file.readAt(0, file.size);
    throw new InputError(
      `Cannot read ${file.name}`,
      `it holds ${file.size} bytes, expected at most ${maxBytes}`,
    );
  }

  async stream(path: string): Promise<FileStream> {
    const { stream, size } = await openStream(this.#pathOf(path));
    return { pieces: stream, size };
  }

  async openZip(path: string): Promise<Archive | undefined> {
    const cut = path.lastIndexOf("/") + 1;
    if (!(await this.list(path.slice(0, cut))).includes(path.slice(cut))) return undefined;
    return await openZipArchive(this.#pathOf(path), this.#options);
  }

  [Symbol.dispose](): void {}

  #pathOf(path: string): string {
    return this.name.endsWith("/") ? this.name + path : `${this.name}/${path}`;
  }

  #namesIn(folder: string): Promise<readonly string[]> {
    let names = this.#names.get(folder);
    if (names === undefined) this.#names.set(folder, names = this.#look(folder));
    return names;
  }

  async #look(folder: string): Promise<readonly string[]> {
    if (folder !== "") {
      const cut = folder.slice(0, -1).lastIndexOf("/") + 1;
      if (!(await this.list(folder.slice(0, cut))).includes(folder.slice(cut))) return [];
    }
    const path = folder === "" ? this.name : this.#pathOf(folder);
    const names: string[] = [];
    try {
      for await (const { name, isSymlink, isDirectory } of Deno.readDir(path)) {
        const isFolder = isSymlink
          ? await isLinkToFolder(this.#pathOf(folder + name))
          : isDirectory;
        names.push(isFolder ? `${name}/` : name);
      }
    } catch (error) {
      throw new InputError(`Cannot open ${path}`, describeFileError(error), { cause: error });
    }
    return names.sort();
  }
}

/** A link that leads nowhere counts as a file: whoever reads it is told. */
async function isLinkToFolder(path: string): Promise<boolean> {
  const target = await Deno.stat(path).catch(() => undefined);
  return target?.isDirectory ?? false;
}

class ZipArchive implements Archive {
  readonly name: string;
  readonly #zip: ZipReader;
  readonly #options: ArchiveOptions;
  readonly #folders = new Map<string, Set<string>>();

  constructor(zip: ZipReader, options: ArchiveOptions) {
    this.name = zip.name;
    this.#zip = zip;
    options.warn?.(zip.name, zip.warnings);
    this.#options = options;
    for (const path of zip.entries.keys()) this.#enter(path);
  }

  list(folder: string): Promise<readonly string[]> {
    return Promise.resolve(this.#namesIn(folder).filter((name) => !isHidden(name)));
  }

  hidden(folder: string): Promise<readonly string[]> {
    return Promise.resolve(this.#namesIn(folder).filter(isHidden));
  }

  read(path: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#zip.read(path, maxBytes);
  }

  stream(path: string): Promise<FileStream> {
    const pieces = this.#zip.pieces(path);
    const size = this.#zip.entries.get(path)?.size ?? 0;
    return Promise.resolve({ pieces, size });
  }

  async openZip(path: string): Promise<Archive | undefined> {
    if (!this.#zip.entries.has(path)) return undefined;
    const source = await this.#zip.openStored(path) ?? await this.#unpack(path);
    return new ZipArchive(await openZip(source), this.#options);
  }

  [Symbol.dispose](): void {
    this.#zip[Symbol.dispose]();
  }

  #namesIn(folder: string): string[] {
    return [...this.#folders.get(folder) ?? []].sort();
  }

  /** A compressed entry in memory, or on disk under a name of its size and checksum. */
  async #unpack(path: string): Promise<ByteSource> {
    const { size, crc } = this.#zip.entries.get(path)!;
    const { memoryBytes = MAX_ENTRY_BYTES, unpackDir } = this.#options;
    if (size <= memoryBytes) {
      return memorySource(await this.#zip.read(path), pathIn(this, path));
    }
    if (unpackDir === undefined) {
      throw new InputError(
        `Cannot read "${path}" in ${this.name}`,
        "it is compressed once more by the outer zip; unpack the outer one and give its folder",
      );
    }
    const name = `${crc.toString(16).padStart(8, "0")}-${size}-${path.replace(/^.*\//, "")}`;
    const unpacked = `${unpackDir}/${name}`;
    const known = await Deno.stat(unpacked).catch(() => undefined);
    if (known?.size !== size) {
      await makeFolder(unpackDir);
      await writePieces(unpacked, this.#zip.pieces(path));
    }
    return await openFile(unpacked, pathIn(this, path));
  }

  /** Makes a path known in each folder above it. */
  #enter(path: string): void {
    for (let start = 0; start < path.length;) {
      const slash = path.indexOf("/", start);
      const end = slash < 0 ? path.length : slash + 1;
      const folder = path.slice(0, start);
      let members = this.#folders.get(folder);
      if (members === undefined) this.#folders.set(folder, members = new Set());
      members.add(path.slice(start, end));
      start = end;
    }
  }
}
