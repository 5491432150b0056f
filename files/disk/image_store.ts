/**
 * Images read at random from the blocks of the cache.
 *
 * @module
 */
import { mismatch } from "../../gpu/check.ts";
import type { BadFile } from "../bad_file.ts";
import type { FileWarnings } from "../warn.ts";
import { InputError } from "../input_error.ts";
import type { ImageSize } from "../jpeg_header.ts";
import { type BlockHeader, imageBytes, pixelChecksum } from "./block_file.ts";
import { readFully } from "./file_source.ts";
import { ignoreMissing } from "./presence.ts";
import { onDisk } from "./system_error.ts";

/** Block files kept open at once, well below the usual limit of 1024 for a process. */
const OPEN_BLOCKS = 64;

/** Images of one size, each read from disk when it is asked for. */
export interface ImageStore extends AsyncDisposable {
  /** The ids of the images, in order; without those of bad files. */
  readonly ids: readonly string[];
  /** The files left out under `onBad: "skip"`, in the order of their ids. */
  readonly badFiles: readonly BadFile[];
  /** Files of which something was passed over, with a sentence for each; in the order of their ids. */
  readonly warnings: readonly FileWarnings[];
  /** What the maker noted of each image; `undefined` where it noted nothing. */
  readonly notes: readonly unknown[];
  /** What the pixels of each image add up to, 32 bits: equal images have equal ones. */
  readonly checksums: readonly number[];
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
}

/** A block on disk: which of its ids are there and where the pixels start. */
export interface Block {
  /** Digest of what decided its pixels. */
  readonly key: string;
  /** Its file. */
  readonly path: string;
  /** Its images, bad ones too. */
  readonly ids: readonly string[];
  /** Place of the first among all images. */
  readonly start: number;
  /** What the file says. */
  readonly header: BlockHeader;
  /** Where the pixels start. */
  readonly pixelsAt: number;
}

/** The store of `openBlocks`. */
export class BlockStore implements ImageStore {
  readonly ids: readonly string[];
  readonly badFiles: readonly BadFile[];
  readonly warnings: readonly FileWarnings[];
  readonly notes: readonly unknown[];
  readonly checksums: readonly number[];
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
    this.warnings = blocks.flatMap(({ ids, header }) =>
      header.warned.map(({ place, warnings }) => ({ name: fileName(ids[place]), warnings }))
    );
    this.checksums = blocks.flatMap(({ header }) => header.checksums);
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#last;
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
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
      const expected = `at least ${length}`;
      throw new RangeError(
        `Cannot read images: ${mismatch("into.length", buffer.length, expected)}`,
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
        const expected = `a whole number from 0 to ${this.ids.length - 1}`;
        throw new RangeError(`Cannot read images: ${mismatch("index", index, expected)}`);
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
    const filled = await onDisk(`Cannot read the image cache ${block.path}`, async () => {
      await file.seek(block.pixelsAt + place * into.length, Deno.SeekMode.Start);
      return await readFully(file, into);
    });
    if (filled < into.length) return false;
    return pixelChecksum(into) === block.header.checksums[place];
  }

  async #file(b: number): Promise<Deno.FsFile | undefined> {
    let file = this.#open.get(b);
    if (file === undefined) {
      const { path } = this.#blocks[b];
      const open = () => Deno.open(path);
      file = await onDisk(`Cannot read the image cache ${path}`, open).catch(ignoreMissing) ??
        undefined;
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
