/**
 * A worker of the queue: takes trials of any study, one at a time, until it is told to stop.
 *
 * @module
 */
import {
  DelayedError,
  type Job,
  Queue,
  UnrecoverableError,
  WaitingError,
  Worker,
} from "../../deps_study.ts";
import { checkTable, COUNT } from "../../files/json.ts";
import { ChildWorker } from "./child_worker.ts";
import { PLAN_FIELDS, RECORD_FIELDS, studyId, type StudyPlan } from "./plan.ts";
import { connect, QUEUE, startsOf, type TrialJob } from "./queue_connection.ts";
import { withoutPassword } from "./queue_address.ts";
import type { TrialReply } from "./reply.ts";
import { MOST_ATTEMPTS, type QueueWorkerOptions } from "./runner.ts";

/**
 * Works until the signal ends it, and gives the number of trials done.
 *
 * A trial that fails here fails in the queue, and the next one is taken. One that cannot be run here
 * at all (an unknown task, another version, other data) is left to workers that may; where none of
 * those that are connected can, it fails with the reason.
 *
 * @throws InputError when Redis cannot be reached
 */
export async function workOnQueue(options: QueueWorkerOptions): Promise<number> {
  const { url, progress, signal, lockSeconds = 30 } = options;
  await using connection = await connect(url, (text) => progress.line(text));
  const shared = { connection: connection.redis, prefix: QUEUE.prefix };
  const queue = new Queue<TrialJob, TrialReply>(QUEUE.name, shared);
  queue.on("error", () => {}); // as below
  await using hand = new Hand(options, queue);
  const worker: Worker<TrialJob, TrialReply> = new Worker(
    QUEUE.name,
    (job, token) => hand.run(job, token!, () => void worker.close()),
    {
      ...shared,
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
    await Promise.race([stopped, connection.lost]);
  } finally {
    const { redis } = connection;
    const isAway = redis.status !== "ready";
    if (isAway) redis.disconnect(); // or closing would wait for Redis
    await worker.close(isAway);
    if (!isAway) await queue.close();
  }
  return hand.done;
}

/** Milliseconds until a study that cannot be run here is tried again: its data may have come. */
const REFUSED_FOR = 30_000;
/** Milliseconds that a trial waits after a worker has left it to the others. */
const LEFT_FOR = 1000;

/**
 * Runs the jobs in a child process, with the problem of the latest study open. Here the lock must be
 * renewed every few seconds, and a trial may compute on its thread for longer than that (eigenvectors
 * of a thousand dimensions take ten seconds).
 */
class Hand implements AsyncDisposable {
  /** Trials done. */
  done = 0;
  readonly #options: QueueWorkerOptions;
  readonly #queue: Queue<TrialJob, TrialReply>;
  /** Why studies cannot be run here, and when that was found. */
  readonly #refused = new Map<string, { readonly reason: string; readonly at: number }>();
  #open: { readonly study: string; readonly worker: ChildWorker } | undefined;

  constructor(options: QueueWorkerOptions, queue: Queue<TrialJob, TrialReply>) {
    this.#options = options;
    this.#queue = queue;
  }

  async run(job: Job<TrialJob, TrialReply>, token: string, stop: () => void): Promise<TrialReply> {
    const { progress, signal } = this.#options;
    const { plan, record, index } = this.#checked(job);
    const attempt = startsOf(job);
    const name = `trial ${record.round}-${index} of ${plan.task} study ${record.study}`;
    const giveBack = async () => {
      stop(); // takes no further job, or it would be this one again
      await job.moveToWait(token);
      return new WaitingError();
    };
    let worker: ChildWorker;
    try {
      worker = await this.#workerFor(plan);
    } catch (error) {
      if (signal.aborted) throw await giveBack();
      throw await this.#leave(job, token, (error as Error).message);
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
      if (signal.aborted) throw await giveBack();
      progress.line(`${name} failed: ${(error as Error).message}`);
      await this.#close(); // the next one has a fresh device
      throw error;
    }
  }

  /** What a job carries. @throws {UnrecoverableError} for what is no trial: it would be none again */
  #checked({ id, data }: Job<TrialJob, TrialReply>): TrialJob {
    const source = `job ${id} of the queue`;
    try {
      const { plan, record } = checkTable<TrialJob>(source, data, { index: COUNT });
      checkTable(source, plan, PLAN_FIELDS, "its plan");
      checkTable(source, record, RECORD_FIELDS, "its record");
      return data;
    } catch (error) {
      const { message } = error as Error;
      this.#options.progress.line(message);
      throw new UnrecoverableError(message);
    }
  }

  /**
   * Leaves a trial that cannot be run here to the other workers; where all have left it, it fails.
   *
   * @returns what is to be thrown
   */
  async #leave(job: Job<TrialJob, TrialReply>, token: string, reason: string): Promise<Error> {
    const { by = [], times = 0 } = job.data.left ?? {};
    const left = { by: [...new Set([...by, this.#options.name])], times: times + 1 };
    const workers = (await this.#queue.getWorkers()).map(({ rawname }) => rawname);
    const others = workers.filter((worker) =>
      !left.by.some((name) => worker?.endsWith(`:w:${name}`))
    );
    if (!others.length) return new Error(reason);
    await job.updateData({ ...job.data, left });
    await job.moveToDelayed(Date.now() + LEFT_FOR, token);
    return new DelayedError();
  }

  async #workerFor(plan: StudyPlan): Promise<ChildWorker> {
    const study = studyId(plan);
    if (this.#open?.study === study) return this.#open.worker;
    const known = this.#refused.get(study);
    if (known && Date.now() - known.at < REFUSED_FOR) throw new Error(known.reason);
    await this.#close();
    try {
      const worker = await ChildWorker.start(plan, this.#options);
      this.#open = { study, worker };
      return worker;
    } catch (error) {
      const { message: reason } = error as Error;
      this.#refused.set(study, { reason, at: Date.now() });
      this.#options.progress.line(`cannot run the study ${study} here: ${reason}`);
      throw error;
    }
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
