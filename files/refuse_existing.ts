/**
 * Keeps what lies in a folder from being written over.
 *
 * @module
 */
import { InputError } from "./input_error.ts";

/**
 * Refuses a folder that holds one of some names.
 *
 * @param what what is to be written, as the message says it: `galaxies`
 * @throws {InputError} naming the first that is there
 */
export async function refuseExisting(
  out: string,
  names: readonly string[],
  what: string,
): Promise<void> {
  for (const name of names) {
    if (await Deno.stat(`${out}/${name}`).catch(ignoreMissing)) {
      throw new InputError(
        `Cannot write ${what} to ${out}`,
        `${name} is there already, expected a folder without it (or force)`,
      );
    }
  }
}

/** For what may not be there; throws every other error again. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
