/**
 * Images on disk, in blocks, read back one by one at any position.
 *
 * A data set larger than memory is decoded (or synthesised) once: 64 images at a time go to
 * `<key>.u8`, where the key is a digest of all that decides their pixels, so that a changed image,
 * id or size can never meet an old block. `block_file.ts` describes the file.
 *
 * @module
 */
import {
  type BlockHeader,
  encodeHeader,
  FORMAT_VERSION,
  imageBytes,
  pixelChecksum,
  readHeader,
  writeBlock,
} from "./block_file.ts";
import { readFully } from "./file_source.ts";
import { describeFileError } from "./presence.ts";
import type { BadFile, OnBad } from "../bad_file.ts";
import { InputError } from "../input_error.ts";
import type { ImageSize } from "../jpeg_header.ts";

/** Images in one block; a block of 424 x 424 images is 34.5 MB. */
export const BLOCK_IMAGES = 64;

/** Block files kept open at once, well below the usual limit of 1024 for a process. */
const OPEN_BLOCKS = 64;

/** Images of one size, each read from disk when it is asked for. */
export interface ImageStore extends AsyncDisposable {
  /** The ids of the images, in order; without those of bad files. */
  readonly ids: readonly string[];
  /** The files left out under `onBad: "skip"`, in the order of their ids. */
  readonly badFiles: readonly BadFile[];
  /** What the maker noted of each image; `undefined` where it noted nothing. */
  readonly notes: readonly unknown[];
  /** Rows of every image. */
  readonly height: number;
  /** Columns of every image. */
  readonly width: number;
  /** Bytes of all block files. */
  readonly cacheBytes: number;
  /**
   * Reads images by their place in `ids`. Each is checked against its checksum; a block found
   * damaged is made anew, for which the source must be open still.
   *
   * @param indices Places in `ids`, in any order, repeats allowed
   * @param into Buffer to fill from its start, at least `n * height * width * 3` bytes long; default
   * a new one
   * @returns Pixels `[n, height, width, 3]`, 0 to 255: the filled part of the buffer
   * @throws {RangeError} when an index or the buffer is out of range
   * @throws {InputError} when a block is damaged and cannot be rebuilt
   */
  read(
    indices: ArrayLike<number>,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Waits for reads under way and closes the block files; they stay on disk. */
  close(): Promise<void>;
}

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

/** An image of a block, with what is to be remembered of it (JSON), or why there is none. */
export type BlockImage =
  | { readonly pixels: Uint8Array; readonly note?: unknown }
  | { readonly error: InputError };

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

/** A block on disk: which of its ids are there and where the pixels start. */
interface Block {
  readonly key: string;
  readonly path: string;
  readonly ids: readonly string[];
  /** Place of the first among all images. */
  readonly start: number;
  readonly header: BlockHeader;
  readonly pixelsAt: number;
}

async function blockKey({ height, width }: ImageSize, content: unknown): Promise<string> {
  const text = JSON.stringify([FORMAT_VERSION, height, width, content]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
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
    const key = await blockKey(this.#options, plan.content);
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
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
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
    let at = 0;
    for await (const image of plan.images()) {
      if ("error" in image) {
        const { reason } = image.error;
        const name = this.#maker.fileName(place.ids[at]);
        if (onBad !== "skip") throw new InputError(`Cannot decode ${name}`, reason);
        bad.push({ place: at, reason });
      } else {
        pixels.set(image.pixels, checksums.length * each);
        checksums.push(pixelChecksum(image.pixels));
        notes.push(image.note);
      }
      at++;
      made();
    }
    if (at !== place.ids.length) throw new Error(`${at} of ${place.ids.length} images were made`);
    const noted = notes.some((note) => note !== undefined) ? { notes } : {};
    const header = { key: place.key, height, width, checksums, bad, ...noted };
    const head = encodeHeader(header);
    const used = pixels.subarray(0, checksums.length * each);
    await this.flush(); // so that no more than two blocks are in memory
    this.#writing = writeBlock(place.path, [head, used]);
    this.#writing.catch(() => {}); // reported by the next flush
    return { ...place, header, pixelsAt: head.length };
  }
}

class BlockStore implements ImageStore {
  readonly ids: readonly string[];
  readonly badFiles: readonly BadFile[];
  readonly notes: readonly unknown[];
  readonly height: number;
  readonly width: number;
  readonly cacheBytes: number;
  readonly #blocks: readonly Block[];
  readonly #rebuild: (block: Block) => Promise<void>;
  /** Block and place of the pixels of each image. */
  readonly #blockOf: Uint32Array;
  readonly #placeOf: Uint32Array;
  /** Open files by block, the one used longest ago first. */
  readonly #open = new Map<number, Deno.FsFile>();
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    blocks: readonly Block[],
    fileName: (id: string) => string,
    size: ImageSize,
    rebuild: (block: Block) => Promise<void>,
  ) {
    const goodIds: string[] = [];
    const badFiles: BadFile[] = [];
    const blockOf: number[] = [];
    const placeOf: number[] = [];
    blocks.forEach(({ ids, header }, b) => {
      const reasons = new Map(header.bad.map(({ place, reason }) => [place, reason]));
      let good = 0;
      ids.forEach((id, place) => {
        const reason = reasons.get(place);
        if (reason !== undefined) return badFiles.push({ name: fileName(id), reason });
        goodIds.push(id);
        blockOf.push(b);
        placeOf.push(good++);
      });
    });
    this.ids = goodIds;
    this.badFiles = badFiles;
    this.notes = blocks.flatMap(({ header }) =>
      header.notes ?? header.checksums.map(() => undefined)
    );
    this.height = size.height;
    this.width = size.width;
    this.cacheBytes = blocks.reduce(
      (sum, { pixelsAt, header }) => sum + pixelsAt + header.checksums.length * imageBytes(size),
      0,
    );
    this.#blocks = blocks;
    this.#rebuild = rebuild;
    this.#blockOf = Uint32Array.from(blockOf);
    this.#placeOf = Uint32Array.from(placeOf);
  }

  read(
    indices: ArrayLike<number>,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    // One call at a time: a block file has one position, which seek and read share.
    const result = this.#last.then(() => this.#readNow(indices, into));
    this.#last = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #readNow(
    indices: ArrayLike<number>,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#closed) throw new Error("Cannot read images: the store was closed");
    const each = imageBytes(this);
    const length = indices.length * each;
    const buffer = into ?? new Uint8Array(length);
    if (buffer.length < length) {
      throw new RangeError(
        `Cannot read ${indices.length} images: expected a buffer of ${length} bytes, got ${buffer.length}`,
      );
    }
    for (const n of this.#byBlock(indices)) {
      await this.#readImage(indices[n], buffer.subarray(n * each, (n + 1) * each));
    }
    return buffer.subarray(0, length);
  }

  /** Positions in `indices`, sorted by block and place, so that each file is opened once a call. */
  #byBlock(indices: ArrayLike<number>): number[] {
    const order = Array.from(indices, (index, n) => {
      if (!Number.isInteger(index) || index < 0 || index >= this.ids.length) {
        throw new RangeError(
          `Cannot read image ${index}: expected an index from 0 to ${this.ids.length - 1}`,
        );
      }
      return n;
    });
    return order.sort((a, b) => indices[a] - indices[b]);
  }

  async #readImage(index: number, into: Uint8Array): Promise<void> {
    const b = this.#blockOf[index];
    if (await this.#tryRead(index, into)) return;
    this.#closeBlock(b);
    await this.#rebuild(this.#blocks[b]);
    if (await this.#tryRead(index, into)) return;
    throw new InputError(
      `Cannot read the image cache ${this.#blocks[b].path}`,
      "it is damaged again right after it was rebuilt: check the disk",
    );
  }

  /** Fills `into`; false when the block file is gone, too short, or fails its checksum. */
  async #tryRead(index: number, into: Uint8Array): Promise<boolean> {
    const block = this.#blocks[this.#blockOf[index]];
    const place = this.#placeOf[index];
    const file = await this.#file(this.#blockOf[index]);
    if (file === undefined) return false;
    await file.seek(block.pixelsAt + place * into.length, Deno.SeekMode.Start);
    if (await readFully(file, into) < into.length) return false;
    return pixelChecksum(into) === block.header.checksums[place];
  }

  async #file(b: number): Promise<Deno.FsFile | undefined> {
    let file = this.#open.get(b);
    if (file === undefined) {
      file = await Deno.open(this.#blocks[b].path).catch(() => undefined);
      if (file === undefined) return undefined;
      if (this.#open.size >= OPEN_BLOCKS) this.#closeBlock(this.#open.keys().next().value!);
    }
    this.#open.delete(b); // moves it to the end of the map's order
    this.#open.set(b, file);
    return file;
  }

  #closeBlock(b: number): void {
    this.#open.get(b)?.close();
    this.#open.delete(b);
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
  await Deno.mkdir(options.cacheDir, { recursive: true }).catch((error) => {
    throw new InputError(
      `Cannot make the image cache ${options.cacheDir}`,
      describeFileError(error),
      { cause: error },
    );
  });
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
