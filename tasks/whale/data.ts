/**
 * The two whale challenges of 2013 on disk: names of files, labels that are checked.
 *
 * - "The Marinexplore and Cornell University Whale Detection Challenge": `train/train1.aiff` to
 *   `train30000.aiff`, `test/test1.aiff` to `test54503.aiff`, labels in `train.csv`.
 * - "The ICML 2013 Whale Challenge - Right Whale Redux": `train2/` and `test2/`, label and time in
 *   the names: `20090328_000000_012s0ms_TRAIN0_0.aif`.
 *
 * A set of clips `S` is a folder `S/` or a zip `S.zip`, in a folder or a zip or below the single top
 * folder of either. Size, name and place of a file are told to nobody but messages: in the Redux
 * challenge they alone gave nearly all labels away.
 *
 * @module
 */
import { SOUND_ENDINGS } from "../../audio/sound_kind.ts";
import { otherCapitals, quoted, someOf } from "../../files/claims.ts";
import { csvRows, separatorHint } from "../../files/csv.ts";
import { type Archive, openArchive, pathIn } from "../../files/disk/archive.ts";
import {
  type FileSet,
  findFile,
  findFileSet,
  openFileSet,
  refuseMissing,
} from "../../files/disk/file_set.ts";
import { readTable } from "../../files/table.ts";
import { InputError } from "../../files/input_error.ts";
import type { Warn } from "../../files/warn.ts";
import { decodeClip } from "./clip.ts";

/** Table of labels of the 2013 challenge. */
export const WHALE_TABLE = "train.csv";

/** Which challenge's names a folder has: `2013` or the later `redux`. */
export type WhaleLayout = "2013" | "redux";

/** Sets of clips by layout. */
const SETS = {
  training: { "2013": "train", redux: "train2" },
  test: { "2013": "test", redux: "test2" },
} as const;

const CLIPS = {
  words: "clips",
  example: "*.aiff",
  endings: [...SOUND_ENDINGS.aiff, ...SOUND_ENDINGS.wav],
};

/** What decides the labelled clips. */
export const TRAINING_FILES = {
  tables: [WHALE_TABLE],
  sets: Object.values(SETS.training),
  kind: CLIPS,
};

/** Names of the Redux challenge: date, time, offset, number, label. */
const REDUX_TRAINING = /^\d{8}_\d{6}_\d+s\d+ms_TRAIN(\d+)_([01])\.\w+$/i;

/** Clips that are read one by one. */
export interface WhaleClips extends Disposable {
  /** Names of the files, by the number in them: in the order of time. */
  readonly names: readonly string[];
  /** What lies beside them and is not taken, in a line for people; empty where all is. */
  readonly leftOut: string;
  /** Path of a clip's file, for messages. */
  fileName(name: string): string;
  /**
   * Reads one clip.
   *
   * @param name One of `names`
   * @param warn Told what of the file was cut off or passed over. Default nobody
   * @returns Samples, `[4000]` at 2000 Hz, full scale -1 to 1
   * @throws {InputError} naming the file when it cannot be read, see `decodeClip`
   */
  read(name: string, warn?: Warn): Promise<Float64Array<ArrayBuffer>>;
}

/** Labelled clips. */
export interface WhaleData extends WhaleClips {
  /** Whose names they have. */
  readonly layout: WhaleLayout;
  /** 1 for clips with a call, 0 for others, in the order of `names`. */
  readonly labels: Uint8Array;
  /** Number of clips without a label row; they are not among `names`. */
  readonly unlabelledCount: number;
}

/**
 * Opens labelled clips: the 2013 layout where there is a `train.csv`, else the one of Redux.
 *
 * @param path Folder or zip
 * @throws {InputError} files that are missing, a table that is damaged, label rows without a clip
 * (the count and up to five names), names without a label
 *
 * @example
 * ```ts
 * import { openWhaleData } from "./data.ts";
 * import { synthesiseWhales } from "./synthesise.ts";
 *
 * const out = await Deno.makeTempDir();
 * await synthesiseWhales({ training: 20, test: 10, seed: 1, out });
 * using data = await openWhaleData(out);
 * const samples = await data.read(data.names[0]);
 * console.log(`${samples.length} samples, label ${data.labels[0]}`);
 * ```
 */
export async function openWhaleData(path: string, warn?: Warn): Promise<WhaleData> {
  using opened = new DisposableStack();
  const archive = opened.use(await openArchive(path, { warn }));
  const table = await findFile(archive, WHALE_TABLE);
  const data = table === undefined
    ? await openRedux(archive, opened)
    : await open2013(archive, table, opened);
  const clips = keepOpen(data.set, data.names, opened.move());
  const { layout, labels, unlabelledCount } = data;
  return { ...clips, layout, labels, unlabelledCount };
}

/**
 * Opens clips to predict: one clip; else `test` or `test2` of the challenges where there is one, else
 * all clips of a plain folder or zip.
 *
 * @param path Folder, zip or file
 * @throws {InputError} when there is neither
 */
export async function openWhaleClips(path: string, warn?: Warn): Promise<WhaleClips> {
  const set = await openFileSet(path, CLIPS, {
    warn,
    sets: Object.values(SETS.test),
    expected: "clips as test/*.aiff, test2/*.aif or right inside",
  });
  return keepOpen(set, byNumber(set.files), set);
}

interface Labelled extends Omit<WhaleData, keyof Disposable | "read" | "leftOut" | "fileName"> {
  readonly set: FileSet;
}

/** Clips that hold their files open until they are closed themselves. */
function keepOpen(set: FileSet, names: readonly string[], files: Disposable): WhaleClips {
  const known = new Set(names);
  return {
    names,
    leftOut: set.leftOut,
    fileName: (name) => set.fileName(name),
    async read(name, warn) {
      const label = set.fileName(name);
      if (!known.has(name)) throw new InputError(`Cannot read ${label}`, "no such clip");
      return decodeClip(await set.read(name), label, warn);
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}

/** The first of several sets that is there; it is closed with `opened`. */
async function findSet(
  archive: Archive,
  sets: readonly string[],
  opened: DisposableStack,
): Promise<FileSet | undefined> {
  for (const set of sets) {
    const found = await findFileSet(archive, set, CLIPS);
    if (found !== undefined) return opened.use(found);
  }
  return undefined;
}

/** By the last number in the name; names without one come first, equal ones by character code. */
function byNumber(names: readonly string[]): string[] {
  const numbers = new Map(names.map((name) => [name, Number(/(\d+)\D*$/.exec(name)?.[1] ?? -1)]));
  return [...names].sort((a, b) => numbers.get(a)! - numbers.get(b)! || (a < b ? -1 : 1));
}

async function open2013(
  archive: Archive,
  table: string,
  opened: DisposableStack,
): Promise<Labelled> {
  const set = await findSet(archive, [SETS.training["2013"]], opened) ??
    await refuseMissing(archive, "the clips as train/*.aiff or train.zip");
  const path = pathIn(archive, table);
  const labelOf = await readLabels(await archive.read(table), path);
  const files = new Set(set.files);
  const missing = [...labelOf.keys()].filter((name) => !files.has(name));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot use ${path}`,
      `${missing.length} of its ${labelOf.size} rows have no clip in ${set.name}: ` +
        someOf(missing) + otherCapitals(missing, set.files),
    );
  }
  const names = byNumber([...labelOf.keys()]);
  return {
    layout: "2013",
    set,
    names,
    labels: Uint8Array.from(names, (name) => labelOf.get(name)!),
    unlabelledCount: set.files.length - names.length,
  };
}

/** Name to label. The first two columns count, whatever they are called. */
async function readLabels(bytes: Uint8Array, path: string): Promise<Map<string, number>> {
  const [idColumn, column] = await firstColumns(bytes, path);
  const { ids, values, lines } = await readTable(bytes, {
    name: path,
    idColumn,
    columns: [column],
    range: { min: 0, max: 1 },
  });
  if (ids.length === 0) throw new InputError(`Cannot use ${path}`, "it has no rows");
  return new Map(ids.map((id, row) => {
    if (values[row] === 0 || values[row] === 1) return [id, values[row]];
    throw new InputError(
      `Cannot read ${path}`,
      `line ${lines[row]}, column ${quoted(column)} is ${values[row]}, expected 0 or 1`,
    );
  }));
}

async function firstColumns(bytes: Uint8Array, path: string): Promise<[string, string]> {
  for await (const { line, cells } of csvRows(bytes, path)) {
    const names = cells.map((cell) => cell.trim());
    if (names.length >= 2) return [names[0], names[1]];
    if (names[0] === "") continue;
    throw new InputError(
      `Cannot read ${path}`,
      `line ${line} is ${quoted(names[0])}, expected two columns, such as clip_name,label` +
        separatorHint(names),
    );
  }
  throw new InputError(`Cannot read ${path}`, "it is empty, expected clip_name,label");
}

async function openRedux(archive: Archive, opened: DisposableStack): Promise<Labelled> {
  const set = await findSet(archive, [SETS.training.redux], opened) ??
    await refuseMissing(archive, `${WHALE_TABLE} with train/*.aiff, or train2/*.aif or train2.zip`);
  const parsed = set.files.map((name) => ({ name, match: REDUX_TRAINING.exec(name) }));
  const odd = parsed.filter(({ match }) => match === null).map(({ name }) => name);
  if (odd.length > 0) {
    throw new InputError(
      `Cannot use ${set.name}`,
      `its names are ${someOf(odd)}, expected names like 20090328_000000_012s0ms_TRAIN0_1.aif ` +
        "(or a train.csv)",
    );
  }
  // The label comes last in these names: the number before it is the order of time.
  parsed.sort((a, b) => Number(a.match![1]) - Number(b.match![1]) || (a.name < b.name ? -1 : 1));
  return {
    layout: "redux",
    set,
    names: parsed.map(({ name }) => name),
    labels: Uint8Array.from(parsed, ({ match }) => Number(match![2])),
    unlabelledCount: 0,
  };
}
