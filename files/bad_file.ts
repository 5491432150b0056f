/**
 * Files of a set that cannot be used: the first one ends the work, or they are left out and listed.
 *
 * @module
 */
import { InputError } from "./input_error.ts";

/** What a file that cannot be used does: `stop` ends the work, `skip` leaves the file out. */
export type OnBad = "stop" | "skip";

/** A file that was left out, and why. */
export interface BadFile {
  /** The file's name. */
  readonly name: string;
  /** What is wrong with it, without its name: `the file is empty`. */
  readonly reason: string;
}

/**
 * The entry of a list of files that are left out.
 *
 * @param error what reading the file threw
 * @throws {unknown} the error, unless it is a fault of the file and those are skipped
 */
export function badFile(name: string, error: unknown, onBad: OnBad): BadFile {
  if (!(error instanceof InputError) || onBad === "stop") throw error;
  return { name, reason: error.reason };
}
