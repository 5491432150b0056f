/**
 * Files that a user asked for: what stands in their way is found before the work, not after it.
 *
 * @module
 */
import { InputError } from "../input_error.ts";
import { folderOf, PendingFile, writeAll } from "./atomic_file.ts";
import { exists, ignoreMissing, isFolder, otherThanFile } from "./presence.ts";
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
    const info = await onDisk(attempt, () => Deno.stat(path)).catch(ignoreMissing);
    if (!info) {
      const folder = folderOf(path);
      const isLink = (await Deno.lstat(path).catch(() => undefined))?.isSymlink;
      if (isLink) throw refuse("it is a link that leads nowhere, expected a file");
      if (!await isFolder(folder)) {
        throw refuse(`there is no folder ${folder.replace(/[/\\]$/, "")}`);
      }
      return new OutputFile(attempt, await onDisk(attempt, () => PendingFile.open(path)));
    }
    const other = otherThanFile(info);
    if (other !== undefined) throw refuse(`it is ${other}, expected a file`);
    const target = await onDisk(attempt, () => Deno.realPath(path));
    for (const read of reads) {
      const input = read && await Deno.realPath(read).catch(() => undefined);
      if (input === target) throw refuse("it is read, too: choose another --out");
    }
    if (!force) {
      throw refuse("it is there already; overwrite it with --force, or choose another --out");
    }
    return new OutputFile(attempt, await onDisk(attempt, () => PendingFile.open(target)));
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

/**
 * Tries whether a folder can be written in, or made where it is not there, before work that ends in it.
 *
 * @throws {InputError} naming it
 */
export async function tryFolder(path: string): Promise<void> {
  await onDisk(`Cannot write in the folder ${path}`, async () => {
    let there = path;
    while (!await exists(there)) there = folderOf(there).replace(/[/\\]$/, "") || "/";
    await using _trial = await PendingFile.open(`${there}/trial`);
  });
}
