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
import { entriesOf, makeFolder, remove } from "../../files/disk/folder.ts";
import { readJson } from "../../files/disk/text_file.ts";
import { Folder, type FolderAccess } from "../run/folder.ts";
import { PLAN_FIELDS, RECORD_FIELDS, type StudyPlan } from "./plan.ts";
import type { RoundRecord } from "./problem.ts";

/** Path of the arrays of a trial, in the folder of its study. */
export function arraysName(round: number, index: number): string {
  return `trials/${round}-${index}.safetensors`;
}

/** What a study writes besides its folders `rounds`, `trials` and `results`. */
const FILES = [
  "study.sqlite",
  "study.sqlite-wal",
  "study.sqlite-shm",
  "ledger.csv",
  "trials.csv",
  "result.json",
  "study.json", // removed last: as long as one is there, it is known for what it is
];

/** Names of files in those folders. */
const NUMBERED = /^\d+(-\d+)?\.(json|safetensors)$/;

/** The folder of a study. */
export class StudyFolder extends Folder {
  /**
   * Makes or opens the folder for a search, which holds its lock: two searches would both write its
   * ledger.
   *
   * @throws InputError saying which option would let the search go on
   */
  static async open(
    path: string,
    plan: StudyPlan,
    options: FolderAccess,
  ): Promise<StudyFolder> {
    const folder = new StudyFolder(path);
    const known = await folder.has("study.json");
    if (!options.force) {
      if (known) await folder.refuseOther("study", await folder.plan(), plan, options.resume);
      else await folder.refuseForeign("study", ["config.json", ...FILES]);
    }
    await makeFolder(folder.file("rounds"));
    await makeFolder(folder.file("trials"));
    if (options.force) await folder.#clear();
    if (options.force || !known) await folder.writeJson("study.json", plan);
    return folder;
  }

  /** Removes what a study writes, and nothing else that may lie in the folder. */
  async #clear(): Promise<void> {
    for (const folder of ["rounds", "trials", "results"]) {
      const entries = await entriesOf(this.file(folder));
      for (const { name } of entries.filter(({ name }) => NUMBERED.test(name))) {
        await remove(this.file(`${folder}/${name}`));
      }
    }
    for (const name of FILES) await remove(this.file(name));
  }

  /** Its plan. */
  async plan(): Promise<StudyPlan> {
    return await readJson<StudyPlan>(this.file("study.json"), PLAN_FIELDS);
  }

  /** What was frozen of a round. */
  async round(round: number): Promise<RoundRecord> {
    return await readJson<RoundRecord>(this.file(`rounds/${round}.json`), RECORD_FIELDS);
  }

  /** Number of the latest round that has begun, -1 before the first. */
  async latestRound(): Promise<number> {
    const entries = await entriesOf(this.file("rounds"));
    return Math.max(
      -1,
      ...entries.map(({ name }) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? -1)),
    );
  }
}
