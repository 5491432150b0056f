/**
 * Decoded images on disk, in blocks, read back one by one at any position.
 *
 * A data set larger than memory is decoded once: 64 images at a time go to `<key>.u8`, where the
 * key is a digest of the very bytes that were decoded, so that a changed image, id or size can
 * never meet an old block.
 *
 * Layout of a block file, numbers little-endian:
 *
 * | bytes | content |
 * | --- | --- |
 * | 0-7 | `CETUSU8` and a line feed |
 * | 8-11 | length of the header text, u32, a multiple of 4 |
 * | 12-15 | checksum of the header text, u32 |
 * | 16- | header text, JSON: key, height, width, checksum of each image, bad files |
 * | then | pixels `[images, height, width, 3]`, uint8 |
 *
 * @module
 */
import { InputError } from "./input_error.ts";
import { type ImageSize, type JpegFile, JpegPool } from "./jpeg.ts";
import { describeFileError, readFully } from "./random_access.ts";
import type { ImageSource } from "./source.ts";
import { writePieces } from "../../gpu/atomic_file.ts";

/** Images in one block; a block of 424 x 424 images is 34.5 MB. */
export const BLOCK_IMAGES = 64;

/** Part of every key: raise it when the same bytes would decode to other pixels or the layout changes. */
const FORMAT_VERSION = 1;

const MAGIC = "CETUSU8\n";
const PREAMBLE_BYTES = 16;

/** A header holds 64 checksums and at most 64 reasons; more is not ours. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Block files kept open at once, well below the usual limit of 1024 for a process. */
const OPEN_BLOCKS = 64;

/** A file that could not be used, and why. */
export interface BadFile {
  /** The file's name. */
  readonly name: string;
  /** What is wrong with it, such as `the file is empty`. */
  readonly reason: string;
}

/** Images of one size, each read from disk when it is asked for. */
export interface ImageStore extends AsyncDisposable {
  /** The ids of the images, in order; without those of bad files. */
  readonly ids: readonly string[];
  /** The files left out under `onBad: "skip"`, in the order of their ids. */
  readonly badFiles: readonly BadFile[];
  /** Rows of every image. */
  readonly height: number;
  /** Columns of every image. */
  readonly width: number;
  /** Bytes of all block files. */
  readonly cacheBytes: number;
  /**
   * Reads images by their place in `ids`. Each is checked against its checksum; a block found
   * damaged is rebuilt from the source, which must be open still.
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

/** What the store is doing: looking for blocks made earlier, or decoding. */
export type ImagePhase = "checking" | "decoding";

/** Options of {@linkcode openImages}. */
export interface OpenImagesOptions extends Partial<ImageSize> {
  /** Folder for the block files; made when it is missing. */
  readonly cacheDir: string;
  /** `stop` (default): the first bad file ends it; `skip`: bad files are left out and listed. */
  readonly onBad?: "stop" | "skip";
  /** Decoding workers, see {@linkcode JpegPool}. They start with the first block not on disk. */
  readonly workers?: number;
  /** Called with the number of images done, of all images, and what was done to the last ones. */
  readonly progress?: (done: number, total: number, phase: ImagePhase) => void;
  /** Ends it between two blocks; its reason is thrown, and the blocks that are made stay. */
  readonly signal?: AbortSignal;
}

/** Kaggle's galaxies; the default size. */
const DEFAULT_SIDE = 424;

interface BlockHeader {
  readonly key: string;
  readonly height: number;
  readonly width: number;
  /** One checksum per good image, in id order. */
  readonly checksums: readonly number[];
  /** Bad files by their place in the block. */
  readonly bad: readonly { readonly place: number; readonly reason: string }[];
}

/** A block on disk: which of its ids are there and where the pixels start. */
interface Block {
  readonly key: string;
  readonly path: string;
  readonly ids: readonly string[];
  readonly header: BlockHeader;
  readonly pixelsAt: number;
}

/** One file of a block, read and digested. */
interface Digested {
  readonly id: string;
  readonly name: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly error?: InputError;
  readonly digest: string;
}

/**
 * Checksum of pixels, four bytes a step, faster than CRC-32. Every step is a bijection of the state,
 * so a change within one word always shows.
 */
export function pixelChecksum(bytes: Uint8Array): number {
  const words = bytes.byteOffset % 4 === 0 ? bytes.length >>> 2 : 0;
  let state = 0x811c9dc5;
  const view = new Int32Array(bytes.buffer, words > 0 ? bytes.byteOffset : 0, words);
  for (let i = 0; i < words; i++) {
    state = Math.imul(state ^ view[i], 0x01000193);
    state ^= state >>> 15;
  }
  for (let i = words * 4; i < bytes.length; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    state = Math.imul(state ^ word, 0x01000193);
    state ^= state >>> 15;
  }
  return state >>> 0;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function sha256OfText(text: string): Promise<string> {
  return sha256(new TextEncoder().encode(text));
}

async function readAndDigest(source: ImageSource, id: string): Promise<Digested> {
  const name = source.fileName(id);
  try {
    const bytes = await source.readImage(id);
    return { id, name, bytes, digest: await sha256(bytes) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // A file that cannot be read is bad like one that cannot be decoded, and part of the key.
    return { id, name, error, digest: await sha256OfText(`unreadable: ${error.reason}`) };
  }
}

function blockKey(size: ImageSize, files: readonly Digested[]): Promise<string> {
  const content = files.map(({ id, digest }) => [id, digest]);
  return sha256OfText(JSON.stringify([FORMAT_VERSION, size.height, size.width, content]));
}

function encodeHeader(header: BlockHeader): Uint8Array<ArrayBuffer> {
  let text = JSON.stringify(header);
  const encoder = new TextEncoder();
  text += " ".repeat((4 - encoder.encode(text).length % 4) % 4); // keeps pixels aligned for u32
  const json = encoder.encode(text);
  const bytes = new Uint8Array(PREAMBLE_BYTES + json.length);
  bytes.set(encoder.encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  view.setUint32(12, pixelChecksum(json), true);
  bytes.set(json, PREAMBLE_BYTES);
  return bytes;
}

/** Reads a header back; `undefined` when the file is not a whole block of this key and size. */
async function readHeader(
  file: Deno.FsFile,
  key: string,
  size: ImageSize,
): Promise<{ header: BlockHeader; pixelsAt: number } | undefined> {
  const preamble = new Uint8Array(PREAMBLE_BYTES);
  if (await readFully(file, preamble) < PREAMBLE_BYTES) return undefined;
  if (new TextDecoder().decode(preamble.subarray(0, 8)) !== MAGIC) return undefined;
  const view = new DataView(preamble.buffer);
  const length = view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) return undefined;
  const json = new Uint8Array(length);
  if (await readFully(file, json) < length) return undefined;
  if (pixelChecksum(json) !== view.getUint32(12, true)) return undefined;
  const header: BlockHeader = JSON.parse(new TextDecoder().decode(json));
  if (header.key !== key || header.height !== size.height || header.width !== size.width) {
    return undefined;
  }
  const pixelsAt = PREAMBLE_BYTES + length;
  const { size: fileBytes } = await file.stat();
  const expected = pixelsAt + header.checksums.length * imageBytes(size);
  return fileBytes === expected ? { header, pixelsAt } : undefined;
}

function imageBytes({ height, width }: ImageSize): number {
  return height * width * 3;
}

async function writeBlock(path: string, parts: readonly Uint8Array[]): Promise<void> {
  try {
    await writePieces(path, parts);
  } catch (error) {
    throw new InputError(`Cannot write the image cache ${path}`, describeFileError(error), {
      cause: error,
    });
  }
}

/** Finds blocks on disk or makes them from a source. */
class BlockBuilder implements AsyncDisposable {
  readonly #source: ImageSource;
  readonly #options: OpenImagesOptions;
  readonly #size: ImageSize;
  #pool: JpegPool | undefined;
  /** The block being written while the next one is decoded. */
  #writing: Promise<void> = Promise.resolve();

  constructor(source: ImageSource, options: OpenImagesOptions, size: ImageSize) {
    this.#source = source;
    this.#options = options;
    this.#size = size;
  }

  /**
   * @param ids The block's ids
   * @param decoded Called after each image decoded; not at all when the block was on disk
   */
  async open(ids: readonly string[], decoded: () => void): Promise<Block> {
    const files = await Promise.all(ids.map((id) => readAndDigest(this.#source, id)));
    const key = await blockKey(this.#size, files);
    const block = await this.find(ids, key) ?? await this.#make(ids, key, files, decoded);
    this.#refuseBad(block);
    return block;
  }

  /** The block of that key when it is on disk and whole. */
  async find(ids: readonly string[], key: string): Promise<Block | undefined> {
    const path = this.#path(key);
    try {
      using file = await Deno.open(path);
      const found = await readHeader(file, key, this.#size);
      return found && { key, path, ids, ...found };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
      throw new InputError(`Cannot read the image cache ${path}`, describeFileError(error), {
        cause: error,
      });
    }
  }

  /** Waits until every block made is on disk. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pool?.[Symbol.dispose]();
    this.#pool = undefined;
    await this.#writing.catch(() => {}); // an error of its own must not hide the first one
  }

  #path(key: string): string {
    return `${this.#options.cacheDir.replace(/\/+$/, "")}/${key}.u8`;
  }

  #refuseBad(block: Block): void {
    const [bad] = block.header.bad;
    if (bad === undefined || this.#options.onBad === "skip") return;
    const name = this.#source.fileName(block.ids[bad.place]);
    throw new InputError(`Cannot decode ${name}`, bad.reason);
  }

  async #make(
    ids: readonly string[],
    key: string,
    files: readonly Digested[],
    decoded: () => void,
  ): Promise<Block> {
    const each = imageBytes(this.#size);
    const pixels = new Uint8Array(ids.length * each);
    const checksums: number[] = [];
    const bad: { place: number; reason: string }[] = [];
    const refuse = (place: number, reason: string) => {
      if (this.#options.onBad !== "skip") {
        throw new InputError(`Cannot decode ${files[place].name}`, reason);
      }
      bad.push({ place, reason });
    };
    const results = this.#decode(files);
    for (let place = 0; place < files.length; place++) {
      const result = await results.next();
      if (result.done) throw new Error("the decoder gave fewer results than files");
      if ("error" in result.value) refuse(place, result.value.error.reason);
      else {
        pixels.set(result.value.pixels, checksums.length * each);
        checksums.push(pixelChecksum(result.value.pixels));
      }
      decoded();
    }
    const header = { key, ...this.#size, checksums, bad };
    const head = encodeHeader(header);
    const used = pixels.subarray(0, checksums.length * each);
    await this.flush(); // so that no more than two blocks are in memory
    this.#writing = writeBlock(this.#path(key), [head, used]);
    this.#writing.catch(() => {}); // reported by the next flush
    return { key, path: this.#path(key), ids, header, pixelsAt: head.length };
  }

  /** Results in the order of `files`; unreadable ones pass the workers by. */
  async *#decode(
    files: readonly Digested[],
  ): AsyncGenerator<{ pixels: Uint8Array } | { error: InputError }> {
    this.#pool ??= new JpegPool({ ...this.#size, workers: this.#options.workers });
    const readable = files.flatMap(({ name, bytes }): JpegFile[] =>
      bytes === undefined ? [] : [{ name, bytes }]
    );
    const decoded = this.#pool.decodeInOrder(readable);
    for (const { error } of files) {
      if (error !== undefined) yield { error };
      else yield (await decoded.next()).value!;
    }
  }
}

class BlockStore implements ImageStore {
  readonly ids: readonly string[];
  readonly badFiles: readonly BadFile[];
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
    source: ImageSource,
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
        if (reason !== undefined) return badFiles.push({ name: source.fileName(id), reason });
        goodIds.push(id);
        blockOf.push(b);
        placeOf.push(good++);
      });
    });
    this.ids = goodIds;
    this.badFiles = badFiles;
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
 * ```ts ignore
 * using images = await source.images("images_training_rev1");
 * await using store = await openImages(images, images.ids, { cacheDir: "cache/galaxy" });
 * const pixels = await store.read([0, 5, 17]); // [3, 424, 424, 3]
 * ```
 */
export async function openImages(
  source: ImageSource,
  ids: readonly string[],
  options: OpenImagesOptions,
): Promise<ImageStore> {
  const size = {
    height: options.height ?? DEFAULT_SIDE,
    width: options.width ?? DEFAULT_SIDE,
  };
  await Deno.mkdir(options.cacheDir, { recursive: true }).catch((error) => {
    throw new InputError(
      `Cannot make the image cache ${options.cacheDir}`,
      describeFileError(error),
      { cause: error },
    );
  });
  await using builder = new BlockBuilder(source, options, size);
  const blocks: Block[] = [];
  for (let start = 0; start < ids.length; start += BLOCK_IMAGES) {
    options.signal?.throwIfAborted();
    const part = ids.slice(start, start + BLOCK_IMAGES);
    let done = start;
    blocks.push(
      await builder.open(part, () => options.progress?.(++done, ids.length, "decoding")),
    );
    if (done === start) options.progress?.(start + part.length, ids.length, "checking");
  }
  await builder.flush();
  return new BlockStore(blocks, source, size, (block) => rebuild(source, options, size, block));
}

/** Makes a damaged block anew from the source; its key must come out the same. */
async function rebuild(
  source: ImageSource,
  options: OpenImagesOptions,
  size: ImageSize,
  block: Block,
): Promise<void> {
  await Deno.remove(block.path).catch(() => {});
  await using builder = new BlockBuilder(source, options, size);
  const made = await builder.open(block.ids, () => {});
  await builder.flush();
  if (made.key === block.key) return;
  throw new InputError(
    `Cannot rebuild the image cache ${block.path}`,
    `it was damaged, and the images of ${source.name} have changed since`,
  );
}
