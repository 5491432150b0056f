/**
 * Workers that fit trees, so that the caller's thread stays free and all cores can help.
 *
 * @module
 */
import type { Key } from "../../gpu/random.ts";
import type { BoostedTrees, BoostingRoundsOptions } from "./boosting_rounds.ts";
import type { ClassificationTreeOptions } from "./classification_tree.ts";
import { type BinnedColumns, columnBlock, emptyBins, type FeatureBins } from "./feature_bins.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { GrownTree } from "./tree.ts";

/** Sort columns into bins. */
export interface BinRequest {
  /** Which request. */
  readonly kind: "bins";
  /** Columns one after the other, `[columns, rows]`. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Number of rows. */
  readonly rows: number;
}

/** What the trees asked for later are grown from; it has no reply. */
export interface ForestRequest {
  /** Which request. */
  readonly kind: "forest";
  /** Training rows. */
  readonly data: FeatureBins;
  /** 0 or 1 by row. */
  readonly labels: Uint8Array;
  /** How trees are grown. */
  readonly options: ClassificationTreeOptions;
}

/** Grow one tree of the forest. */
export interface TreeOfForestRequest {
  /** Which request. */
  readonly kind: "tree";
  /** Names the tree's draws. */
  readonly key: Key;
}

/** Do all rounds of boosting. */
export interface BoostingRequest {
  /** Which request. */
  readonly kind: "boosting";
  /** Training rows. */
  readonly data: FeatureBins;
  /** 0 or 1 by row. */
  readonly labels: Uint8Array;
  /** How boosting is done. */
  readonly options: BoostingRoundsOptions;
}

/** What a worker is told; for `tree_worker.ts`. */
export type TreeRequest = BinRequest | ForestRequest | TreeOfForestRequest | BoostingRequest;

/** What a worker answers: the result, or before it the number of rounds done. */
export type TreeReply =
  | { readonly result: BinnedColumns | GrownTree | BoostedTrees }
  | { readonly progress: number };

/** Which request gives which result. */
export interface TreeResults {
  /** Columns in bins. */
  bins: BinnedColumns;
  /** One tree of the forest. */
  tree: GrownTree;
  /** All trees of boosting. */
  boosting: BoostedTrees;
}

/** A request that a worker answers. */
export type AnsweredRequest = BinRequest | TreeOfForestRequest | BoostingRequest;

/** More workers than this only wait for the one thread that feeds them. */
const MAX_DEFAULT_WORKERS = 16;
/** Columns sorted into bins at a time: some 10 ms of work for 5,000 rows. */
const BLOCK = 32;

/** Number of workers where the caller names none. */
export function defaultWorkers(): number {
  return Math.min(navigator.hardwareConcurrency, MAX_DEFAULT_WORKERS);
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  readonly progress?: (done: number) => void;
}

interface Colleague {
  readonly worker: Worker;
  /** Requests in the order in which they will be answered. */
  readonly waiting: Waiting[];
}

/** Workers for one fit. Dispose of the pool: its workers keep the process alive. */
export class TreePool implements Disposable {
  readonly #attempt: string;
  readonly #signal: AbortSignal | undefined;
  readonly #colleagues: readonly Colleague[];
  #broken: unknown;

  /**
   * Starts the workers.
   *
   * @param attempt What they are for, as messages say it: `Cannot fit a random forest`
   * @param workers How many
   * @param signal Ends them when it is aborted; what runs is rejected with its reason
   */
  constructor(attempt: string, workers: number, signal?: AbortSignal) {
    signal?.throwIfAborted();
    this.#attempt = attempt;
    this.#signal = signal;
    this.#colleagues = Array.from({ length: workers }, () => this.#start());
    signal?.addEventListener("abort", this.#abort);
  }

  /** Tells all workers which forest their trees belong to. */
  tell(request: ForestRequest): void {
    for (const { worker } of this.#colleagues) worker.postMessage(request);
  }

  /**
   * Asks the worker that has least to do.
   *
   * @param request What for; the values of columns change hands
   * @param progress Called with the number of rounds done
   * @throws the signal's reason, or an Error when a worker broke down or the pool was disposed of
   */
  ask<R extends AnsweredRequest>(
    request: R,
    progress?: (done: number) => void,
  ): Promise<TreeResults[R["kind"]]> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const { worker, waiting } = this.#colleagues.reduce((a, b) =>
      b.waiting.length < a.waiting.length ? b : a
    );
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject, progress });
      worker.postMessage(request, request.kind === "bins" ? [request.values.buffer] : []);
    });
  }

  /**
   * Does numbered work, two pieces a worker at a time, so that no worker waits for this thread.
   *
   * @param count Number of pieces
   * @param piece Does one; pieces start in order
   */
  async each(count: number, piece: (index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const lane = async () => {
      while (next < count) await piece(next++);
    };
    await Promise.all(Array.from({ length: 2 * this.#colleagues.length }, lane));
  }

  /** Sorts a table [rows, columns] of finite numbers into bins. */
  async bin(x: NdArray): Promise<FeatureBins> {
    const [rows, columns] = x.shape;
    const data = emptyBins(rows, columns);
    await this.each(Math.ceil(columns / BLOCK), async (block) => {
      const first = block * BLOCK;
      const count = Math.min(BLOCK, columns - first);
      const values = columnBlock(x, first, count);
      const { bins, low, high } = await this.ask({ kind: "bins", values, rows });
      data.bins.set(bins, first * rows);
      data.low.set(low, first * (low.length / count));
      data.high.set(high, first * (high.length / count));
    });
    return data;
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    this.#break(new Error(`${this.#attempt}: the workers have ended`));
  }

  readonly #abort = () => this.#break(this.#signal?.reason);

  #start(): Colleague {
    const worker = new Worker(new URL("./tree_worker.ts", import.meta.url), { type: "module" });
    const waiting: Waiting[] = [];
    worker.onmessage = ({ data }: MessageEvent<TreeReply>) => {
      if ("progress" in data) waiting[0]?.progress?.(data.progress);
      else waiting.shift()?.resolve(data.result as never);
    };
    worker.onerror = (event) => {
      event.preventDefault(); // otherwise the process ends before the caller hears of it
      this.#break(new Error(`${this.#attempt}: a worker broke down: ${event.message}`));
    };
    return { worker, waiting };
  }

  #break(error: unknown): void {
    this.#broken ??= error;
    this.#signal?.removeEventListener("abort", this.#abort);
    for (const { worker, waiting } of this.#colleagues) {
      worker.terminate();
      for (const { reject } of waiting.splice(0)) reject(error);
    }
  }
}
