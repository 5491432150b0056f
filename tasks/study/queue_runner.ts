/**
 * Trials through BullMQ on Redis: the search adds them as jobs, workers on any machine take them.
 *
 * @module
 */
import { type Job, Queue, QueueEvents } from "../../deps_study.ts";
import type { StudyPlan } from "./plan.ts";
import type { RoundRecord } from "./problem.ts";
import { connect, type Connection, QUEUE, startsOf, type TrialJob } from "./queue_connection.ts";
import { withoutPassword } from "./queue_address.ts";
import type { TrialReply } from "./reply.ts";
import {
  keep,
  MOST_ATTEMPTS,
  type QueueRunnerOptions,
  type TrialEvents,
  type TrialRunner,
} from "./runner.ts";

/** Milliseconds between two looks at all open trials: events tell sooner, but may be missed. */
const SWEEP = 10_000;
/** Milliseconds after Ctrl-C to take jobs back. */
const PATIENCE = 3000;
/** Seconds that results stay in Redis when no search takes them. */
const KEPT = 30 * 24 * 3600;

type StudyJob = Job<TrialJob, TrialReply>;

/** Connects and gives a runner; loaded by `load_queue.ts`. */
export async function queueRunner(
  plan: StudyPlan,
  options: QueueRunnerOptions,
): Promise<TrialRunner> {
  const connection = await connect(options.url, options.note);
  return new QueueRunner(plan, options, connection);
}

/** A round's trials as they stand in the queue. */
interface OpenRound {
  readonly record: RoundRecord;
  readonly events: TrialEvents;
  /** Numbers of the open trials by the ids of their jobs. */
  readonly open: Map<string, number>;
  /** Attempts of each that the ledger knows of. */
  readonly attempts: Map<string, number>;
}

class QueueRunner implements TrialRunner {
  readonly description: string;
  readonly #plan: StudyPlan;
  readonly #resumed: boolean;
  readonly #connection: Connection;
  readonly #queue: Queue<TrialJob, TrialReply>;
  readonly #queueEvents: QueueEvents;
  /** Ids of jobs to look at. */
  readonly #changed = new Set<string>();
  /** Ids of jobs whose worker died since the last look. */
  readonly #stalled = new Set<string>();
  #wake: () => void = () => {};

  constructor(plan: StudyPlan, { url, resumed }: QueueRunnerOptions, connection: Connection) {
    this.#plan = plan;
    this.#resumed = resumed;
    this.#connection = connection;
    this.description = `through ${withoutPassword(url)}`;
    const options = { connection: connection.redis, prefix: QUEUE.prefix };
    this.#queue = new Queue(QUEUE.name, options);
    this.#queueEvents = new QueueEvents(QUEUE.name, options);
    // Both speak of lost connections, which `connect` has noted already.
    this.#queue.on("error", () => {});
    this.#queueEvents.on("error", () => {});
    this.#listen();
  }

  #listen(): void {
    const look = ({ jobId }: { readonly jobId: string }) => {
      this.#changed.add(jobId);
      this.#wake();
    };
    this.#queueEvents.on("active", look);
    this.#queueEvents.on("completed", look);
    this.#queueEvents.on("failed", look);
    this.#queueEvents.on("stalled", (event) => {
      this.#stalled.add(event.jobId);
      look(event);
    });
  }

  async run(
    record: RoundRecord,
    indices: readonly number[],
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<void> {
    const id = (index: number) => `${record.study}-${record.round}-${index}`;
    const open = new Map(indices.map((index) => [id(index), index]));
    const round: OpenRound = { record, events, open, attempts: new Map() };
    const ended = Promise.withResolvers<void>();
    const stop = () => {
      this.#wake();
      setTimeout(ended.resolve, PATIENCE); // Redis may be away
    };
    signal.addEventListener("abort", stop);
    try {
      const work = this.#work(round, signal);
      work.catch(() => {}); // when it is no longer waited for
      await Promise.race([work, this.#connection.lost, ended.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
    signal.throwIfAborted();
  }

  async #work(round: OpenRound, signal: AbortSignal): Promise<void> {
    await this.#queueEvents.waitUntilReady(); // what happens from here on is heard
    await this.#add(round);
    let ids: Iterable<string> = round.open.keys();
    while (round.open.size && !signal.aborted) {
      for (const id of [...ids]) await this.#look(round, id);
      if (!round.open.size || signal.aborted) break;
      const all = await this.#nextChange();
      ids = all ? round.open.keys() : [...this.#changed].filter((id) => round.open.has(id));
      this.#changed.clear();
    }
    if (signal.aborted) await this.#withdraw(round);
  }

  /** True after a while without a change. */
  #nextChange(): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#changed.size) return resolve(false);
      const timer = setTimeout(resolve, SWEEP, true);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
  }

  /** Adds the jobs; those of an earlier search that are done, or at work, are taken as they are. */
  async #add({ record, open }: OpenRound): Promise<void> {
    const ids = [...open.keys()];
    for (const id of ids) {
      const job = await this.#queue.getJob(id);
      if (!job) continue;
      const isOld = !this.#resumed || await job.getState() === "failed";
      if (isOld) await job.remove().catch(() => {}); // a worker has it: its result will do
    }
    await this.#queue.addBulk(ids.map((id) => this.#jobOf(record, id, open.get(id)!)));
  }

  #jobOf(record: RoundRecord, jobId: string, index: number) {
    const opts = {
      jobId, // a job whose id is there already is not added again
      attempts: MOST_ATTEMPTS,
      backoff: { type: "fixed", delay: 1000 },
      removeOnComplete: { age: KEPT },
      removeOnFail: { age: KEPT },
    };
    return { name: this.#plan.task, data: { plan: this.#plan, record, index }, opts };
  }

  /** Brings what happened to a job into the ledger. */
  async #look(round: OpenRound, id: string): Promise<void> {
    const index = round.open.get(id)!;
    const { record, events } = round;
    const name = `trial ${record.round}-${index}`;
    if (this.#stalled.delete(id)) {
      events.failed(index, "its worker died", false);
    }
    const job: StudyJob | undefined = await this.#queue.getJob(id);
    if (!job) {
      events.note(`${name} is no longer in the queue and is added again`);
      await this.#queue.addBulk([this.#jobOf(record, id, index)]);
      return;
    }
    const state = await job.getState();
    if (state === "active") return noteStart(round, job, index);
    if (state !== "completed" && state !== "failed") return;
    noteStart(round, job, index);
    if (state === "failed") events.failed(index, job.failedReason, true);
    else await this.#finish(round, job, index);
    round.open.delete(id);
    await job.remove();
  }

  async #finish({ events }: OpenRound, job: StudyJob, index: number): Promise<void> {
    // Read again: the job may have been read before it was done.
    const { returnvalue } = await this.#queue.getJob(job.id!) ?? job;
    const fault = await keep(events, index, returnvalue);
    if (fault) events.failed(index, fault.message, true);
  }

  /** After Ctrl-C: what no worker has yet is taken out; what one has goes on and is kept. */
  async #withdraw({ open, events }: OpenRound): Promise<void> {
    let atWork = 0;
    for (const id of open.keys()) {
      const job = await this.#queue.getJob(id);
      const state = await job?.getState();
      if (state === "completed" || state === "active") atWork++;
      else await job?.remove().catch(() => atWork++); // a worker took it this very moment
    }
    if (atWork) {
      events.note(`${atWork} trials are still with workers; --resume takes their results`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { redis } = this.#connection;
    if (redis.status !== "ready") redis.disconnect();
    const closing = Promise.allSettled([this.#queueEvents.close(), this.#queue.close()]);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, PATIENCE); // without Redis they never close
    await Promise.race([closing, late.promise]);
    clearTimeout(timer);
    await this.#connection[Symbol.asyncDispose]();
  }
}

/** Tells the ledger of an attempt that it does not know of, and of what ended the one before. */
function noteStart({ attempts, events }: OpenRound, job: StudyJob, index: number): void {
  const known = attempts.get(job.id!) ?? 0;
  const { failedReason, attemptsMade, processedBy } = job;
  const starts = startsOf(job);
  if (starts <= known) return;
  if (attemptsMade > 0 && known > 0 && failedReason) events.failed(index, failedReason, false);
  attempts.set(job.id!, starts);
  events.started(index, processedBy ?? "a worker", starts);
}
