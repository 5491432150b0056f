/**
 * Files of plays, one `user<TAB>song<TAB>count` a line, as the Taste Profile of the Million Song
 * Dataset has them; plain or gzip.
 *
 * @module
 */
import { plainPieces } from "../files/gunzip.ts";
import { type ParseTripletsOptions, TripletParser, type TripletRows } from "./triplet_parser.ts";

/** The plays of a file. */
export interface Triplets extends TripletRows {
  /** The file's name, as messages have it. */
  readonly name: string;
  /** What was passed over, a sentence each without the file's name; empty where all is well. */
  readonly warnings: readonly string[];
}

/** How far a file has been read. */
export interface TripletProgress {
  /** Bytes of the file read; compressed ones of a gzip file. */
  readonly bytes: number;
  /** Bytes of the whole file, where known. */
  readonly totalBytes?: number;
  /** Lines read. */
  readonly lines: number;
}

/** How a file of triplets is read. */
export interface ReadTripletsOptions extends ParseTripletsOptions {
  /** Bytes of the whole file, passed on to `progress`. */
  readonly totalBytes?: number;
  /** Called after each mebibyte of the file and at its end. What it throws stops the reading. */
  readonly progress?: (progress: TripletProgress) => void;
}

const PROGRESS_BYTES = 2 ** 20;

/**
 * Reads triplets. Memory: 12 bytes a line (up to three times that while the columns grow), each
 * distinct id once, and a few pieces of the stream.
 * A byte order mark, CR LF line ends and blank lines at the end are accepted; a header is not. Files
 * of the Million Song Dataset whose user and song columns are exchanged are recognised by their ids;
 * where both columns hold ids of one kind, an exchange cannot be seen.
 *
 * @param input The bytes of the file or a stream of them, plain or gzip
 * @param options The file's name, limits, ids of earlier files, progress
 * @returns Three columns, and the ids by number in order of appearance
 * @throws {InputError} naming file and line: another number of fields, an empty id, an id that is
 * not UTF-8, a count that is not a whole number from 1 to 2^32 - 1, exchanged columns, a line that
 * is too long, a zero byte, a blank line between others; or a file without lines or a damaged gzip
 *
 * @example
 * ```ts
 * import { readTriplets } from "./triplets.ts";
 *
 * const text = new TextEncoder().encode("ann\tSO1\t3\nbob\tSO1\t1\n");
 * const { users, counts, itemIds } = await readTriplets(text, { name: "plays.txt" });
 * if (users.join() !== "0,1" || counts.join() !== "3,1") throw new Error("two lines");
 * if (itemIds.ids().join() !== "SO1") throw new Error("one song");
 * ```
 */
export async function readTriplets(
  input: Uint8Array | AsyncIterable<Uint8Array>,
  options: ReadTripletsOptions,
): Promise<Triplets> {
  const parser = new TripletParser(options);
  let [bytes, reported] = [0, 0];
  const report = () => {
    reported = bytes;
    options.progress?.({ bytes, totalBytes: options.totalBytes, lines: parser.lines });
  };
  const count = (piece: Uint8Array) => bytes += piece.length;
  let warnings: readonly string[] = [];
  const plain = { taken: count, warn: (told: readonly string[]) => warnings = told };
  for await (const text of plainPieces(input, `Cannot read ${options.name}`, plain)) {
    parser.push(text);
    if (bytes - reported >= PROGRESS_BYTES) report();
  }
  const columns = parser.end();
  report();
  return { ...columns, name: options.name, warnings };
}

/**
 * Opens and reads a file of triplets; see {@linkcode readTriplets}. The name in messages is `path`
 * unless `name` is given.
 *
 * @throws {InputError} as readTriplets, and when the file cannot be opened
 */
export async function readTripletFile(
  path: string,
  options: Omit<ReadTripletsOptions, "name" | "totalBytes"> & { readonly name?: string } = {},
): Promise<Triplets> {
  const name = options.name ?? path;
  const { openStream } = await import("../files/disk/file_source.ts");
  const { stream, size } = await openStream(path, name);
  return await readTriplets(stream, { ...options, name, totalBytes: size });
}
