/**
 * JPEG files decoded in worker threads.
 *
 * @module
 */
import { WorkerPool } from "../gpu/worker_pool.ts";
import type { DecodedImage } from "./jpeg.ts";
import type { ImageSize } from "./jpeg_header.ts";

/** One file to decode. */
export interface JpegFile extends ImageSize {
  /** The name used in messages and in the result. */
  readonly name: string;
  /** The whole file. The pool takes the buffer over; do not use it afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One file decoded, or what is wrong with it. */
export type DecodedJpeg =
  | (DecodedImage & { readonly name: string })
  | { readonly name: string; readonly reason: string };

/** Workers that decode JPEG files. */
export type JpegPool = WorkerPool<JpegFile, DecodedJpeg>;

/**
 * Starts workers that decode JPEG files, each of the size that it is said to have.
 *
 * @param workers Number of workers. Default: one per processor core, at most 16
 *
 * @example
 * ```ts
 * import { jpeg } from "../deps_jpeg.ts";
 * import { startJpegPool } from "./jpeg_pool.ts";
 *
 * const size = { height: 8, width: 16 };
 * const { data } = jpeg.encode({ ...size, data: new Uint8Array(8 * 16 * 4) });
 * using pool = startJpegPool(1);
 * const file = { name: "black.jpg", bytes: Uint8Array.from(data), ...size };
 * for await (const decoded of pool.inOrder([file])) {
 *   if ("reason" in decoded) throw new Error(decoded.reason);
 * }
 * ```
 */
export function startJpegPool(workers?: number): JpegPool {
  return new WorkerPool(
    () => new Worker(new URL("./jpeg_worker.ts", import.meta.url), { type: "module" }),
    { attempt: "Cannot decode JPEG files", workers, transfer: ({ bytes }) => [bytes.buffer] },
  );
}
