/**
 * JPEG files as images read at random: decoded once, in worker threads, into the block cache.
 *
 * @module
 */
import {
  type BlockImage,
  type BlockMaker,
  type BlockOptions,
  type BlockPlan,
  openBlocks,
} from "./block_cache.ts";
import type { ImageStore } from "./image_store.ts";
import { digestOf } from "../digest.ts";
import { isFaultOfFile } from "../bad_file.ts";
import type { ImageSize } from "../jpeg_header.ts";
import { type JpegFile, type JpegPool, startJpegPool } from "../jpeg_pool.ts";
import type { ImageSource } from "./image_source.ts";

/** Options of {@linkcode openImages}. */
export interface OpenImagesOptions extends Omit<BlockOptions, keyof ImageSize>, Partial<ImageSize> {
  /** Decoding workers, see `startJpegPool`. They start with the first block not on disk. */
  readonly workers?: number;
}

/** Kaggle's galaxies; the default size. */
const DEFAULT_SIDE = 424;

/**
 * Makes images of one size readable at random: finds each block of 64 on disk or decodes it. All
 * JPEGs are read and digested on every call (some 0.2 ms each), only new ones are decoded. At no
 * time are more than two blocks of pixels in memory.
 *
 * @param source Where the JPEGs are; must stay open as long as the store is used
 * @param ids Which of them, in order; blocks are made of neighbours
 * @param options Cache folder, image size (default 424 x 424), what to do with bad files, workers
 * @returns A store whose files are closed by `close` or `await using`
 * @throws {InputError} under `onBad: "stop"` the first bad file in the order of `ids`, with its
 * reason, whatever the number of workers; blocks finished before it stay for the next run
 *
 * @example
 * ```ts
 * import { jpeg } from "../../deps_jpeg.ts";
 * import { openImages } from "./jpeg_blocks.ts";
 * import { openImageFolder } from "./image_source.ts";
 *
 * const [folder, cacheDir] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * const size = { height: 8, width: 16 };
 * const { data } = jpeg.encode({ ...size, data: new Uint8Array(8 * 16 * 4) });
 * for (const id of [7, 8]) await Deno.writeFile(`${folder}/${id}.jpg`, data);
 * using images = await openImageFolder(folder);
 * await using store = await openImages(images, images.ids, { cacheDir, ...size, workers: 1 });
 * const pixels = await store.read([1, 0]); // [2, 8, 16, 3]
 * ```
 */
export function openImages(
  source: ImageSource,
  ids: readonly string[],
  options: OpenImagesOptions,
): Promise<ImageStore> {
  const size = {
    height: options.height ?? DEFAULT_SIDE,
    width: options.width ?? DEFAULT_SIDE,
  };
  const maker = () => new JpegBlockMaker(source, size, options.workers);
  return openBlocks(maker, ids, { ...options, ...size });
}

/** One file of a block, read and digested. */
interface Digested {
  readonly name: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly reason?: string;
  readonly digest: string;
}

class JpegBlockMaker implements BlockMaker {
  readonly phase = "decoding";
  readonly name: string;
  readonly #source: ImageSource;
  readonly #size: ImageSize;
  readonly #workers: number | undefined;
  #pool: JpegPool | undefined;

  constructor(source: ImageSource, size: ImageSize, workers?: number) {
    this.name = source.name;
    this.#source = source;
    this.#size = size;
    this.#workers = workers;
  }

  fileName(id: string): string {
    return this.#source.fileName(id);
  }

  async plan(ids: readonly string[]): Promise<BlockPlan> {
    const files = await Promise.all(ids.map((id) => readAndDigest(this.#source, id)));
    return {
      content: files.map(({ digest }, i) => [ids[i], digest]),
      images: () => this.#decode(files),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#pool?.[Symbol.dispose]();
    this.#pool = undefined;
    return Promise.resolve();
  }

  /** Results in the order of `files`; unreadable ones pass the workers by. */
  async *#decode(files: readonly Digested[]): AsyncGenerator<BlockImage> {
    this.#pool ??= startJpegPool(this.#workers);
    const readable = files.flatMap(({ name, bytes }): JpegFile[] =>
      bytes === undefined ? [] : [{ name, bytes, ...this.#size }]
    );
    const decoded = this.#pool.inOrder(readable);
    for (const { reason } of files) {
      if (reason !== undefined) yield { reason };
      else yield (await decoded.next()).value!;
    }
  }
}

async function readAndDigest(source: ImageSource, id: string): Promise<Digested> {
  const name = source.fileName(id);
  try {
    const bytes = await source.readImage(id);
    return { name, bytes, digest: await digestOf(bytes) };
  } catch (error) {
    if (!isFaultOfFile(error)) throw error;
    // A file that cannot be read is bad like one that cannot be decoded, and part of the key.
    return { name, reason: error.reason, digest: `unreadable: ${error.reason}` };
  }
}
