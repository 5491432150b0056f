/**
 * What the search needs of a place where trials run, be it this process, its children or a queue.
 *
 * @module
 */
import type { RoundRecord } from "./problem.ts";
import type { TrialReply } from "./reply.ts";

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
  /** A trial is done. Throws where the reply cannot be kept; that counts as a failure. */
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
