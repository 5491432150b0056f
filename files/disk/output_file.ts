/**
 * Files that a user asked for: what stands in their way is found before the work, not after it.
 *
 * @module
 */
import { InputError } from "../input_error.ts";
import { folderOf, PendingFile, writeAll } from "./atomic_file.ts";
import { makeFolder } from "./folder.ts";
import { ignoreMissing, isFolder, otherThanFile } from "./presence.ts";
import { onDisk } from "./system_error.ts";

/** What may happen to what is there already. */
export interface OutputOptions {
  /** Overwrite it. Default false. */
  readonly force?: boolean;
  /** Paths of what the work reads, which is never overwritten. */
  readonly reads?: readonly (string | undefined)[];
}

/**
 * A file that is opened when work begins and has its name when the work is done, whole or not at all.
 * Without `finish` nothing is left of it.
 *
 * @example
 * ```ts
 * import { OutputFile } from "./output_file.ts";
 *
 * const path = `${await Deno.makeTempDir()}/table.csv`;
 * await using out = await OutputFile.open(path);
 * await out.write("id,score\n"); // after the work
 * await out.finish();
 * const second = await OutputFile.open(path).catch((error) => error.message);
 * if (!second.includes("it is there already")) throw new Error(second);
 * ```
 */
export class OutputFile implements AsyncDisposable {
  readonly #attempt: string;
  readonly #pending: PendingFile;

  private constructor(attempt: string, pending: PendingFile) {
    this.#attempt = attempt;
    this.#pending = pending;
  }

  /**
   * Opens a file for writing; a link is followed.
   *
   * @throws {InputError} naming it: it is there already, it is a folder or a device, it is read by the
   * work, its folder is not there or cannot be written in
   */
  static async open(
    path: string,
    { force = false, reads = [] }: OutputOptions = {},
  ): Promise<OutputFile> {
    const attempt = `Cannot write ${path}`;
    const refuse = (reason: string) => new InputError(attempt, reason);
    const target = await realPath(path, attempt);
    if (target === undefined) {
      const folder = folderOf(path);
      if (!await isFolder(folder)) {
        throw refuse(`there is no folder ${folder.replace(/[/\\]$/, "")}`);
      }
    } else {
      const other = otherThanFile(await onDisk(attempt, () => Deno.stat(target)));
      if (other !== undefined) throw refuse(`it is ${other}, expected a file`);
      for (const read of reads) {
        if (read === undefined || await realPath(read, attempt) !== target) continue;
        throw refuse("it is read, too: choose another --out");
      }
      if (!force) {
        throw refuse("it is there already; overwrite it with --force, or choose another --out");
      }
    }
    const pending = await onDisk(attempt, () => PendingFile.open(target ?? path));
    return new OutputFile(attempt, pending);
  }

  /** Adds a text or bytes. @throws {InputError} naming the file */
  async write(piece: string | Uint8Array): Promise<void> {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    await onDisk(this.#attempt, () => writeAll(this.#pending.file, bytes));
  }

  /** Gives the file its name. @throws {InputError} naming it */
  async finish(): Promise<void> {
    await onDisk(this.#attempt, () => this.#pending.finish());
  }

  /** Takes away what has not been finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pending[Symbol.asyncDispose]();
  }
}

/** Makes a folder and tries to write in it, before work that ends there. @throws {InputError} */
export async function tryFolder(path: string): Promise<void> {
  await makeFolder(path);
  await onDisk(`Cannot write in the folder ${path}`, async () => {
    await using _trial = await PendingFile.open(`${path}/trial`);
  });
}

/** A path with its links followed; nothing where nothing is there. */
async function realPath(path: string, attempt: string): Promise<string | undefined> {
  const found = await onDisk(attempt, () => Deno.realPath(path)).catch(ignoreMissing);
  if (found !== undefined) return found;
  const isLink = (await Deno.lstat(path).catch(() => undefined))?.isSymlink;
  if (isLink) throw new InputError(attempt, "it is a link that leads nowhere, expected a file");
}
