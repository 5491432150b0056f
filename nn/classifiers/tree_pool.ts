/**
 * Workers that fit trees, so that the caller's thread stays free and all cores can help.
 *
 * @module
 */
import type { OnProgress } from "../../gpu/fitting.ts";
import type { Key } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { WorkerPool } from "../../gpu/worker_pool.ts";
import type { BoostedTrees, BoostingRoundsOptions } from "./boosting_rounds.ts";
import type { ClassificationTreeOptions } from "./classification_tree.ts";
import { type BinnedColumns, columnBlock, emptyBins, type FeatureBins } from "./feature_bins.ts";
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

/** What the trees asked for later are grown from; for all workers. */
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

/** What a worker is asked; for `tree_worker.ts`. */
export type TreeRequest = BinRequest | ForestRequest | TreeOfForestRequest | BoostingRequest;

/** What a worker answers: what its kind of request asks for. */
export interface TreeReply {
  /** Columns in bins. */
  readonly bins?: BinnedColumns;
  /** One tree of the forest. */
  readonly tree?: GrownTree;
  /** All trees of boosting. */
  readonly boosted?: BoostedTrees;
}

/** Columns sorted into bins at a time: some 10 ms of work for 5,000 rows. */
const BLOCK = 32;

/** Workers for one fit. Dispose of the pool: its workers keep the process alive. */
export class TreePool implements Disposable {
  readonly #pool: WorkerPool<TreeRequest, TreeReply>;

  /**
   * Starts the workers.
   *
   * @param attempt What they are for, as messages say it: `Cannot fit a random forest`
   * @param workers How many
   * @param signal Ends them when it is aborted; what runs is rejected with its reason
   */
  constructor(attempt: string, workers: number, signal?: AbortSignal) {
    this.#pool = new WorkerPool(
      () => new Worker(new URL("./tree_worker.ts", import.meta.url), { type: "module" }),
      {
        attempt,
        workers,
        signal,
        transfer: (request) => request.kind === "bins" ? [request.values.buffer] : [],
      },
    );
  }

  /** Sorts a table [rows, columns] of finite numbers into bins. */
  async bin(x: NdArray): Promise<FeatureBins> {
    const [rows, columns] = x.shape;
    const data = emptyBins(rows, columns);
    let [at, edgesAt] = [0, 0];
    for await (const { bins } of this.#pool.inOrder(columnBlocks(x))) {
      data.bins.set(bins!.bins, at);
      data.low.set(bins!.low, edgesAt);
      data.high.set(bins!.high, edgesAt);
      at += bins!.bins.length;
      edgesAt += bins!.low.length;
    }
    return data;
  }

  /**
   * Grows the trees of a forest, one a key.
   *
   * @param progress Called after each tree
   * @throws the signal's reason, or an Error when a worker broke down or the pool was disposed of
   */
  async growForest(
    forest: Omit<ForestRequest, "kind">,
    keys: readonly Key[],
    progress?: OnProgress,
  ): Promise<GrownTree[]> {
    await this.#pool.askAll({ kind: "forest", ...forest });
    const requests = keys.map((key) => ({ kind: "tree", key }) as const);
    const grown: GrownTree[] = [];
    for await (const { tree } of this.#pool.inOrder(requests)) {
      grown.push(tree!);
      progress?.(grown.length, keys.length);
    }
    return grown;
  }

  /**
   * Does all rounds of boosting.
   *
   * @param progress Called with the number of rounds done
   */
  async boost(
    boosting: Omit<BoostingRequest, "kind">,
    progress?: (done: number) => void,
  ): Promise<BoostedTrees> {
    return (await this.#pool.ask({ kind: "boosting", ...boosting }, progress)).boosted!;
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

function* columnBlocks(x: NdArray): Generator<BinRequest> {
  const [rows, columns] = x.shape;
  for (let first = 0; first < columns; first += BLOCK) {
    const values = columnBlock(x, first, Math.min(BLOCK, columns - first));
    yield { kind: "bins", values, rows };
  }
}
