/**
 * JPEG files decoded in worker threads.
 *
 * @module
 */
import { WorkerPool } from "../gpu/worker_pool.ts";
import type { InputError } from "./input_error.ts";
import { type ImageSize, jpegError } from "./jpeg_header.ts";

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
export interface DecodeRequest extends ImageSize, JpegFile {}

/** What a worker answers; for `jpeg_worker.ts`. */
export type DecodeReply =
  | { readonly name: string; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly name: string; readonly reason: string };

/** Options of {@linkcode JpegPool}. */
export interface JpegPoolOptions extends ImageSize {
  /** Number of workers. Default: one per processor core, at most 16. */
  readonly workers?: number;
}

/**
 * Decodes JPEG files in worker threads. The pixels of a file do not depend on the number of
 * workers, nor does the order of results. Keep a pool for a whole data set, and dispose of it.
 *
 * @example
 * ```ts
 * import { jpeg } from "../deps_jpeg.ts";
 * import { JpegPool } from "./jpeg_pool.ts";
 *
 * const size = { height: 8, width: 16 };
 * const { data } = jpeg.encode({ ...size, data: new Uint8Array(8 * 16 * 4) });
 * using pool = new JpegPool({ ...size, workers: 1 });
 * for await (const decoded of pool.decodeInOrder([{ name: "black.jpg", bytes: new Uint8Array(data) }])) {
 *   if ("error" in decoded) throw decoded.error;
 *   console.log(decoded.pixels.length); // 8 x 16 x 3
 * }
 * ```
 */
export class JpegPool implements Disposable {
  readonly #pool: WorkerPool<DecodeRequest, DecodeReply>;
  readonly #size: ImageSize;

  /** Starts the workers. */
  constructor({ workers, height, width }: JpegPoolOptions) {
    this.#size = { height, width };
    this.#pool = new WorkerPool(
      () => new Worker(new URL("./jpeg_worker.ts", import.meta.url), { type: "module" }),
      { attempt: "Cannot decode JPEG files", workers, transfer: ({ bytes }) => [bytes.buffer] },
    );
  }

  /** Decodes one file. */
  async decode(file: JpegFile): Promise<DecodedJpeg> {
    return decodedOf(await this.#pool.ask({ ...file, ...this.#size }));
  }

  /**
   * Decodes files as they are asked for and yields them in the order given, see
   * {@linkcode WorkerPool.inOrder}.
   */
  async *decodeInOrder(
    files: Iterable<JpegFile> | AsyncIterable<JpegFile>,
    ahead?: number,
  ): AsyncGenerator<DecodedJpeg> {
    for await (const reply of this.#pool.inOrder(this.#requests(files), ahead)) {
      yield decodedOf(reply);
    }
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }

  async *#requests(
    files: Iterable<JpegFile> | AsyncIterable<JpegFile>,
  ): AsyncGenerator<DecodeRequest> {
    for await (const file of files) yield { ...file, ...this.#size };
  }
}

function decodedOf(reply: DecodeReply): DecodedJpeg {
  if ("pixels" in reply) return reply;
  return { name: reply.name, error: jpegError(reply.name, reply.reason) };
}
