/**
 * Trials on this machine: in this process, or in child processes with a device each.
 *
 * @module
 */
import type { ChildOptions } from "./child_messages.ts";
import { ChildWorker, WorkerDied } from "./child_worker.ts";
import type { Progress } from "../run/progress.ts";
import type { StudyPlan } from "./plan.ts";
import type { RoundRecord, StudyProblem } from "./problem.ts";
import { keep, MOST_ATTEMPTS, type TrialEvents, type TrialRunner } from "./runner.ts";
import { TrialWorker } from "./trial_worker.ts";

/** A worker as the pool sees it. */
type LocalWorker = Pick<ChildWorker, "name" | "run" | typeof Symbol.asyncDispose>;

/** What a local pool is made from. */
export interface LocalPoolOptions extends ChildOptions {
  /** The problem, for trials in this process. */
  readonly problem: StudyProblem;
  /** Child processes; with 0 or 1 the trials run in this process. */
  readonly workers: number;
  /** Where progress of the opening is shown. */
  readonly progress: Progress;
}

/** Workers on this machine. A child that dies is replaced, and its trial is run again. */
export class LocalPool implements TrialRunner {
  readonly #plan: StudyPlan;
  readonly #options: LocalPoolOptions;
  readonly #workers: (LocalWorker | undefined)[];

  /** Starts no worker yet. */
  constructor(plan: StudyPlan, options: LocalPoolOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#workers = Array.from({ length: Math.max(1, options.workers) }, () => undefined);
  }

  /** What it is. */
  get description(): string {
    const { length } = this.#workers;
    return length > 1 ? `${length} worker processes` : "one at a time in this process";
  }

  /** Runs trials; see {@linkcode TrialRunner}. */
  async run(
    record: RoundRecord,
    indices: readonly number[],
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<void> {
    const waiting = indices.map((index) => ({ index, attempts: 0 }));
    // A slot that can open no worker ends the others too: they would only find the same.
    const giveUp = new AbortController();
    const either = AbortSignal.any([signal, giveUp.signal]);
    const slots = this.#workers.slice(0, Math.max(1, waiting.length)).map((_, slot) =>
      this.#work(slot, record, waiting, events, either).catch((error) => {
        giveUp.abort(error);
        throw error;
      })
    );
    const results = await Promise.allSettled(slots);
    signal.throwIfAborted();
    const failed = results.find(({ status }) => status === "rejected");
    if (failed) throw giveUp.signal.reason;
  }

  async #work(
    slot: number,
    record: RoundRecord,
    waiting: { index: number; attempts: number }[],
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      signal.throwIfAborted();
      // The last attempt has a fresh worker: the device may be lost, or the memory used up.
      if (++next.attempts === MOST_ATTEMPTS) await this.#end(slot);
      const worker = this.#workers[slot] ??= await this.#start(slot, signal);
      events.started(next.index, worker.name);
      const reply = await worker.run(record, next.index, { signal }).catch(errorOf);
      const failure = reply instanceof Error ? reply : await keep(events, next.index, reply);
      if (!failure) continue;
      signal.throwIfAborted();
      if (failure instanceof WorkerDied) {
        events.note(failure.message);
        await this.#end(slot);
      }
      const lost = next.attempts >= MOST_ATTEMPTS;
      events.failed(next.index, failure.message, lost);
      if (!lost) waiting.unshift(next);
    }
  }

  async #start(slot: number, signal: AbortSignal): Promise<LocalWorker> {
    const { problem, workers } = this.#options;
    const options = { ...this.#options, signal };
    if (workers > 1) {
      return await ChildWorker.start(this.#plan, { ...options, name: `worker ${slot + 1}` });
    }
    return await TrialWorker.open(problem, this.#plan, { ...options, name: "local" });
  }

  async #end(slot: number): Promise<void> {
    const worker = this.#workers[slot];
    this.#workers[slot] = undefined;
    await worker?.[Symbol.asyncDispose]();
  }

  /** Ends the workers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((_, slot) => this.#end(slot)));
  }
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
