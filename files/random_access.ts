/**
 * Reading parts of a user's file by position: `files/byte_source.ts` with {@linkcode InputError}s.
 *
 * @module
 */
import {
  type ByteSource,
  fileSource,
  memorySource,
  readFully,
  windowSource,
} from "./byte_source.ts";
import { InputError } from "./input_error.ts";

export { type ByteSource as RandomAccess, readFully };

/** Words what the operating system answered, for the cases a user can do something about. */
export function describeFileError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno was not given the permission for it";
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Opens a file for reading by position. Calls may overlap: seek and read are one step.
 *
 * @param path The file
 * @throws {InputError} when it cannot be opened
 */
export async function openFileAccess(path: string): Promise<ByteSource> {
  try {
    return await fileSource(path, InputError);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot open ${path}`, describeFileError(error), { cause: error });
  }
}

/** A part of a file that behaves as a file of its own; closing it leaves the outer one open. */
export function windowAccess(
  outer: ByteSource,
  name: string,
  start: number,
  size: number,
): ByteSource {
  return windowSource(outer, name, start, size, InputError);
}

/** Bytes in memory that behave as a file. */
export function bytesAccess(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return memorySource(bytes, name, InputError);
}
