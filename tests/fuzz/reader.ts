/**
 * What is fuzzed: readers of bytes that come from elsewhere.
 *
 * @module
 */

/** Bytes of a file. */
export type FileBytes = Uint8Array<ArrayBuffer>;

/** One reader, and good files that it reads. */
export interface FuzzedReader {
  /** What it is called on the command line. */
  readonly name: string;
  /** Small good files, made in code; the same ones every time. */
  seeds(): readonly FileBytes[] | Promise<readonly FileBytes[]>;
  /**
   * Reads a file and gives what it holds. It may throw an InputError and nothing else.
   *
   * @param seed number of the good file that the bytes come from
   */
  read(bytes: FileBytes, seed: number): unknown;
  /** Array formats hold what they were told to, NaN too. Default false. */
  readonly mayHoldNaN?: boolean;
}
