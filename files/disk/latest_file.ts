/**
 * A file of which the one before it is kept, so that damage to the latest loses little.
 *
 * @module
 */
import { InputError } from "../input_error.ts";
import { rename } from "./folder.ts";
import { isMissing } from "./presence.ts";
import { isSystemError } from "./system_error.ts";

/** What the latest good file holds. */
export interface Latest<T> {
  /** What was read. */
  readonly value: T;
  /** What is wrong with the latest file, where this is of the one before it. */
  readonly warning?: string;
}

/** Path of the file before the latest: `checkpoint_previous.safetensors`. */
export function previousOf(path: string): string {
  return path.replace(/(\.[^./\\]*)?$/, "_previous$1");
}

/**
 * Reads the latest file, or the one before it where the latest is damaged or lacking; that one is the
 * latest from then on.
 *
 * @param read throws an InputError for a file that cannot be used
 * @returns nothing where there is neither
 * @throws {InputError} naming what is wrong with both
 */
export async function readLatest<T>(
  path: string,
  read: (path: string) => Promise<T>,
): Promise<Latest<T> | undefined> {
  const faults: string[] = [];
  for (const each of [path, previousOf(path)]) {
    try {
      const value = await read(each);
      if (each === path) return { value };
      await rename(each, path); // or the damaged one would take its place at the next save
      const fault = faults[0] ?? `there is no ${path}`;
      return { value, warning: `${fault}; going on from the one before it` };
    } catch (error) {
      if (isMissing(error)) continue;
      if (!(error instanceof InputError) || isSystemError(error.cause)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length === 0) return undefined;
  throw new InputError(`${faults.join("; ")}; nothing is left to go on from: begin anew (--force)`);
}
