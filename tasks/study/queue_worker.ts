/**
 * A worker of the queue: takes trials of any study, one at a time, until it is told to stop.
 *
 * @module
 */
import { type Job, WaitingError, Worker } from "../../deps_study.ts";
import type { ChildOptions } from "./child_messages.ts";
import { ChildWorker } from "./child_worker.ts";
import { studyId, type StudyPlan } from "./plan.ts";
import { connect, QUEUE, type TrialJob } from "./queue_connection.ts";
import { withoutPassword } from "./queue_address.ts";
import type { TrialReply } from "./reply.ts";
import { MOST_ATTEMPTS } from "./runner.ts";
import type { TrialWorkerOptions } from "./trial_worker.ts";

/** What a worker is told. */
export interface QueueWorkerOptions extends ChildOptions, TrialWorkerOptions {
  /** Address of the Redis. */
  readonly url: string;
  /** Seconds without a sign of life after which another worker takes the trial. Default 30. */
  readonly lockSeconds?: number;
  /** Ends it; the trial at hand goes back to the queue. */
  readonly signal: AbortSignal;
}

/**
 * Works until the signal ends it, and gives the number of trials done.
 *
 * @throws InputError when Redis cannot be reached, or a study's problem cannot be opened here
 */
export async function workOnQueue(options: QueueWorkerOptions): Promise<number> {
  const { url, progress, signal, lockSeconds = 30 } = options;
  await using connection = await connect(url, (text) => progress.line(text));
  await using hand = new Hand(options);
  const worker: Worker<TrialJob, TrialReply> = new Worker(
    QUEUE.name,
    (job, token) => hand.run(job, token!, () => void worker.close()),
    {
      connection: connection.redis,
      prefix: QUEUE.prefix,
      name: options.name,
      concurrency: 1,
      lockDuration: 1000 * lockSeconds,
      stalledInterval: 500 * lockSeconds,
      maxStalledCount: MOST_ATTEMPTS - 1,
    },
  );
  worker.on("error", () => {}); // lost connections, which `connect` has noted already
  progress.line(`${options.name} takes trials from ${withoutPassword(url)}; Ctrl-C ends it`);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    await Promise.race([stopped, hand.failed, connection.lost]);
  } finally {
    const { redis } = connection;
    const isAway = redis.status !== "ready";
    if (isAway) redis.disconnect(); // or closing would wait for Redis
    await worker.close(isAway);
  }
  return hand.done;
}

/**
 * Runs the jobs in a child process, with the problem of the latest study open. Here the lock must be
 * renewed every few seconds, and a trial may compute on its thread for longer than that (eigenvectors
 * of a thousand dimensions take ten seconds).
 */
class Hand implements AsyncDisposable {
  /** Trials done. */
  done = 0;
  /** Rejects when a problem cannot be opened. */
  readonly failed: Promise<never>;
  readonly #options: QueueWorkerOptions;
  #fail: (error: unknown) => void = () => {};
  #open: { readonly study: string; readonly worker: ChildWorker } | undefined;

  constructor(options: QueueWorkerOptions) {
    this.#options = options;
    this.failed = new Promise((_, reject) => this.#fail = reject);
    this.failed.catch(() => {}); // awaited later
  }

  async run(job: Job<TrialJob, TrialReply>, token: string, stop: () => void): Promise<TrialReply> {
    const { progress, signal } = this.#options;
    const { plan, record, index } = job.data;
    const attempt = job.attemptsStarted;
    const name = `trial ${record.round}-${index} of ${plan.task} study ${record.study}`;
    const giveBack = async () => {
      await job.moveToWait(token);
      return new WaitingError();
    };
    let worker: ChildWorker;
    try {
      worker = await this.#workerFor(plan);
    } catch (error) {
      stop(); // takes no further job, or it would be this one again
      this.#fail(error);
      throw await giveBack();
    }
    progress.update(`${name}${attempt > 1 ? `, attempt ${attempt}` : ""}`);
    try {
      const answer = await worker.run(record, index, { signal });
      const reply = { ...answer, worker: this.#options.name, attempt };
      const figure = reply.figures[plan.goal.figure].toFixed(4);
      progress.line(`${name}: ${plan.goal.figure} ${figure}`);
      this.done++;
      return reply;
    } catch (error) {
      if (signal.aborted) {
        stop();
        throw await giveBack();
      }
      progress.line(`${name} failed: ${(error as Error).message}`);
      await this.#close(); // the next one has a fresh device
      throw error;
    }
  }

  async #workerFor(plan: StudyPlan): Promise<ChildWorker> {
    const study = studyId(plan);
    if (this.#open?.study === study) return this.#open.worker;
    await this.#close();
    const worker = await ChildWorker.start(plan, this.#options);
    this.#open = { study, worker };
    return worker;
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.worker[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
