/**
 * Songs rendered in worker threads, handed out in order.
 *
 * @module
 */
import { whole } from "../../../gpu/check.ts";
import type { Hooks } from "../../../gpu/fitting.ts";
import { defaultWorkers, WorkerPool } from "../../../gpu/worker_pool.ts";
import type { SongRecipe } from "./discography.ts";
import type { RenderOptions } from "./render.ts";

/** Songs that a worker renders at once. */
const STRETCH = 4;

/** What a worker is asked; for `tasks/music/synthetic_worker.ts`. */
export interface SongsWanted {
  /** The songs. */
  readonly recipes: readonly SongRecipe[];
  /** How they are rendered. */
  readonly options: RenderOptions;
}

/** How songs are rendered by many. */
export interface RenderAllOptions extends RenderOptions, Hooks {
  /** Worker threads, 1 or more; they change nothing but the time. Default: one a processor core. */
  readonly workers?: number;
}

/**
 * Renders songs, in their order and whatever the number of workers alike. At most two stretches of
 * four songs a worker are held in memory.
 */
export async function* renderAll(
  recipes: readonly SongRecipe[],
  { seconds, hard, workers = defaultWorkers(), signal, progress }: RenderAllOptions,
): AsyncGenerator<Int16Array<ArrayBuffer>> {
  const attempt = "Cannot render songs";
  whole(attempt, { workers }, 1);
  const wanted: SongsWanted[] = [];
  for (let start = 0; start < recipes.length; start += STRETCH) {
    const part = recipes.slice(start, start + STRETCH)
      .map(({ parameters, nuisance }) => ({ parameters, nuisance }));
    wanted.push({ recipes: part, options: { seconds, hard } });
  }
  if (wanted.length === 0) return;
  using pool = new WorkerPool<SongsWanted, Int16Array<ArrayBuffer>[]>(
    () => new Worker(new URL("../synthetic_worker.ts", import.meta.url), { type: "module" }),
    { attempt, workers: Math.min(workers, wanted.length), signal },
  );
  let done = 0;
  for await (const clips of pool.inOrder(wanted)) {
    for (const clip of clips) {
      yield clip;
      progress?.(++done, recipes.length);
    }
  }
}
