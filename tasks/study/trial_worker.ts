/**
 * The one worker that all ways share: opens a problem once and runs trials of it.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { VERSION } from "../run/run_folder.ts";
import type { StudyPlan } from "./plan.ts";
import {
  checkOutcome,
  type OpenOptions,
  type OpenProblem,
  type RoundRecord,
  type StudyProblem,
  trialOf,
} from "./problem.ts";
import { encodeArrays, type TrialReply } from "./reply.ts";

/**
 * Refuses data that are not those of a study.
 *
 * @param data where they are here; nothing where they are synthetic
 * @throws {InputError} naming both
 */
export async function checkData(
  problem: Pick<StudyProblem, "fingerprint">,
  { task, fingerprint }: StudyPlan,
  data: string | undefined,
): Promise<void> {
  const found = data === undefined ? undefined : await problem.fingerprint(data);
  if (found === fingerprint) return;
  throw new InputError(
    `Cannot go on with the study of ${task}`,
    `its data are ${fingerprint ?? "synthetic"}, ` +
      (data === undefined ? "here they are synthetic" : `${data} holds ${found}`),
  );
}

/** What a worker is opened with. */
export interface TrialWorkerOptions extends OpenOptions {
  /** What it calls itself in the ledger. */
  readonly name: string;
}

/** An open problem, its study, and how trials of it are answered. */
export class TrialWorker implements AsyncDisposable {
  readonly #plan: StudyPlan;
  readonly #open: OpenProblem;

  private constructor(
    /** What it calls itself. */
    readonly name: string,
    plan: StudyPlan,
    open: OpenProblem,
  ) {
    this.#plan = plan;
    this.#open = open;
  }

  /**
   * Opens a problem for a study.
   *
   * @throws InputError when this machine cannot run it: another version, other data
   */
  static async open(
    problem: StudyProblem,
    plan: StudyPlan,
    { name, data = plan.data, cache, progress, signal }: TrialWorkerOptions,
  ): Promise<TrialWorker> {
    const attempt = `Cannot run trials of the study of ${plan.task}`;
    if (plan.version !== VERSION) {
      throw new InputError(
        attempt,
        `it was made by version ${plan.version}, this is version ${VERSION}`,
      );
    }
    await checkData(problem, plan, data);
    return new TrialWorker(name, plan, await problem.open(plan, { data, cache, progress, signal }));
  }

  /**
   * Runs a trial.
   *
   * @param attempt how often it has been started, where that is known
   * @throws what the trial threw, or that its outcome cannot be kept
   */
  async run(
    record: RoundRecord,
    index: number,
    { signal, attempt }: { readonly signal?: AbortSignal; readonly attempt?: number } = {},
  ): Promise<TrialReply> {
    signal?.throwIfAborted();
    const trial = trialOf(this.#plan, record, index);
    const started = new Date().toISOString();
    const outcome = await this.#open.run(trial, signal);
    checkOutcome(outcome, this.#plan.goal);
    const { settings } = trial;
    const { figures } = outcome;
    const times = { started, finished: new Date().toISOString() };
    const arrays = encodeArrays(outcome.arrays);
    return { settings, figures, arrays, worker: this.name, attempt, ...times };
  }

  /** Gives data and device back. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open[Symbol.asyncDispose]();
  }
}
