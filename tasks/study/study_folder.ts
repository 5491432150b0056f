/**
 * A study is a folder:
 *
 * - `study.json`: its plan;
 * - `rounds/<round>.json`: what is frozen of each round, for workers that see the folder;
 * - `study.sqlite`: the ledger, written by the searcher alone;
 * - `trials/<round>-<index>.safetensors`: arrays of a trial;
 * - `ledger.csv`: settings and figures, the same bytes whichever way the trials ran;
 * - `trials.csv`: attempts, workers and times; `result.json`: written last, by a finished study.
 *
 * @module
 */
import { writeAll, writeAtomically } from "../../files/disk/atomic_file.ts";
import { InputError } from "../../files/input_error.ts";
import { canonical, type StudyPlan } from "./plan.ts";
import type { RoundRecord } from "./problem.ts";

/** Path of the arrays of a trial, in the folder of its study. */
export function arraysName(round: number, index: number): string {
  return `trials/${round}-${index}.safetensors`;
}

/** What a study writes besides its folders `rounds`, `trials` and `results`. */
const FILES = [
  "study.json",
  "study.sqlite",
  "study.sqlite-wal",
  "study.sqlite-shm",
  "study.lock",
  "ledger.csv",
  "trials.csv",
  "result.json",
];

/** Names of files in those folders. */
const NUMBERED = /^\d+(-\d+)?\.(json|safetensors)$/;

/** The folder of a study. */
export class StudyFolder implements Disposable {
  #lock: Deno.FsFile | undefined;

  /** Touches nothing yet. */
  constructor(
    /** Path of the folder. */
    readonly path: string,
  ) {}

  /**
   * Makes or opens the folder for a search, and locks it: two searches would both write its ledger.
   *
   * @throws InputError saying which option would let the search go on
   */
  static async open(
    path: string,
    plan: StudyPlan,
    options: { readonly resume: boolean; readonly force: boolean },
  ): Promise<StudyFolder> {
    const folder = new StudyFolder(path);
    const known = await folder.has("study.json");
    if (known && !options.force) await folder.#check(plan, options.resume);
    await Deno.mkdir(folder.file("rounds"), { recursive: true });
    await Deno.mkdir(folder.file("trials"), { recursive: true });
    await folder.#takeLock();
    try {
      if (options.force) await folder.#clear();
      if (options.force || !known) await folder.writeJson("study.json", plan);
    } catch (error) {
      folder[Symbol.dispose]();
      throw error;
    }
    return folder;
  }

  /** Refuses what may not be opened. */
  async #check(plan: StudyPlan, resume: boolean): Promise<void> {
    if (!resume) {
      const state = await this.has("result.json") ? "a finished" : "an unfinished";
      throw new InputError(
        `Cannot write to ${this.path}`,
        `it holds ${state} study; go on with --resume, overwrite with --force, or choose another --out`,
      );
    }
    const before = await this.plan();
    for (const name of new Set([...Object.keys(before), ...Object.keys(plan)])) {
      const [old, wanted] = [before, plan].map((each) => canonical(each[name as keyof StudyPlan]));
      if (old === wanted) continue;
      throw new InputError(
        `Cannot resume ${this.path}`,
        `it was made with ${name} ${old}, and ${wanted} was asked for now`,
      );
    }
  }

  /** The system drops the lock when the process ends, however it ends. */
  async #takeLock(): Promise<void> {
    const file = await Deno.open(this.file("study.lock"), { write: true, create: true });
    if (!await file.tryLock(true)) {
      file.close();
      throw new InputError(`Cannot search in ${this.path}`, "another search is running there");
    }
    this.#lock = file;
  }

  /** Removes what a study writes, and nothing else that may lie in the folder. */
  async #clear(): Promise<void> {
    for (const folder of ["rounds", "trials", "results"]) {
      const entries = await Array.fromAsync(Deno.readDir(this.file(folder))).catch(() => []);
      for (const { name } of entries.filter(({ name }) => NUMBERED.test(name))) {
        await Deno.remove(this.file(`${folder}/${name}`));
      }
    }
    for (const name of FILES.filter((name) => name !== "study.lock")) {
      await Deno.remove(this.file(name)).catch(() => {});
    }
  }

  /** Path of a file of the study. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Whether a file of the study is there. */
  async has(name: string): Promise<boolean> {
    return await Deno.stat(this.file(name)).then(() => true, () => false);
  }

  /** Its plan. */
  async plan(): Promise<StudyPlan> {
    return await readJson<StudyPlan>(this.file("study.json"), ["task", "seed", "space", "goal"]);
  }

  /** What was frozen of a round. */
  async round(round: number): Promise<RoundRecord> {
    return await readJson<RoundRecord>(this.file(`rounds/${round}.json`), ["study", "space"]);
  }

  /** Number of the latest round that has begun, -1 before the first. */
  async latestRound(): Promise<number> {
    const entries = await Array.fromAsync(Deno.readDir(this.file("rounds"))).catch(() => []);
    return Math.max(
      -1,
      ...entries.map(({ name }) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? -1)),
    );
  }

  /** Writes a file whole or not at all. */
  async write(name: string, text: string): Promise<void> {
    await writeText(this.file(name), text);
  }

  /** Writes a value as JSON, whole or not at all. */
  async writeJson(name: string, value: unknown): Promise<void> {
    await this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    this.#lock?.close();
    this.#lock = undefined;
  }
}

/** Writes a text whole or not at all. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeAtomically(path, (file) => writeAll(file, new TextEncoder().encode(text)));
}

/**
 * Reads an object from a JSON file.
 *
 * @param needed names that it must have
 * @throws InputError naming the file
 */
export async function readJson<T extends object>(
  path: string,
  needed: readonly (keyof T & string)[],
): Promise<T> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new InputError(`Cannot read ${path}`, reason, { cause });
  };
  const text = await Deno.readTextFile(path).catch((error) =>
    error instanceof Deno.errors.NotFound
      ? fail("there is no such file", error)
      : fail(error.message)
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail("it is not JSON", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail("it is no object");
  const missing = needed.find((name) => !Object.hasOwn(value as object, name));
  return missing === undefined ? value as T : fail(`it has no ${missing}`);
}
