/**
 * Many synthetic galaxies, made in worker threads and handed out in order.
 *
 * @module
 */
import { whole } from "../../../gpu/check.ts";
import { defaultWorkers, WorkerPool } from "../../../gpu/worker_pool.ts";
import { MOST_GALAXIES, type SyntheticGalaxy } from "./galaxy.ts";

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
export interface StreamedGalaxy extends Pick<SyntheticGalaxy, "id" | "target" | "ideal"> {
  /** Place in the sequence. */
  readonly index: number;
  /** A JPEG file, or pixels `[424, 424, 3]`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
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

const ATTEMPT = "Cannot make galaxies";

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
  const { count, seed, firstIndex = 0, workers = defaultWorkers() } = options;
  whole(ATTEMPT, { count }, 1);
  whole(ATTEMPT, { firstIndex }, 0, MOST_GALAXIES - count);
  whole(ATTEMPT, { workers }, 1);
  using pool = new WorkerPool<GalaxyRequest, StreamedGalaxy>(
    () => new Worker(new URL("../synthetic_worker.ts", import.meta.url), { type: "module" }),
    { attempt: ATTEMPT, workers: Math.min(workers, count) },
  );
  const requests = Array.from(
    { length: count },
    (_, k) => ({ seed, index: firstIndex + k, format }),
  );
  yield* pool.inOrder(requests);
}
