/**
 * Folders: made, listed, emptied; with the path in every sentence about what the system refused.
 *
 * @module
 */
import { InputError } from "../input_error.ts";
import { ignoreMissing } from "./presence.ts";
import { onDisk } from "./system_error.ts";

/** Makes a folder and those above it. @throws {InputError} naming it */
export async function makeFolder(path: string): Promise<void> {
  const attempt = `Cannot make the folder ${path}`;
  await onDisk(attempt, () => Deno.mkdir(path, { recursive: true })).catch((error) => {
    if (!(error.cause instanceof Deno.errors.AlreadyExists)) throw error;
    throw new InputError(attempt, "it is a file, expected a folder");
  });
}

/** What a folder holds; nothing where there is none. @throws {InputError} naming it */
export async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  const list = () => Array.fromAsync(Deno.readDir(path));
  return await onDisk(`Cannot list the folder ${path}`, list).catch(ignoreMissing) ?? [];
}

/** Gives a file another name; one of that name is gone. @throws {InputError} naming it */
export async function rename(path: string, other: string): Promise<void> {
  await onDisk(`Cannot rename ${path}`, () => Deno.rename(path, other));
}

/** Removes a folder; it stays where something lies in it. */
export async function removeEmpty(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/** Removes a file, or a folder with all in it, where there is one. @throws {InputError} naming it */
export async function remove(path: string): Promise<void> {
  await onDisk(`Cannot remove ${path}`, () => Deno.remove(path, { recursive: true }))
    .catch(ignoreMissing);
}
