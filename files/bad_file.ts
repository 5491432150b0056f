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

/** What the system lacks, whichever file is asked for. */
const LACKING = ["EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EDQUOT", "EROFS", "ESTALE"];

/** Whether an error is about the file itself; no file is left out for what the machine lacks. */
export function isFaultOfFile(error: unknown): error is InputError {
  if (!(error instanceof InputError)) return false;
  const code: unknown = error.cause instanceof Error && Reflect.get(error.cause, "code");
  return typeof code !== "string" || !LACKING.includes(code);
}

/**
 * The entry of a list of files that are left out.
 *
 * @param error what reading the file threw
 * @throws {unknown} the error, unless it is a fault of the file and those are skipped
 */
export function badFile(name: string, error: unknown, onBad: OnBad): BadFile {
  if (!isFaultOfFile(error) || onBad === "stop") throw error;
  return { name, reason: error.reason };
}
