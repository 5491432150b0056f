/**
 * A folder of work that can be gone on with: a run's or a study's.
 *
 * @module
 */
import { someOf } from "../../files/claims.ts";
import { writeText } from "../../files/disk/atomic_file.ts";
import { exists } from "../../files/disk/presence.ts";
import { InputError } from "../../files/input_error.ts";

/** What may happen to a folder that holds something already. */
export interface FolderAccess {
  /** Go on with it. */
  readonly resume: boolean;
  /** Overwrite it. */
  readonly force: boolean;
}

/** A folder and its files. */
export class Folder {
  /** Touches nothing yet. */
  constructor(
    /** Path of the folder. */
    readonly path: string,
  ) {}

  /** Path of a file of the folder. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Whether a file of the folder is there. */
  async has(name: string): Promise<boolean> {
    return await exists(this.file(name));
  }

  /** Writes a file whole or not at all. */
  async write(name: string, text: string): Promise<void> {
    await writeText(this.file(name), text);
  }

  /** Writes a value as JSON, whole or not at all. */
  async writeJson(name: string, value: unknown): Promise<void> {
    await this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /**
   * Refuses to write over files that something else left in the folder.
   *
   * @param what what writes, such as `run`
   * @param names what it would write over, or what is a sign of something else
   * @throws {InputError} naming those that are there
   */
  async refuseForeign(what: string, names: readonly string[]): Promise<void> {
    const there: string[] = [];
    for (const name of names) if (await this.has(name)) there.push(name);
    if (there.length === 0) return;
    throw new InputError(
      `Cannot write to ${this.path}`,
      `it holds ${someOf(there)}, and no ${what}; overwrite with --force, or choose another --out`,
    );
  }

  /**
   * Refuses to write where something is already, unless it is to be gone on with and is the same.
   *
   * @param what it is, such as `run`
   * @param before everything that decides what is there
   * @param now everything that decides what is asked for
   * @throws {InputError} saying which option would help, or what differs
   */
  async refuseOther(what: string, before: object, now: object, resume: boolean): Promise<void> {
    if (!resume) {
      const state = await this.has("result.json") ? "a finished" : "an unfinished";
      throw new InputError(
        `Cannot write to ${this.path}`,
        `it holds ${state} ${what}; go on with --resume, overwrite with --force, or choose another ` +
          "--out",
      );
    }
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const [old, wanted] = [before, now].map((each) => canonical(Reflect.get(each, name)));
      if (old === wanted) continue;
      throw new InputError(
        `Cannot resume ${this.path}`,
        `it was made with ${name} ${old}, and ${wanted} was asked for now`,
      );
    }
  }
}

/** JSON with sorted names, so that equal values are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      inner && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
