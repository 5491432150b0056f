/**
 * A synthetic sky: galaxies with simulated votes, made once from a seed and kept in the image cache.
 *
 * @module
 */
import {
  type BlockImage,
  type BlockMaker,
  type BlockPlan,
  type ImagePhase,
  openBlocks,
} from "../../files/disk/block_cache.ts";
import type { ImageStore } from "../../files/disk/image_store.ts";
import { PHOTO_SIDE } from "./dataset.ts";
import { ANSWER_COLUMNS } from "./questions.ts";
import { syntheticId } from "./synthetic/galaxy.ts";
import {
  type GalaxyStreamOptions,
  type StreamedGalaxy,
  streamGalaxies,
} from "./synthetic/stream.ts";

/** Part of the cache's keys: raise it when a seed and index give another galaxy than before. */
export const SKY_VERSION = 1;

/** Which sky, and where it is kept. */
export interface SkyOptions extends Omit<GalaxyStreamOptions, "firstIndex"> {
  /** Folder of the image cache. */
  readonly cacheDir: string;
  /** Called with the galaxies done, of all, and what was done to the last ones. */
  readonly progress?: (done: number, total: number, phase: ImagePhase) => void;
  /** Ends it between two blocks of 64; its reason is thrown, and what was made stays. */
  readonly signal?: AbortSignal;
}

/** Galaxies that are there to be read, with their votes. */
export interface Sky extends AsyncDisposable {
  /** Their pictures, in the order of their indices. */
  readonly store: ImageStore;
  /** Votes of 44 volunteers each, `[count, 37]`. */
  readonly labels: Float32Array<ArrayBuffer>;
  /** What infinitely many volunteers would have voted, `[count, 37]`. */
  readonly ideals: Float32Array<ArrayBuffer>;
}

/** What is kept of each galaxy beside its pixels. */
interface SkyNote {
  readonly target: readonly number[];
  readonly ideal: readonly number[];
}

/**
 * Opens a sky; galaxies that are not in the cache yet are made, 64 at a time. The pictures are those
 * of the generator, without what a JPEG file would lose.
 *
 * @throws {InputError} when the cache cannot be written
 */
export async function openSky(options: SkyOptions): Promise<Sky> {
  const { seed, count, cacheDir, progress, signal } = options;
  const ids = Array.from({ length: count }, (_, index) => syntheticId(seed, index));
  const size = { height: PHOTO_SIDE, width: PHOTO_SIDE };
  const maker = () => new SkyMaker(options);
  const store = await openBlocks(maker, ids, { ...size, cacheDir, progress, signal });
  const notes = store.notes as readonly SkyNote[];
  return {
    store,
    labels: rowsOf(notes.map(({ target }) => target)),
    ideals: rowsOf(notes.map(({ ideal }) => ideal)),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function rowsOf(rows: readonly (readonly number[])[]): Float32Array<ArrayBuffer> {
  const table = new Float32Array(rows.length * ANSWER_COLUMNS.length);
  rows.forEach((row, i) => table.set(row, i * ANSWER_COLUMNS.length));
  return table;
}

/** Makes blocks of galaxies; neighbouring blocks come from one stream, whose workers stay warm. */
class SkyMaker implements BlockMaker {
  readonly phase = "synthesising";
  readonly name: string;
  readonly #sky: SkyOptions;
  #stream: AsyncGenerator<StreamedGalaxy> | undefined;
  /** Index of the galaxy that the stream gives next. */
  #next = -1;

  constructor(sky: SkyOptions) {
    this.name = `the synthetic sky of seed ${sky.seed}`;
    this.#sky = sky;
  }

  fileName(id: string): string {
    return `galaxy ${id} of ${this.name}`;
  }

  plan(ids: readonly string[], start: number): Promise<BlockPlan> {
    const content = ["synthetic galaxies", SKY_VERSION, this.#sky.seed, start, ids.length];
    return Promise.resolve({ content, images: () => this.#images(start, ids.length) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream?.return(undefined);
    this.#stream = undefined;
  }

  async *#images(start: number, length: number): AsyncGenerator<BlockImage> {
    const stream = await this.#streamFrom(start);
    for (let i = 0; i < length; i++) {
      const { bytes, target, ideal } = (await stream.next()).value as StreamedGalaxy;
      this.#next++;
      yield { pixels: bytes, note: { target: [...target], ideal: [...ideal] } satisfies SkyNote };
    }
  }

  async #streamFrom(index: number): Promise<AsyncGenerator<StreamedGalaxy>> {
    if (this.#stream && this.#next === index) return this.#stream;
    await this.#stream?.return(undefined);
    const { seed, count, workers } = this.#sky;
    const options = { seed, firstIndex: index, count: count - index, workers };
    this.#stream = streamGalaxies(options, "pixels");
    this.#next = index;
    return this.#stream;
  }
}
