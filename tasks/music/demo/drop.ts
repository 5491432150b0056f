/**
 * A sound file that somebody drops on the page: read within limits, made like the songs of the run.
 *
 * @module
 */
import { WorkerPool } from "../../../gpu/worker_pool.ts";
import type { ReadSoundOptions } from "../read_sound.ts";
import { RequestError } from "./responses.ts";

/** Largest body, bytes. */
export const LARGEST_DROP = 64 * 2 ** 20;
/** Longest that a body may take to arrive, seconds: 64 MiB at 5 Mbit/s. */
const LONGEST_WAIT = 120;
/** Longest recording, seconds: a compressed file may hold hours. */
const LONGEST = 1800;
/** Files that are read at once: each takes its body and its samples. */
export const MOST_DROPS = 4;

/** Limits of a body. */
export interface BodyLimits {
  /** Bytes. Default {@linkcode LARGEST_DROP}. */
  readonly largest?: number;
  /** Seconds until its last byte. Default 120. */
  readonly seconds?: number;
}

/**
 * The body of a request.
 *
 * @throws {RequestError} 413 beyond `largest`, before more of it is read; 408 after `seconds`; 400
 * where the sender went away
 */
export async function readDrop(
  request: Request,
  { largest = LARGEST_DROP, seconds = LONGEST_WAIT }: BodyLimits = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (status: number, reason: string) =>
    new RequestError(status, `Cannot read the file: ${reason}`);
  const tooLarge = refuse(413, `it has more than ${largest / 2 ** 20} MB`);
  if (Number(request.headers.get("content-length") ?? 0) > largest) throw tooLarge;
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const late = Promise.withResolvers<never>();
  const reason = refuse(408, `it did not arrive within ${seconds} s`);
  const timer = setTimeout(() => late.reject(reason), 1000 * seconds);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let length = 0;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) return joined(pieces, length);
      length += value.length;
      if (length > largest) throw tooLarge;
      pieces.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {}); // what still comes is not waited for
    throw error instanceof RequestError ? error : refuse(400, "it did not arrive whole");
  } finally {
    clearTimeout(timer);
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** What the worker of dropped files is asked. */
export interface DropWanted {
  /** The whole file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its name, for messages. */
  readonly name: string;
  /** What is expected of it. */
  readonly options: Pick<ReadSoundOptions, "least" | "maxSeconds">;
}

/** The sound of a dropped file. */
export interface DroppedSound {
  /** One channel at 22,050 Hz, as loud as the songs of the run. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** What of the file was cut off or passed over. */
  readonly warnings: readonly string[];
}

/** What it answers: samples, or why there are none. */
export type DecodedDrop = DroppedSound | { readonly refused: string };

/** Reads dropped files, a few at once; they are decoded one by one in a worker of its own. */
export class DropReader implements Disposable {
  readonly #least: number;
  #pool: WorkerPool<DropWanted, DecodedDrop> | undefined;
  #reading = 0;

  /** @param least samples at 22,050 Hz that a file must have */
  constructor(least: number) {
    this.#least = least;
  }

  /**
   * The sound of the file that a request brings.
   *
   * @throws {RequestError} 503 where {@linkcode MOST_DROPS} others are being read, 400 for a file that is
   * no sound, is silent, too short or too long; see {@linkcode readDrop} for its body
   */
  async read(request: Request, name: string): Promise<DroppedSound> {
    if (this.#reading >= MOST_DROPS) {
      void request.body?.cancel().catch(() => {});
      throw new RequestError(
        503,
        `Cannot read ${name}: ${MOST_DROPS} other files are being read; try again in a moment`,
      );
    }
    this.#reading++;
    try {
      return await this.#decode(await readDrop(request), name);
    } finally {
      this.#reading--;
    }
  }

  async #decode(bytes: Uint8Array<ArrayBuffer>, name: string) {
    const options = { least: this.#least, maxSeconds: LONGEST };
    const decoded = await this.#ask({ bytes, name, options });
    if ("samples" in decoded) return decoded;
    throw new RequestError(400, decoded.refused);
  }

  async #ask(wanted: DropWanted): Promise<DecodedDrop> {
    const pool = this.#pool ??= new WorkerPool(
      () => new Worker(new URL("./drop_worker.ts", import.meta.url), { type: "module" }),
      {
        attempt: "Cannot decode the file",
        workers: 1,
        transfer: ({ bytes }) => [bytes.buffer],
      },
    );
    try {
      return await pool.ask(wanted);
    } catch (error) {
      if (this.#pool === pool) this.#pool = undefined; // the next file gets a new worker
      pool[Symbol.dispose]();
      throw error;
    }
  }

  /** Ends the worker. */
  [Symbol.dispose](): void {
    this.#pool?.[Symbol.dispose]();
  }
}
