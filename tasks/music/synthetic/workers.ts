/**
 * Songs rendered in worker threads, handed out in order.
 *
 * @module
 */
import type { SongRecipe } from "./discography.ts";
import type { RenderOptions } from "./render.ts";

/** Songs that a worker renders at once. */
const STRETCH = 4;

/** More workers than this only wait for the one thread that collects. */
const MAX_DEFAULT_WORKERS = 16;

/** What a worker is asked; for `tasks/music/synthetic_worker.ts`. */
export interface SongsWanted {
  /** The songs. */
  readonly recipes: readonly SongRecipe[];
  /** How they are rendered. */
  readonly options: RenderOptions;
}

/** How songs are rendered by many. */
export interface RenderAllOptions extends RenderOptions {
  /** Worker threads, 1 or more; they change nothing but the time. Default: one a processor core. */
  readonly workers?: number;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called after each song. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Renders songs, in their order and whatever the number of workers alike. At most two stretches of
 * four songs a worker are held in memory.
 */
export async function* renderAll(
  recipes: readonly SongRecipe[],
  { seconds, hard, workers, signal, progress }: RenderAllOptions,
): AsyncGenerator<Int16Array<ArrayBuffer>> {
  const stretches = Math.ceil(recipes.length / STRETCH);
  const wanted = workers ?? Math.min(navigator.hardwareConcurrency, MAX_DEFAULT_WORKERS);
  if (!(wanted >= 1)) {
    throw new RangeError(`Cannot render songs: got ${wanted} workers, expected 1 or more`);
  }
  using pool = new DisposableStack();
  const count = Math.min(Math.floor(wanted), stretches);
  const threads = Array.from({ length: count }, () => pool.use(new SongWorker()));
  const ask = (stretch: number) => {
    const part = recipes.slice(stretch * STRETCH, (stretch + 1) * STRETCH)
      .map(({ parameters, nuisance }) => ({ parameters, nuisance }));
    return threads[stretch % count].render({ recipes: part, options: { seconds, hard } });
  };
  const pending = threads.map((_, stretch) => ask(stretch));
  let done = 0;
  for (let stretch = 0; stretch < stretches; stretch++) {
    signal?.throwIfAborted();
    const clips = await pending[stretch % count];
    if (stretch + count < stretches) pending[stretch % count] = ask(stretch + count);
    for (const clip of clips) {
      yield clip;
      progress?.(++done, recipes.length);
    }
  }
}

/** One worker thread, asked for one stretch at a time. */
class SongWorker implements Disposable {
  readonly #worker = new Worker(new URL("../synthetic_worker.ts", import.meta.url), {
    type: "module",
  });

  render(wanted: SongsWanted): Promise<Int16Array<ArrayBuffer>[]> {
    const clips = new Promise<Int16Array<ArrayBuffer>[]>((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Int16Array<ArrayBuffer>[]>) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault(); // otherwise the process ends before the caller hears of it
        reject(new Error(`Cannot render songs: a worker broke down: ${event.message}`));
      };
      this.#worker.postMessage(wanted);
    });
    clips.catch(() => {}); // it may fail while another is awaited; it is awaited in its turn
    return clips;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
