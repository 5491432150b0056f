/**
 * Trials that ran elsewhere, one command each, and left their results in a folder.
 *
 * @module
 */
import { entriesOf } from "../../files/disk/folder.ts";
import { InputError } from "../../files/input_error.ts";
import type { RoundRecord } from "./problem.ts";
import type { TrialReply } from "./reply.ts";
import type { TrialEvents, TrialRunner } from "./runner.ts";
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
   * Merges results of a round. Results of trials that are in the ledger already are passed over.
   *
   * @throws InputError naming a file that is damaged or of another study
   */
  async run(
    record: RoundRecord,
    indices: readonly number[],
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<void> {
    const results = new Map<number, { path: string; reply: TrialReply }>();
    for (const path of await this.#paths()) {
      signal.throwIfAborted();
      const { file, reply } = await readTrialFile(path);
      if (file.study !== record.study) {
        throw new InputError(
          `Cannot collect ${path}`,
          `it is of the study ${file.study}, this is ${record.study}`,
        );
      }
      if (file.round === record.round && indices.includes(file.index)) {
        results.set(file.index, { path, reply });
      }
    }
    for (const index of indices) {
      const found = results.get(index);
      if (!found) continue;
      try {
        await events.finished(index, found.reply);
      } catch (error) {
        throw new InputError(`Cannot collect ${found.path}`, (error as Error).message);
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
