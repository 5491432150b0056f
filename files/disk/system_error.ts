/**
 * What the operating system refuses, in words for the one who named the path.
 *
 * @module
 */
import { InputError } from "../input_error.ts";

/** What a code means for somebody who can do something about it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EEXIST: "there is something of that name already",
  EISDIR: "it is a folder, expected a file",
  ENOTDIR: "a part of its path is a file, expected folders",
  ENOTEMPTY: "the folder is not empty",
  ENAMETOOLONG: "its name is longer than the system allows",
  ELOOP: "its links lead in a circle",
  ENOSPC: "no space is left on the disk; make room there, or choose another folder",
  EDQUOT: "your share of the disk is used up; make room there, or choose another folder",
  EFBIG: "the file would be larger than the system allows",
  EROFS: "the disk is read-only; choose another folder",
  EMFILE: "too many files are open; raise the limit of the system (ulimit -n)",
  ENFILE: "too many files are open on this machine",
  EIO: "the disk reports a fault; look at the system's log, and keep a copy of what is on it",
  ESTALE: "the network disk no longer knows it; open its folder anew",
  EBUSY: "another program is using it",
  ETXTBSY: "another program is running it",
  EXDEV: "it would move to another disk",
};

/** Words what the operating system answered. */
export function describeFileError(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno was not given the permission for it; run it with -A, as deno task does";
  }
  if (!(error instanceof Error)) return String(error);
  // The system's text may name a path that the user never gave, such as that of a temporary.
  return REASONS[codeOf(error) ?? ""] ?? error.message.replace(/ \(os error \d+\).*$/s, "");
}

/** Whether an error came from the operating system, or from Deno in its place. */
export function isSystemError(error: unknown): error is Error {
  return codeOf(error) !== undefined || error instanceof Deno.errors.NotCapable;
}

/**
 * Does some work on the disk.
 *
 * @param attempt what it is, with the path as the user gave it: `Cannot write runs/a/result.json`
 * @throws {InputError} `attempt` and why, for what the system refuses; other errors as they are
 *
 * @example
 * ```ts
 * import { onDisk } from "./system_error.ts";
 *
 * const text = await onDisk("Cannot read notes.txt", () => Deno.readTextFile("notes.txt"))
 *   .catch((error) => error.message);
 * if (text !== "Cannot read notes.txt: no such file or folder") throw new Error(text);
 * ```
 */
export async function onDisk<T>(attempt: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new InputError(attempt, describeFileError(error), { cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof InputError) return undefined;
  const code = Reflect.get(error, "code");
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
