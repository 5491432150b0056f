/**
 * Images on disk, in blocks, read back one by one at any position.
 *
 * A data set larger than memory is decoded (or synthesised) once: 64 images at a time go to
 * `<key>.u8`, where the key is a digest of all that decides their pixels, so that a changed image,
 * id or size can never meet an old block. `block_file.ts` describes the file.
 *
 * @module
 */
import type { OnBad } from "../bad_file.ts";
import { digestOfJson } from "../digest.ts";
import { InputError } from "../input_error.ts";
import type { ImageSize } from "../jpeg_header.ts";
import { writePieces } from "./atomic_file.ts";
import {
  encodeHeader,
  FORMAT_VERSION,
  imageBytes,
  pixelChecksum,
  readHeader,
} from "./block_file.ts";
import { type Block, BlockStore, type ImageStore } from "./image_store.ts";
import { makeFolder } from "./folder.ts";
import { isMissing } from "./presence.ts";
import { describeFileError } from "./system_error.ts";
import { sweepTemporaries } from "./temporary.ts";

/** Images in one block; a block of 424 x 424 images is 34.5 MB. */
export const BLOCK_IMAGES = 64;

/** What the store is doing: looking for blocks made earlier, or making them. */
export type ImagePhase = "checking" | "decoding" | "synthesising";

/** How blocks are opened. */
export interface BlockOptions extends ImageSize {
  /** Folder for the block files; made when it is missing. */
  readonly cacheDir: string;
  /** `stop` (default): the first bad file ends it; `skip`: bad files are left out and listed. */
  readonly onBad?: OnBad;
  /** Called with the number of images done, of all images, and what was done to the last ones. */
  readonly progress?: (done: number, total: number, phase: ImagePhase) => void;
  /** Ends it between two blocks; its reason is thrown, and the blocks that are made stay. */
  readonly signal?: AbortSignal;
}

/**
 * An image of a block, with what is to be remembered of it (JSON) and what its reader passed over, or
 * why there is none.
 */
export type BlockImage =
  | {
    readonly pixels: Uint8Array;
    readonly note?: unknown;
    readonly warnings?: readonly string[];
  }
  | { readonly reason: string };

/** What a block is to hold. */
export interface BlockPlan {
  /** All that decides its pixels, as JSON; part of its key. */
  readonly content: unknown;
  /** Makes its images, in order. */
  images(): AsyncGenerator<BlockImage>;
}

/** Where the images of blocks come from. */
export interface BlockMaker extends AsyncDisposable {
  /** Name of the whole, for messages. */
  readonly name: string;
  /** What making an image is called. */
  readonly phase: ImagePhase;
  /** Name of an image, for messages. */
  fileName(id: string): string;
  /**
   * Plans a block; nothing that takes long happens before its images are asked for.
   *
   * @param ids its images
   * @param start place of the first one among all images
   */
  plan(ids: readonly string[], start: number): Promise<BlockPlan>;
}

/** Finds blocks on disk or has them made. */
class BlockBuilder implements AsyncDisposable {
  readonly #maker: BlockMaker;
  readonly #options: BlockOptions;
  /** The block being written while the next one is made. */
  #writing: Promise<void> = Promise.resolve();

  constructor(maker: BlockMaker, options: BlockOptions) {
    this.#maker = maker;
    this.#options = options;
  }

  /**
   * @param ids The block's ids
   * @param start Place of the first among all
   * @param made Called after each image made; not at all when the block was on disk
   */
  async open(ids: readonly string[], start: number, made: () => void): Promise<Block> {
    const plan = await this.#maker.plan(ids, start);
    const { height, width } = this.#options;
    const key = await digestOfJson([FORMAT_VERSION, height, width, plan.content]);
    const place = { key, path: this.#path(key), ids, start };
    const block = await this.#find(place) ?? await this.#make(place, plan, made);
    this.#refuseBad(block);
    return block;
  }

  /** Waits until every block made is on disk. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#maker[Symbol.asyncDispose]();
    await this.#writing.catch(() => {}); // an error of its own must not hide the first one
  }

  /** The block of that key when it is on disk and whole. */
  async #find(place: Omit<Block, "header" | "pixelsAt">): Promise<Block | undefined> {
    try {
      using file = await Deno.open(place.path);
      const found = await readHeader(file, place.key, this.#options);
      return found && { ...place, ...found };
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw new InputError(`Cannot read the image cache ${place.path}`, describeFileError(error), {
        cause: error,
      });
    }
  }

  #path(key: string): string {
    return `${this.#options.cacheDir.replace(/\/+$/, "")}/${key}.u8`;
  }

  #refuseBad(block: Block): void {
    const [bad] = block.header.bad;
    if (bad === undefined || this.#options.onBad === "skip") return;
    const name = this.#maker.fileName(block.ids[bad.place]);
    throw new InputError(`Cannot decode ${name}`, bad.reason);
  }

  async #make(
    place: Omit<Block, "header" | "pixelsAt">,
    plan: BlockPlan,
    made: () => void,
  ): Promise<Block> {
    const { height, width, onBad } = this.#options;
    const each = imageBytes({ height, width });
    const pixels = new Uint8Array(place.ids.length * each);
    const checksums: number[] = [];
    const notes: unknown[] = [];
    const bad: { place: number; reason: string }[] = [];
    const warned: { place: number; warnings: readonly string[] }[] = [];
    let at = 0;
    for await (const image of plan.images()) {
      if ("reason" in image) {
        const { reason } = image;
        const name = this.#maker.fileName(place.ids[at]);
        if (onBad !== "skip") throw new InputError(`Cannot decode ${name}`, reason);
        bad.push({ place: at, reason });
      } else {
        pixels.set(image.pixels, checksums.length * each);
        checksums.push(pixelChecksum(image.pixels));
        notes.push(image.note);
        const { warnings = [] } = image;
        if (warnings.length > 0) warned.push({ place: at, warnings });
      }
      at++;
      made();
    }
    if (at !== place.ids.length) throw new Error(`${at} of ${place.ids.length} images were made`);
    const noted = notes.some((note) => note !== undefined) ? { notes } : {};
    const header = { key: place.key, height, width, checksums, bad, warned, ...noted };
    const head = encodeHeader(header);
    const used = pixels.subarray(0, checksums.length * each);
    await this.flush(); // so that no more than two blocks are in memory
    this.#writing = writePieces(place.path, [head, used]);
    this.#writing.catch(() => {}); // reported by the next flush
    return { ...place, header, pixelsAt: head.length };
  }
}

/**
 * Makes images of one size readable at random: finds each block of 64 on disk or has it made. At no
 * time are more than two blocks of pixels in memory.
 *
 * @param makeMaker Makes the maker of the images; again when a damaged block is to be made anew
 * @param ids Names of the images, in order; blocks are made of neighbours
 * @param options Cache folder, image size, what to do with bad images
 * @returns A store whose files are closed by `close` or `await using`
 * @throws {InputError} under `onBad: "stop"` the first bad image in the order of `ids`, with its
 * reason; blocks finished before it stay for the next run
 */
export async function openBlocks(
  makeMaker: () => BlockMaker,
  ids: readonly string[],
  options: BlockOptions,
): Promise<ImageStore> {
  await makeFolder(options.cacheDir);
  await sweepTemporaries(options.cacheDir);
  const maker = makeMaker();
  await using builder = new BlockBuilder(maker, options);
  const blocks: Block[] = [];
  for (let start = 0; start < ids.length; start += BLOCK_IMAGES) {
    options.signal?.throwIfAborted();
    const part = ids.slice(start, start + BLOCK_IMAGES);
    let done = start;
    const made = () => options.progress?.(++done, ids.length, maker.phase);
    blocks.push(await builder.open(part, start, made));
    if (done === start) options.progress?.(start + part.length, ids.length, "checking");
  }
  await builder.flush();
  const rebuilt = (block: Block) => rebuild(makeMaker(), options, block);
  return new BlockStore(blocks, (id) => maker.fileName(id), options, rebuilt);
}

/** Makes a damaged block anew; its key must come out the same. */
async function rebuild(maker: BlockMaker, options: BlockOptions, block: Block): Promise<void> {
  await Deno.remove(block.path).catch(() => {});
  await using builder = new BlockBuilder(maker, options);
  const made = await builder.open(block.ids, block.start, () => {});
  await builder.flush();
  if (made.key === block.key) return;
  throw new InputError(
    `Cannot rebuild the image cache ${block.path}`,
    `it was damaged, and the images of ${maker.name} have changed since`,
  );
}
