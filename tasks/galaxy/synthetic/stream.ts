/**
 * Many synthetic galaxies, made in worker threads and handed out in order.
 *
 * @module
 */
import { MOST_GALAXIES } from "./galaxy.ts";

/** Which galaxies are made, and by how many workers. */
export interface GalaxyStreamOptions {
  /** How many. */
  readonly count: number;
  /** Names the sequence they come from. */
  readonly seed: number;
  /** Place of the first one in the sequence. Default 0. */
  readonly firstIndex?: number;
  /** Workers; they change nothing but the time. Default: one per processor core, at most 16. */
  readonly workers?: number;
}

/** A galaxy as it comes from a worker: a JPEG file or the pixels. */
export interface StreamedGalaxy {
  /** Place in the sequence. */
  readonly index: number;
  /** Six digits. */
  readonly id: string;
  /** A JPEG file, or pixels `[424, 424, 3]`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Votes of 44 volunteers, 37 columns. */
  readonly target: Float64Array<ArrayBuffer>;
  /** What infinitely many volunteers would have voted. */
  readonly ideal: Float64Array<ArrayBuffer>;
}

/** What a galaxy comes as: a JPEG file, or the pixels `[424, 424, 3]`. */
export type GalaxyFormat = "jpeg" | "pixels";

/** What a worker is asked; for `tasks/galaxy/synthetic_worker.ts`. */
export interface GalaxyRequest {
  /** Names the sequence. */
  readonly seed: number;
  /** Place in the sequence. */
  readonly index: number;
  /** What the galaxy is to come as. */
  readonly format: GalaxyFormat;
}

/** More workers than this only wait for the one thread that collects. */
const MAX_DEFAULT_WORKERS = 16;

function checkStream({ count, firstIndex = 0, workers = 1 }: GalaxyStreamOptions): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot make ${count} galaxies: expected at least 1`);
  }
  if (!Number.isInteger(firstIndex) || firstIndex < 0 || firstIndex + count > MOST_GALAXIES) {
    throw new RangeError(
      `Cannot make ${count} galaxies from index ${firstIndex}: expected indices from 0 to ` +
        `${MOST_GALAXIES - 1}`,
    );
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot make galaxies: expected at least 1 worker, got ${workers}`);
  }
}

/**
 * Makes galaxies and yields them in the order of their indices.
 *
 * @param options Which
 * @param format JPEG files, or pixels for a cache; the file's pixels differ by what JPEG loses
 * @throws {RangeError} for a count, index or number of workers out of range
 *
 * @example
 * ```ts
 * import { streamGalaxies } from "./stream.ts";
 *
 * for await (const { id, bytes } of streamGalaxies({ count: 2, seed: 1, workers: 1 }, "pixels")) {
 *   if (id.length !== 6 || bytes.length !== 424 * 424 * 3) throw new Error("unexpected");
 * }
 * ```
 */
export async function* streamGalaxies(
  options: GalaxyStreamOptions,
  format: GalaxyFormat,
): AsyncGenerator<StreamedGalaxy> {
  checkStream(options);
  const { count, seed, firstIndex = 0 } = options;
  const wanted = options.workers ?? Math.min(navigator.hardwareConcurrency, MAX_DEFAULT_WORKERS);
  using pool = new GalaxyWorkers(Math.min(wanted, count));
  const ahead = 2 * pool.size; // one in work and one waiting, so that no worker idles
  const queue: Promise<StreamedGalaxy>[] = [];
  for (let k = 0; k < count; k++) {
    const made = pool.make({ seed, index: firstIndex + k, format }, k % pool.size);
    made.catch(() => {}); // reported when its turn comes
    queue.push(made);
    if (queue.length >= ahead) yield await queue.shift()!;
  }
  while (queue.length > 0) yield await queue.shift()!;
}

interface Waiting {
  readonly resolve: (galaxy: StreamedGalaxy) => void;
  readonly reject: (error: Error) => void;
}

/** Workers that answer in the order they are asked. */
class GalaxyWorkers implements Disposable {
  readonly size: number;
  readonly #workers: readonly { worker: Worker; waiting: Waiting[] }[];
  #broken: Error | undefined;

  constructor(size: number) {
    this.size = size;
    this.#workers = Array.from({ length: size }, () => this.#start());
  }

  make(request: GalaxyRequest, place: number): Promise<StreamedGalaxy> {
    if (this.#broken) return Promise.reject(this.#broken);
    const { worker, waiting } = this.#workers[place];
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(request);
    });
  }

  [Symbol.dispose](): void {
    this.#break(new Error("Cannot make a galaxy: the workers have ended"));
  }

  #start(): { worker: Worker; waiting: Waiting[] } {
    const url = new URL("../synthetic_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const waiting: Waiting[] = [];
    worker.onmessage = ({ data }: MessageEvent<StreamedGalaxy>) => waiting.shift()?.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault(); // otherwise the process ends before the caller hears of it
      this.#break(new Error(`Cannot make a galaxy: a worker broke down: ${event.message}`));
    };
    return { worker, waiting };
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const { worker, waiting } of this.#workers) {
      worker.terminate();
      for (const { reject } of waiting.splice(0)) reject(error);
    }
  }
}
