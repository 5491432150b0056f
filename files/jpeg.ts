/**
 * JPEG files to pixels: a strict check of the file, the decoder (jpeg-js), and a pool of workers.
 *
 * The decoder fills what is missing from a truncated file with grey, so the file's structure is
 * walked first, from the first marker to the end-of-image marker.
 *
 * @module
 */
import { jpeg } from "../deps_jpeg.ts";
import { InputError } from "./input_error.ts";

/** The size every image of a set must have, in pixels. */
export interface ImageSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/** What a JPEG's headers say. */
export interface JpegHeader extends ImageSize {
  /** 1 for greyscale, 3 for colour. */
  readonly channels: 1 | 3;
  /** Whether three channels are red, green, blue as they stand, without a colour transform. */
  readonly isRgb: boolean;
  /** Bytes up to and including the end-of-image marker; what follows is not part of the image. */
  readonly length: number;
}

/** Memory the decoder may take for one image, in MiB; 424 x 424 takes about 5. */
const MAX_MEMORY_MIB = 512;

/** Largest image decoded, in megapixels. */
const MAX_MEGAPIXELS = 64;

/** A progressive file has about 10 scans; thousands of empty ones would keep a worker busy for hours. */
const MAX_SCANS = 100;

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const ADOBE_SEGMENT = 0xee;

function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

const SIGNATURES: readonly (readonly [text: string, kind: string])[] = [
  ["\x89PNG", "a PNG image"],
  ["GIF8", "a GIF image"],
  ["BM", "a BMP image"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a zip file"],
  ["\x1f\x8b", "a gzip file"],
  ["SIMPLE  =", "a FITS file"],
  ["\x89HDF", "an HDF5 file"],
];

/**
 * Says in words what a file is that was expected to be a JPEG, from its first bytes.
 *
 * @param bytes The file, or its start
 * @returns Such as `a PNG image`, `text ("GalaxyID,Class1.1…")`
 *
 * @example
 * ```ts
 * import { describeFile } from "./jpeg.ts";
 *
 * const page = new TextEncoder().encode("<html>404</html>");
 * if (describeFile(page) !== 'text ("<html>404</html>")') throw new Error(describeFile(page));
 * ```
 */
export function describeFile(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  for (const [text, kind] of SIGNATURES) if (startsWith(bytes, text)) return kind;
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return "a WebP image";
  if (startsWith(bytes, "ftyp", 4)) return "an AVIF, HEIC or MP4 file";
  const start = bytes.subarray(0, 24);
  if (start.every((byte) => byte === 0)) return "zero bytes";
  if (start.every((byte) => (byte >= 32 && byte < 127) || (byte >= 9 && byte <= 13))) {
    const text = String.fromCharCode(...start).trim();
    return `text (${JSON.stringify(bytes.length > start.length ? text + "…" : text)})`;
  }
  const hex = [...start.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `an unknown file (first bytes ${hex.join(" ")})`;
}

interface Frame extends ImageSize {
  readonly components: readonly number[];
}

/** Walks the segments of one file; every method moves `#at` forward or throws. */
class JpegWalker {
  readonly #bytes: Uint8Array;
  readonly #fail: (reason: string) => InputError;
  readonly #scanned = new Set<number>();
  #at = 2;
  #frame: Frame | undefined;
  #adobeTransform: number | undefined;
  #scans = 0;

  constructor(bytes: Uint8Array, fail: (reason: string) => InputError) {
    this.#bytes = bytes;
    this.#fail = fail;
  }

  walk(): JpegHeader {
    for (let marker = this.#marker(); marker !== END_OF_IMAGE; marker = this.#marker()) {
      if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue; // no length follows
      const segment = this.#segment();
      if (this.#isFrame(marker)) this.#readFrame(marker, segment);
      else if (marker === ADOBE_SEGMENT) this.#readAdobe(segment);
      else if (marker === START_OF_SCAN) this.#readScan(segment);
    }
    return this.#header();
  }

  #marker(): number {
    const bytes = this.#bytes;
    if (this.#at < bytes.length && bytes[this.#at] !== 0xff) {
      throw this.#fail(`expected a JPEG marker at byte ${this.#at}, the file is damaged`);
    }
    while (bytes[this.#at] === 0xff) this.#at++; // markers may be padded with 0xff
    if (this.#at >= bytes.length) throw this.#truncated();
    return bytes[this.#at++];
  }

  #segment(): Uint8Array {
    if (this.#at + 2 > this.#bytes.length) throw this.#truncated();
    const length = (this.#bytes[this.#at] << 8) | this.#bytes[this.#at + 1];
    if (length < 2) throw this.#fail(`a segment at byte ${this.#at} has the length ${length}`);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#truncated();
    const segment = this.#bytes.subarray(this.#at + 2, end);
    this.#at = end;
    return segment;
  }

  /** Start of frame: 0xc0 to 0xcf without the three table segments among them. */
  #isFrame(marker: number): boolean {
    return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 &&
      marker !== 0xcc;
  }

  #readFrame(marker: number, segment: Uint8Array): void {
    if (marker > 0xc2) {
      throw this.#fail(
        "lossless, hierarchical or arithmetic-coded JPEG, expected baseline or progressive",
      );
    }
    if (this.#frame !== undefined) throw this.#fail("two images in one file, expected one");
    const count = segment[5];
    if (segment.length < 6 || segment.length < 6 + 3 * count) {
      throw this.#fail("its frame header is too short, the file is damaged");
    }
    if (segment[0] !== 8) throw this.#fail(`${segment[0]} bits per channel, expected 8`);
    this.#frame = {
      height: (segment[1] << 8) | segment[2],
      width: (segment[3] << 8) | segment[4],
      components: Array.from({ length: count }, (_, i) => segment[6 + 3 * i]),
    };
  }

  #readAdobe(segment: Uint8Array): void {
    if (startsWith(segment, "Adobe") && segment.length >= 12) this.#adobeTransform = segment[11];
  }

  #readScan(segment: Uint8Array): void {
    if (this.#frame === undefined) throw this.#fail("image data come before the frame header");
    if (++this.#scans > MAX_SCANS) throw this.#fail(`more than ${MAX_SCANS} scans`);
    const spectralStart = segment[1 + 2 * segment[0]];
    for (let i = 0; i < segment[0]; i++) {
      // The mean brightness of each block (coefficient 0) must come for every channel.
      if (spectralStart === 0) this.#scanned.add(segment[1 + 2 * i]);
    }
    this.#skipImageData();
  }

  /** Moves to the marker that ends the scan; 0xff 0x00 and restart markers belong to the data. */
  #skipImageData(): void {
    for (;;) {
      const at = this.#bytes.indexOf(0xff, this.#at);
      if (at < 0 || at + 1 >= this.#bytes.length) throw this.#truncated();
      const next = this.#bytes[at + 1];
      this.#at = at;
      if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return;
      this.#at = at + 2;
    }
  }

  #header(): JpegHeader {
    const frame = this.#frame;
    if (frame === undefined) throw this.#fail("the file ends before its frame header");
    const channels = frame.components.length;
    if (channels === 4) throw this.#fail("four colour channels (CMYK), expected RGB or greyscale");
    if (channels !== 1 && channels !== 3) {
      throw this.#fail(`${channels} colour channels, expected 3 (RGB) or 1 (greyscale)`);
    }
    if (frame.components.some((component) => !this.#scanned.has(component))) {
      throw this.#fail("the file is truncated: image data of a colour channel are missing");
    }
    const namedRgb = String.fromCharCode(...frame.components) === "RGB";
    const isRgb = channels === 3 && (this.#adobeTransform ?? (namedRgb ? 0 : 1)) === 0;
    return { height: frame.height, width: frame.width, channels, isRgb, length: this.#at };
  }

  #truncated(): InputError {
    return this.#fail(
      `the file is truncated: it ends after ${this.#bytes.length} bytes without an end-of-image marker`,
    );
  }
}

function decodeError(name: string): (reason: string) => InputError {
  return (reason) => new InputError(`Cannot decode ${name}`, reason);
}

/**
 * Walks through a JPEG file without decoding it.
 *
 * @param name The file's name, for messages
 * @param bytes The whole file
 * @throws {InputError} naming the file: empty, not a JPEG (and what it is instead), truncated,
 * damaged between segments, another coding than 8-bit baseline or progressive, CMYK
 */
export function readJpegHeader(name: string, bytes: Uint8Array): JpegHeader {
  const fail = decodeError(name);
  if (bytes.length === 0) throw fail("the file is empty");
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) {
    throw fail(`expected a JPEG image, got ${describeFile(bytes)}`);
  }
  return new JpegWalker(bytes, fail).walk();
}

/**
 * Decodes one JPEG to RGB. Greyscale is repeated into the three channels; half-size colour planes
 * are enlarged by repeating pixels.
 *
 * @param name The file's name, for messages
 * @param bytes The whole file
 * @param size The size the image must have
 * @returns Pixels `[height, width, 3]`, 0 to 255
 * @throws {InputError} naming the file and what is wrong with it, see {@linkcode readJpegHeader};
 * also when the size differs (found before decoding) or the image data are damaged
 *
 * @example
 * ```ts ignore
 * const bytes = await Deno.readFile("100008.jpg");
 * const pixels = decodeJpeg("100008.jpg", bytes, { height: 424, width: 424 });
 * ```
 */
export function decodeJpeg(
  name: string,
  bytes: Uint8Array,
  size: ImageSize,
): Uint8Array<ArrayBuffer> {
  const fail = decodeError(name);
  const header = readJpegHeader(name, bytes);
  if (header.height !== size.height || header.width !== size.width) {
    throw fail(
      `expected ${size.width} x ${size.height} pixels, got ${header.width} x ${header.height}`,
    );
  }
  try {
    const { data } = jpeg.decode(bytes.subarray(0, header.length), {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MAX_MEGAPIXELS,
      maxMemoryUsageInMB: MAX_MEMORY_MIB,
      ...(header.channels === 3 && { colorTransform: !header.isRgb }),
    });
    return data as Uint8Array<ArrayBuffer>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fail(
      reason.includes("unexpected marker")
        ? "the file is truncated: its image data end before the last row"
        : `its image data are damaged (${reason})`,
    );
  }
}

/** One file to decode. */
export interface JpegFile {
  /** The name used in messages and in the result. */
  readonly name: string;
  /** The whole file. The pool takes the buffer over; do not use it afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One file decoded: pixels `[height, width, 3]`, or what is wrong with it. */
export type DecodedJpeg =
  | { readonly name: string; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly name: string; readonly error: InputError };

/** What a worker is asked; for `jpeg_worker.ts`. */
export interface DecodeRequest extends ImageSize {
  /** File name for messages. */
  readonly name: string;
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a worker answers; for `jpeg_worker.ts`. */
export interface DecodeReply {
  /** The pixels, when the file is good. */
  readonly pixels?: Uint8Array<ArrayBuffer>;
  /** What is wrong with the file otherwise. */
  readonly reason?: string;
}

/** Options of {@linkcode JpegPool}. */
export interface JpegPoolOptions extends ImageSize {
  /** Number of workers. Default: one per processor core, at most 16. */
  readonly workers?: number;
}

/** More workers than this only wait for the one thread that feeds them. */
const MAX_DEFAULT_WORKERS = 16;

interface Job {
  readonly file: JpegFile;
  readonly resolve: (decoded: DecodedJpeg) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Decodes JPEG files in worker threads. The pixels of a file do not depend on the number of
 * workers, nor does the order of results. Start-up takes some 100 ms, so keep a pool for a whole
 * data set, and dispose of it: its workers keep the process alive.
 *
 * @example
 * ```ts ignore
 * using pool = new JpegPool({ height: 424, width: 424 });
 * for await (const decoded of pool.decodeInOrder(files)) {
 *   if ("error" in decoded) throw decoded.error;
 *   use(decoded.pixels);
 * }
 * ```
 */
export class JpegPool implements Disposable {
  /** The number of workers. */
  readonly workers: number;
  readonly #size: ImageSize;
  readonly #all: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<Worker, Job>();
  #broken: Error | undefined;

  /** Starts the workers. */
  constructor(options: JpegPoolOptions) {
    const { workers = Math.min(navigator.hardwareConcurrency, MAX_DEFAULT_WORKERS) } = options;
    if (!Number.isInteger(workers) || workers < 1) {
      throw new RangeError(`Cannot start a JPEG pool: expected at least 1 worker, got ${workers}`);
    }
    this.workers = workers;
    this.#size = { height: options.height, width: options.width };
    for (let i = 0; i < workers; i++) this.#start();
  }

  /**
   * Decodes one file.
   *
   * @returns Its pixels, or the {@linkcode InputError} that says what is wrong with it
   * @throws {Error} when the pool was disposed of or a worker broke down
   */
  decode(file: JpegFile): Promise<DecodedJpeg> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, resolve, reject });
      this.#assign();
    });
  }

  /**
   * Decodes files as they are asked for and yields them in the order given. At most `ahead` files
   * are read, being decoded or waiting to be fetched, so that memory stays bounded however slow the
   * consumer is.
   *
   * @param files The files; the next is asked for only when there is room
   * @param options `ahead`: default two per worker
   */
  async *decodeInOrder(
    files: Iterable<JpegFile> | AsyncIterable<JpegFile>,
    options: { readonly ahead?: number } = {},
  ): AsyncGenerator<DecodedJpeg> {
    const ahead = Math.max(1, options.ahead ?? 2 * this.workers);
    const queue: Promise<DecodedJpeg>[] = [];
    for await (const file of files) {
      const decoded = this.decode(file);
      decoded.catch(() => {}); // reported when its turn comes
      queue.push(decoded);
      if (queue.length >= ahead) yield await queue.shift()!;
    }
    while (queue.length > 0) yield await queue.shift()!;
  }

  /** Ends the workers; files still being decoded are rejected. */
  [Symbol.dispose](): void {
    this.#break(new Error("Cannot decode: the JPEG pool was disposed of"));
  }

  #start(): void {
    const worker = new Worker(new URL("./jpeg_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<DecodeReply>) => this.#finish(worker, event.data);
    worker.onerror = (event) => {
      event.preventDefault(); // otherwise the process ends before the caller hears of it
      this.#break(new Error(`Cannot decode: a JPEG worker broke down: ${event.message}`));
    };
    this.#all.push(worker);
    this.#idle.push(worker);
  }

  #assign(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const worker = this.#idle.pop()!;
      const job = this.#waiting.shift()!;
      this.#running.set(worker, job);
      const request: DecodeRequest = { ...job.file, ...this.#size };
      worker.postMessage(request, [request.bytes.buffer]);
    }
  }

  #finish(worker: Worker, reply: DecodeReply): void {
    const job = this.#running.get(worker);
    if (job === undefined) return;
    this.#running.delete(worker);
    this.#idle.push(worker);
    const { name } = job.file;
    job.resolve(
      reply.pixels === undefined
        ? { name, error: decodeError(name)(reply.reason ?? "unknown reason") }
        : { name, pixels: reply.pixels },
    );
    this.#assign();
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    for (const worker of this.#all) worker.terminate();
    for (const job of [...this.#running.values(), ...this.#waiting]) job.reject(error);
    this.#running.clear();
    this.#waiting.length = 0;
  }
}
