/**
 * Trials that ran elsewhere, one command each, and left their results in a folder.
 *
 * @module
 */
import { entriesOf } from "../../files/disk/folder.ts";
import { InputError } from "../../files/input_error.ts";
import type { RoundRecord } from "./problem.ts";
import { keep, type TrialEvents, type TrialRunner } from "./runner.ts";
import { readTrialFile } from "./trial_file.ts";

/** Takes the results that are there; what is missing stays missing. */
export class Collector implements TrialRunner {
  /** Folder of the results. */
  readonly folder: string;

  /** Reads nothing yet. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** What it is. */
  get description(): string {
    return `results in ${this.folder}`;
  }

  /**
   * Merges results of a round. Results of trials that are in the ledger already are passed over; a file
   * that is damaged or of another study is named and left out, and its trial stays missing.
   */
  async run(
    record: RoundRecord,
    indices: readonly number[],
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<void> {
    const open = new Set(indices);
    const leaveOut = (path: string, why: string) => events.note(`left out ${path}: ${why}`);
    for (const path of await this.#paths()) {
      signal.throwIfAborted();
      const read = await readTrialFile(path).catch(faultOf);
      if (read instanceof InputError) {
        leaveOut(path, read.reason);
        continue;
      }
      const { file, reply } = read;
      if (file.study !== record.study) {
        leaveOut(path, `it is of the study ${file.study}, this is ${record.study}`);
      } else if (file.round === record.round && open.has(file.index)) {
        const fault = await keep(events, file.index, reply);
        if (fault) leaveOut(path, fault.message);
        else open.delete(file.index);
      }
    }
  }

  async #paths(): Promise<string[]> {
    const entries = await entriesOf(this.folder);
    return entries.map(({ name }) => name).filter((name) => name.endsWith(".json")).sort()
      .map((name) => `${this.folder}/${name}`);
  }

  /** Nothing is open. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A fault of a file as a value; others are thrown. */
function faultOf(error: unknown): InputError {
  if (error instanceof InputError) return error;
  throw error;
}
