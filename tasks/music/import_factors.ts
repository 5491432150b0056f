/**
 * Factors of plays that were computed elsewhere, or by an earlier run, so that only the audio part
 * runs here. The folder is laid out as `factors/` of a finished run.
 *
 * @module
 */
import { checkChecksums } from "../../files/disk/checksums.ts";
import { exists, regularFile } from "../../files/disk/presence.ts";
import { readText } from "../../files/disk/text_file.ts";
import { InputError } from "../../files/input_error.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { type Interactions, rowLengths } from "../../recsys/interactions.ts";
import { type Factors, knownPlays, type MusicRun, readMatrix } from "./run_files.ts";

/** Largest list of ids that is opened, bytes: 6 million ids of 40 characters. */
const LARGEST_LIST = 2 ** 28;

/** Bytes of the longest head of a .npy file, and of its widest element. */
const [HEAD_BYTES, ELEMENT_BYTES] = [2 ** 16, 8];

/** Factors that stand for a factorisation. */
export interface ImportedFactors {
  /** From plays of songs that are not cold; cold songs have zeros, whatever the folder holds. */
  readonly strict: Factors;
  /** From all plays, where the folder has them. */
  readonly all?: Factors;
  /**
   * Cold songs with factors in the strict table. Whoever made it knew plays of them, which the factors
   * of its listeners then hold too, so that the strict figures leak.
   */
  readonly coldKnown: number;
}

/** Which factors are wanted. */
export interface ImportOptions extends Pick<MusicRun, "songs" | "listeners" | "plays" | "cold"> {
  /** Latent factors, f. */
  readonly factors: number;
}

/**
 * Reads `songs.txt` and `listeners.txt`, ids one a line, `strict_songs.npy` [songs, f] and
 * `strict_listeners.npy` [listeners, f], and where there is `all_songs.npy`, that and
 * `all_listeners.npy`. Floats of 32 or 64 bits, kept in 32. Rows stand in the order of the lists and
 * are put in that of the catalogue; those of other songs and listeners are ignored.
 *
 * Every listener of the catalogue is needed, and every song that has plays of the kind: known ones for
 * `strict`, any for `all`.
 *
 * Where `SHA256SUMS` lies beside them, as in the folder of a run, the files are checked against it.
 *
 * @throws {InputError} when a file is missing, damaged, or larger than its lists say; when an id comes
 * twice or one that is needed does not come, naming how many and the first; when there are other than
 * `factors` columns; when a row that is needed has a number that is not finite
 */
export async function importFactors(
  folder: string,
  { factors, ...wanted }: ImportOptions,
): Promise<ImportedFactors> {
  return chosenFactors(await readFactorFiles(folder, factors), wanted);
}

/** Factors as their files have them, read before it is known which rows are needed. */
export interface FactorFiles {
  /** Of known plays. */
  readonly strict: Readonly<Record<"songs" | "listeners", Table>>;
  /** Of all plays, where there are files of them. */
  readonly all?: Readonly<Record<"songs" | "listeners", Table>>;
}

/** Reads the files that {@linkcode importFactors} takes. @throws {InputError} as it does */
export async function readFactorFiles(folder: string, factors: number): Promise<FactorFiles> {
  const rows = {
    songs: await readIds(`${folder}/songs.txt`),
    listeners: await readIds(`${folder}/listeners.txt`),
  };
  await checkChecksums(folder, ["songs.txt", "listeners.txt"]);
  const table = async (kind: string, list: keyof typeof rows): Promise<Table> => {
    const name = `${kind}_${list}.npy`;
    const path = `${folder}/${name}`;
    const matrix = await readFactors(path, rows[list].size, factors);
    await checkChecksums(folder, [name]);
    return { path, rows: rows[list], matrix };
  };
  const tables = async (kind: string) => ({
    songs: await table(kind, "songs"),
    listeners: await table(kind, "listeners"),
  });
  const hasAll = await exists(`${folder}/all_songs.npy`);
  return { strict: await tables("strict"), ...(hasAll && { all: await tables("all") }) };
}

/** The rows that a catalogue needs. @throws {InputError} as {@linkcode importFactors} does */
export function chosenFactors(
  { strict, all }: FactorFiles,
  { songs, listeners, plays, cold }: Omit<ImportOptions, "factors">,
): ImportedFactors {
  const ids = songs.map(({ id }) => id);
  const played = (some: Interactions) => rowLengths(some.byItem).map((count) => count > 0 ? 1 : 0);
  const chosen = (tables: FactorFiles["strict"], some: Interactions) => ({
    listeners: chosenRows(tables.listeners, listeners),
    songs: chosenRows(tables.songs, ids, played(some)),
  });
  return {
    strict: chosen(strict, knownPlays({ plays, cold })),
    ...(all && { all: chosen(all, plays) }),
    coldKnown: ids.filter((id, song) => cold[song] === 1 && hasFactors(strict.songs, id)).length,
  };
}

/** A file of factors. */
export interface Table {
  readonly path: string;
  /** Row by id. */
  readonly rows: ReadonlyMap<string, number>;
  /** `[rows, f]` */
  readonly matrix: NdArray<Float32Array>;
}

/** Row by id. */
async function readIds(path: string): Promise<Map<string, number>> {
  await checkSize(path, LARGEST_LIST, "a list of ids");
  const lines = (await readText(path)).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const rows = new Map<string, number>();
  for (const [row, line] of lines.entries()) {
    const id = line.normalize("NFC"); // as the names of file sets
    const fault = id === "" ? "is empty, expected an id" : rows.has(id) && `has "${id}" once more`;
    if (fault) throw new InputError(`Cannot read ${path}`, `line ${row + 1} ${fault}`);
    rows.set(id, row);
  }
  return rows;
}

/** Reads `[rows, factors]`; a file that says it is larger is not read. */
async function readFactors(
  path: string,
  rows: number,
  factors: number,
): Promise<NdArray<Float32Array>> {
  const most = HEAD_BYTES + ELEMENT_BYTES * rows * factors;
  await checkSize(path, most, `[${rows}, ${factors}] floats`);
  const matrix = await readMatrix(path, rows);
  const f = matrix.shape[1];
  if (f === factors) return matrix;
  throw new InputError(
    `Cannot use ${path}`,
    `it has ${f} factors, the run ${factors}; --set factors=${f} makes them fit`,
  );
}

async function checkSize(path: string, most: number, what: string): Promise<void> {
  const { size } = await regularFile(path, `Cannot read ${path}`);
  if (size <= most) return;
  throw new InputError(
    `Cannot read ${path}`,
    `it has ${size} bytes, expected at most ${most} for ${what}`,
  );
}

/** Rows of ids in their order; zeros for those that are not needed. */
function chosenRows(
  { path, rows, matrix: { shape: [, f], data } }: Table,
  ids: readonly string[],
  needed?: ArrayLike<number>,
): NdArray<Float32Array> {
  const wanted = ids.filter((_, at) => needed?.[at] !== 0);
  const missing = wanted.filter((id) => !rows.has(id));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot use ${path}`,
      `${missing.length} of the ${wanted.length} ids that are needed are missing, the first is ` +
        `"${missing[0]}"`,
    );
  }
  const chosen = new Float32Array(ids.length * f);
  for (const [at, id] of ids.entries()) {
    if (needed?.[at] === 0) continue;
    const row = rows.get(id)!;
    const values = data.subarray(row * f, (row + 1) * f);
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      throw new InputError(
        `Cannot use ${path}`,
        `row ${row}, of "${id}", has ${wrong}, expected finite numbers within 32 bits`,
      );
    }
    chosen.set(values, at * f);
  }
  return ndarray([ids.length, f], chosen);
}

/** Whether an id has a row other than zeros. */
function hasFactors({ rows, matrix: { shape: [, f], data } }: Table, id: string): boolean {
  const row = rows.get(id);
  return row !== undefined && data.subarray(row * f, (row + 1) * f).some((value) => value !== 0);
}
