/**
 * Deflated data (RFC 1951) as they stream by, for zip and gzip.
 *
 * @module
 */
import { Inflate } from "../deps_fflate.ts";
import type { InputError } from "./input_error.ts";

/** Bytes handed to the inflater at once; deflate grows by at most 1032, so 4 MiB come back at most. */
const INFLATE_SLICE = 4096;

/** What fflate's numbered faults say of the data. */
const FAULTS: readonly string[] = [
  "they end too early",
  "a block is of no known kind",
  "a code is in none of their tables",
  "they refer to what is before their start",
];

/** Inflates data piece by piece, in memory that does not grow with them. */
export class Inflater {
  readonly #fail: (reason: string) => InputError;
  readonly #inflate: Inflate;
  #pieces: Uint8Array[] = [];
  #hasEnded = false;

  /** @param fail words an error about what holds the data */
  constructor(fail: (reason: string) => InputError) {
    this.#fail = fail;
    this.#inflate = new Inflate((piece) => {
      if (piece.length > 0) this.#pieces.push(piece);
    });
  }

  /** Whether the data have told their own end. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Inflates more of the data, in pieces of at most 4 MiB.
   *
   * @returns how many of the bytes belong to the data; what follows their end does not
   */
  *push(bytes: Uint8Array): Generator<Uint8Array, number> {
    for (let at = 0; at < bytes.length && !this.#hasEnded;) {
      const slice = bytes.subarray(at, at + INFLATE_SLICE);
      this.#pieces = [];
      this.#pushSlice(slice);
      yield* this.#pieces;
      at += slice.length;
      const unused = unusedBytes(this.#inflate);
      if (unused === undefined) continue;
      this.#hasEnded = true;
      return at - unused;
    }
    return bytes.length;
  }

  /** To be called where the data must have ended. */
  end(): void {
    if (!this.#hasEnded) throw this.#damaged(FAULTS[0]);
  }

  #pushSlice(slice: Uint8Array): void {
    try {
      this.#inflate.push(slice);
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
      const reason = typeof code === "number" ? FAULTS[code] : undefined;
      if (reason === undefined) throw error; // a defect, not a fault of the data
      throw this.#damaged(reason);
    }
  }

  #damaged(reason: string): InputError {
    return this.#fail(`its compressed data are damaged: ${reason}`);
  }
}

/**
 * How many bytes follow the end of the data, or nothing while they go on. fflate's Inflate does not
 * say where its data end; its own Gunzip reads these fields too (0.8.3): `f` is set in the last
 * block, `l` within any, `p` counts the bits used of the bytes it holds.
 */
function unusedBytes(inflate: Inflate): number | undefined {
  const state: { f?: number; l?: unknown; p?: number } = inflate["s"];
  if (!state.f || state.l) return undefined;
  const held: Uint8Array = inflate["p"];
  return held.length - Math.ceil((state.p ?? 0) / 8);
}
