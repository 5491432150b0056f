/**
 * One writer at a time in a folder: a file `lock` that says who writes there.
 *
 * It is made by exclusive create, which is one step on local disks and over NFS. A process that is
 * killed leaves it: on the same machine it is known to be gone by its number and start, from another
 * one by its silence, for a lock is touched all the time that it is held.
 *
 * @module
 */
import { writeAll } from "./atomic_file.ts";
import { makeFolder, remove, removeEmpty } from "./folder.ts";
import { exists, ignoreMissing } from "./presence.ts";
import { hasEnded, type ProcessMark, processMark } from "./process_mark.ts";
import { InputError } from "../input_error.ts";
import { onDisk } from "./system_error.ts";
import { temporaryFor } from "./temporary.ts";
import { readTextIfThere } from "./text_file.ts";

/** Milliseconds without a touch after which a writer that cannot be asked for counts as gone. */
export const SILENCE_MS = 10 * 60_000;

/** Milliseconds between two touches: many fit into the silence, as a network disk may show them late. */
const TOUCH_MS = 30_000;

/** So often a lock that was there is gone when it is looked at; more is no accident: a dead link. */
const MOST_ATTEMPTS = 20;

/** Who writes, as the file says it. */
interface Writer extends ProcessMark {
  /** When it began, ISO 8601. */
  readonly since: string;
}

/** What a lock's worker is told. */
export interface TouchOrder {
  /** The file. */
  readonly path: string;
  /** What it holds while the lock is ours. */
  readonly text: string;
  /** Milliseconds between two touches. */
  readonly every: number;
}

/**
 * A folder that this process alone writes in, until the lock is disposed of.
 *
 * @example
 * ```ts
 * import { FolderLock } from "./folder_lock.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await using lock = await FolderLock.take(folder);
 * const other = await FolderLock.take(folder).catch((error) => error.message);
 * if (!other.includes(`process ${Deno.pid}`)) throw new Error(other);
 * ```
 */
export class FolderLock implements AsyncDisposable {
  readonly #path: string;
  readonly #text: string;
  readonly #made: readonly string[];
  readonly #worker: Worker;
  readonly #lost = new AbortController();

  private constructor(folder: string, text: string, made: readonly string[]) {
    this.#path = lockOf(folder);
    this.#text = text;
    this.#made = made;
    // A thread of its own: the main one may be busy for longer than the silence.
    this.#worker = new Worker(new URL("./lock_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = () =>
      this.#lost.abort(
        new InputError(
          `Cannot go on in ${folder}`,
          "this process was silent for so long that another one has taken the folder over",
        ),
      );
    const order: TouchOrder = { path: this.#path, text, every: TOUCH_MS };
    this.#worker.postMessage(order);
  }

  /**
   * Makes a folder where there is none, and locks it. The lock of a process that is gone is taken over.
   *
   * @throws {InputError} who writes there, or what the system refuses
   */
  static async take(folder: string): Promise<FolderLock> {
    const made = await makeFolders(folder);
    const writer: Writer = { ...processMark(), since: new Date().toISOString() };
    const text = `${JSON.stringify(writer)}\n`;
    try {
      await takeFile(folder, text);
      return new FolderLock(folder, text, made);
    } catch (error) {
      for (const each of made) await removeEmpty(each);
      throw error;
    }
  }

  /** Refuses a folder in which somebody writes, and takes nothing. @throws {InputError} who */
  static async refuseTaken(folder: string): Promise<void> {
    if (await exists(lockOf(folder))) await isLeft(folder);
  }

  /** Ends work when another process has taken the folder over: this one was not heard of for too long. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Gives the folder back; it goes where it was made for the lock and nothing lies in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.terminate();
    if (await readTextIfThere(this.#path) === this.#text) await remove(this.#path);
    for (const each of this.#made) await removeEmpty(each);
  }
}

function lockOf(folder: string): string {
  return `${folder}/lock`;
}

/** Makes a folder; gives those that were not there, the innermost first. */
async function makeFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let path = folder; path && !await exists(path); path = path.replace(/[/\\]*[^/\\]*$/, "")) {
    missing.push(path);
  }
  await makeFolder(folder);
  return missing;
}

/** Makes the file of a lock. */
async function takeFile(folder: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    if (await make(lockOf(folder), text)) return;
    if (await isLeft(folder)) await removeLeft(folder);
  }
  throw new InputError(
    `Cannot write to ${folder}`,
    `${lockOf(folder)} can neither be made nor read`,
  );
}

/** Whether a file could be made; false where there was one. */
async function make(path: string, text: string): Promise<boolean> {
  return await onDisk(`Cannot write ${path}`, async () => {
    try {
      using file = await Deno.open(path, { createNew: true, write: true });
      await writeAll(file, new TextEncoder().encode(text));
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  });
}

/**
 * Removes a lock whose process is gone. Several that found it take turns, in the system's own kind of
 * lock, which ends with its process: the second finds that of the first, which is no left one.
 */
async function removeLeft(folder: string): Promise<void> {
  const path = lockOf(folder);
  const turn = `${path}.turn`;
  await onDisk(`Cannot remove ${path}`, async () => {
    using file = await Deno.open(turn, { create: true, write: true });
    // Where a disk has no such locks, two that come within a millisecond find out when they touch.
    await file.lock(true).catch(() => {});
    try {
      if (await isLeft(folder)) await Deno.remove(path);
    } finally {
      await Deno.remove(turn).catch(ignoreMissing);
    }
  });
}

/**
 * Whether there is a lock whose process is gone.
 *
 * @throws {InputError} who writes in the folder, where the process may be there
 */
async function isLeft(folder: string): Promise<boolean> {
  const path = lockOf(folder);
  const text = await textOf(path);
  if (text === undefined) return false;
  const writer = writerOf(text);
  const ended = writer && await hasEnded(writer);
  if (ended) return true;
  // Where the start of a process is not told, another one may have its number by now.
  const isCertain = ended === false && writer?.start !== "";
  const silence = await silenceOf(path);
  if (silence === undefined) return false;
  if (!isCertain && silence > SILENCE_MS) return true;
  if (await readTextIfThere(path) !== text) return await isLeft(folder); // another's meanwhile
  throw new InputError(`Cannot write to ${folder}`, heldWords(path, writer, isCertain, silence));
}

/** What a lock holds; a moment later where nothing yet, for it is made first and then written. */
async function textOf(path: string): Promise<string | undefined> {
  const text = await readTextIfThere(path);
  if (text !== "") return text;
  await new Promise((resolve) => setTimeout(resolve, 100));
  return await readTextIfThere(path);
}

function writerOf(text: string): Writer | undefined {
  try {
    const { host, space, pid, start, since } = JSON.parse(text);
    const isWriter = [host, space, start, since].every((each) => typeof each === "string") &&
      Number.isSafeInteger(pid);
    return isWriter ? { host, space, pid, start, since } : undefined;
  } catch {
    return undefined; // its process was killed before it had written a word
  }
}

function heldWords(
  path: string,
  writer: Writer | undefined,
  isCertain: boolean,
  silence: number,
): string {
  const who = writer
    ? `process ${writer.pid} on ${writer.host || "this machine"}`
    : "a process that left no name";
  const since = writer ? ` since ${writer.since.replace("T", " ").replace(/\..*$/, " UTC")}` : "";
  const held = `${who} has been writing there${since}`;
  if (isCertain) {
    const own = writer?.pid === Deno.pid; // a notebook whose cell was interrupted, perhaps
    const advice = own ? `. It is this process: if that work was interrupted, remove ${path}` : "";
    return `${held}; wait for its end, or choose another folder${advice}`;
  }
  const seconds = Math.max(0, Math.round(silence / 1000));
  return `${held}, its last sign of life ${seconds} s ago; wait for its end, or choose another ` +
    `folder. If you know that it is gone, remove ${path}; after ten minutes of silence that goes ` +
    "without saying";
}

/** Milliseconds since a file was touched, both times by the clock of its disk; nothing without it. */
async function silenceOf(path: string): Promise<number | undefined> {
  const probe = temporaryFor(path);
  return await onDisk(`Cannot write ${path}`, async () => {
    await Deno.writeTextFile(probe, "", { createNew: true });
    try {
      const now = await Deno.stat(probe);
      const then = await Deno.stat(path).catch(ignoreMissing);
      return then && (now.mtime?.getTime() ?? 0) - (then.mtime?.getTime() ?? 0);
    } finally {
      await Deno.remove(probe);
    }
  }) ?? undefined;
}
