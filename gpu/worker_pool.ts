/**
 * Worker threads that answer requests; `worker_side.ts` is their side of it.
 *
 * @module
 */
import { whole } from "./check.ts";

/** What a worker answers: the number of steps done, any number of times, then the reply. */
export type WorkerAnswer<Reply> = { readonly done: number } | { readonly reply: Reply };

/** How a {@linkcode WorkerPool} is started. */
export interface WorkerPoolOptions<Request> {
  /** What the workers are for, as messages say it: `Cannot decode JPEG files`. */
  readonly attempt: string;
  /** Number of workers, which changes nothing but the time. Default {@linkcode defaultWorkers}. */
  readonly workers?: number;
  /** Memory of a request that changes hands instead of being copied. Default none. */
  readonly transfer?: (request: Request) => Transferable[];
  /** Ends the workers when it is aborted; what runs is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** How many workers there are where nobody says: one a processor core, at most 16. */
export function defaultWorkers(): number {
  // More only wait for the one thread that feeds them.
  return Math.min(navigator.hardwareConcurrency, 16);
}

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  readonly progress?: (done: number) => void;
}

interface Colleague<Request, Reply> {
  readonly worker: Worker;
  /** Requests under way, in the order in which they will be answered. */
  readonly waiting: Waiting<Reply>[];
}

/**
 * Workers of one kind. Replies do not depend on their number, nor does the order in which
 * {@linkcode WorkerPool.inOrder} gives them. Start-up takes some 100 ms, so keep a pool for all of a
 * job, and dispose of it: its workers keep the process alive.
 *
 * @example
 * ```ts
 * import { WorkerPool } from "./worker_pool.ts";
 *
 * // The worker's file is the caller's, so that the tests only check the types.
 * async function printSquares(): Promise<void> {
 *   using pool = new WorkerPool<number, number>(
 *     () => new Worker(new URL("./square_worker.ts", import.meta.url), { type: "module" }),
 *     { attempt: "Cannot square numbers" },
 *   );
 *   for await (const square of pool.inOrder([1, 2, 3])) console.log(square);
 * }
 * ```
 */
export class WorkerPool<Request, Reply> implements Disposable {
  readonly #options: WorkerPoolOptions<Request>;
  readonly #colleagues: readonly Colleague<Request, Reply>[];
  #broken: unknown;

  /**
   * Starts the workers.
   *
   * @param start makes one; written out as `new Worker(new URL(…, import.meta.url), …)` where the
   * pool is made, so that bundlers find the file
   * @throws {RangeError} when `workers` is no whole number from 1 on
   * @throws the signal's reason when it is aborted already
   */
  constructor(start: () => Worker, options: WorkerPoolOptions<Request>) {
    const { attempt, workers = defaultWorkers(), signal } = options;
    whole(attempt, { workers }, 1);
    signal?.throwIfAborted();
    this.#options = options;
    this.#colleagues = Array.from({ length: workers }, () => this.#engage(start()));
    signal?.addEventListener("abort", this.#abort);
  }

  /** The number of workers. */
  get size(): number {
    return this.#colleagues.length;
  }

  /**
   * Asks the worker that has least to do.
   *
   * @param progress called with the number of steps that the worker says are done
   * @throws the signal's reason, or an Error when a worker broke down or the pool was disposed of
   */
  ask(request: Request, progress?: (done: number) => void): Promise<Reply> {
    const idlest = this.#colleagues.reduce((a, b) => b.waiting.length < a.waiting.length ? b : a);
    return this.#ask(idlest, request, progress);
  }

  /** Asks every worker the same: what later requests need to know. */
  askAll(request: Request): Promise<Reply[]> {
    return Promise.all(this.#colleagues.map((colleague) => this.#ask(colleague, request)));
  }

  /**
   * Asks as fast as replies are taken, and yields them in the order of the requests.
   *
   * @param requests the next is asked for only when there is room
   * @param ahead most requests under way or waiting to be taken, so that memory stays bounded
   * however slow the consumer is. Default two a worker, so that none waits for this thread
   */
  async *inOrder(
    requests: Iterable<Request> | AsyncIterable<Request>,
    ahead = 2 * this.size,
  ): AsyncGenerator<Reply> {
    const queue: Promise<Reply>[] = [];
    for await (const request of requests) {
      const reply = this.ask(request);
      reply.catch(() => {}); // reported when its turn comes
      queue.push(reply);
      if (queue.length >= ahead) yield await queue.shift()!;
    }
    while (queue.length > 0) yield await queue.shift()!;
  }

  /** Ends the workers; what is under way is rejected. */
  [Symbol.dispose](): void {
    this.#break(new Error(`${this.#options.attempt}: the workers have ended`));
  }

  readonly #abort = () => this.#break(this.#options.signal?.reason);

  #ask(
    { worker, waiting }: Colleague<Request, Reply>,
    request: Request,
    progress?: (done: number) => void,
  ): Promise<Reply> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      worker.postMessage(request, this.#options.transfer?.(request) ?? []); // may refuse it
      waiting.push({ resolve, reject, progress });
    });
  }

  #engage(worker: Worker): Colleague<Request, Reply> {
    const waiting: Waiting<Reply>[] = [];
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer<Reply>>) => {
      if ("done" in data) waiting[0]?.progress?.(data.done);
      else waiting.shift()?.resolve(data.reply);
    };
    worker.onerror = (event) => {
      event.preventDefault(); // otherwise the process ends before the caller hears of it
      const { attempt } = this.#options;
      this.#break(new Error(`${attempt}: a worker broke down: ${event.message}`));
    };
    return { worker, waiting };
  }

  #break(error: unknown): void {
    this.#broken ??= error;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    for (const { worker, waiting } of this.#colleagues) {
      worker.terminate();
      for (const { reject } of waiting.splice(0)) reject(error);
    }
  }
}
