/**
 * What is there on the disk.
 *
 * @module
 */
import { InputError } from "../input_error.ts";
import { onDisk } from "./system_error.ts";

/** Whether an error says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof InputError && error.cause instanceof Deno.errors.NotFound;
}

/** Whether there is a file or folder of that path. @throws {InputError} when nobody may look */
export async function exists(path: string): Promise<boolean> {
  return await infoIfThere(path) !== undefined;
}

/** What the system knows of a path. @throws {InputError} naming it */
export async function infoOf(path: string): Promise<Deno.FileInfo> {
  return await onDisk(`Cannot open ${path}`, () => Deno.stat(path));
}

/**
 * What something on the disk is that is no regular file, such as `a named pipe`; nothing for a file.
 *
 * @param info from `Deno.stat`, which follows links, or from an entry of a folder
 */
export function otherThanFile(info: Deno.FileInfo): string | undefined {
  if (info.isFile) return undefined;
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a named pipe";
  if (info.isSocket) return "a socket";
  return info.isCharDevice || info.isBlockDevice ? "a device" : "no file";
}

/**
 * What the system knows of a file, links followed. To be asked before a file is opened: opening a
 * named pipe waits until somebody writes to it, for ever.
 *
 * @param attempt the first half of error messages
 * @throws {InputError} when it is not there or no regular file, saying what it is instead
 */
export async function regularFile(
  path: string,
  attempt = `Cannot open ${path}`,
): Promise<Deno.FileInfo> {
  const info = await onDisk(attempt, () => Deno.stat(path)).catch(async (error) => {
    const isLink = isMissing(error) && (await Deno.lstat(path).catch(() => undefined))?.isSymlink;
    if (!isLink) throw error;
    throw new InputError(attempt, "it is a link that leads nowhere, expected a file", {
      cause: error.cause,
    });
  });
  const other = otherThanFile(info);
  if (other === undefined) return info;
  throw new InputError(attempt, `it is ${other}, expected a file`);
}

/** What the system knows of a path; nothing where there is no such one. @throws {InputError} */
async function infoIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  return await infoOf(path).catch((error) => {
    const { cause } = error as Error;
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (cause instanceof Deno.errors.NotADirectory) return undefined; // a file is above it
    throw error;
  });
}

/** Whether there is a folder of that path. @throws {InputError} when nobody may look */
export async function isFolder(path: string): Promise<boolean> {
  return (await infoIfThere(path))?.isDirectory ?? false;
}

/** For what may not be there; throws every other error again. */
export function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
