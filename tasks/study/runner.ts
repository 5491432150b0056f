/**
 * What the search needs of a place where trials run, be it this process, its children or a queue.
 *
 * @module
 */
import type { ChildOptions } from "./child_messages.ts";
import type { RoundRecord } from "./problem.ts";
import type { TrialReply } from "./reply.ts";
import type { TrialWorkerOptions } from "./trial_worker.ts";

/** How often a trial is tried before it counts as lost. */
export const MOST_ATTEMPTS = 3;

/** What a place where trials run tells of them. */
export interface TrialEvents {
  /**
   * A trial has begun, for the first time or again.
   *
   * @param worker who runs it
   * @param attempt how often it has been started; where it is left out, once more than before
   */
  started(index: number, worker: string, attempt?: number): void;
  /** A trial is done. @throws {BadReply} for what is no answer to it: that counts as a failure */
  finished(index: number, reply: TrialReply): Promise<void>;
  /**
   * An attempt failed, or its worker died.
   *
   * @param lost no further attempt will be made
   */
  failed(index: number, error: string, lost: boolean): void;
  /** Something worth a line: a worker died, a connection came back. */
  note(text: string): void;
}

/** What a worker answered is no answer to its trial. */
export class BadReply extends Error {
  override readonly name = "BadReply";
}

/** Hands a reply to the search; gives what is wrong with it, if something is. */
export async function keep(
  events: TrialEvents,
  index: number,
  reply: TrialReply,
): Promise<BadReply | undefined> {
  try {
    await events.finished(index, reply);
  } catch (error) {
    if (error instanceof BadReply) return error;
    throw error; // the search's own disk or ledger
  }
}

/** A place where trials run. */
export interface TrialRunner extends AsyncDisposable {
  /** What it is, for the first line of progress: `2 workers`. */
  readonly description: string;
  /**
   * Runs trials of a round and returns when each is done or lost.
   *
   * @param indices the trials that have no result yet
   * @throws the reason of the signal, once no trial runs any more
   */
  run(
    record: RoundRecord,
    indices: readonly number[],
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<void>;
}

/** What a search that goes through a queue is made from. */
export interface QueueRunnerOptions {
  /** Address of the Redis: `redis://host:port`. */
  readonly url: string;
  /** Whether the study had begun before, so that the queue may hold results of it. */
  readonly resumed: boolean;
  /** Shows that the connection was lost, or came back. */
  readonly note: (text: string) => void;
}

/** What a worker of a queue is told. */
export interface QueueWorkerOptions extends ChildOptions, TrialWorkerOptions {
  /** Address of the Redis. */
  readonly url: string;
  /** Seconds without a sign of life after which another worker takes the trial. Default 30. */
  readonly lockSeconds?: number;
  /** Ends it; the trial at hand goes back to the queue. */
  readonly signal: AbortSignal;
}
