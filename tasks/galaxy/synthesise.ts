/**
 * Synthetic galaxies on disk, laid out like Kaggle's Galaxy Challenge.
 *
 * @module
 */
import { writeTable } from "../../files/table.ts";
import { type WriteFile, writeSet } from "../../files/disk/write_set.ts";
import type { Hooks } from "../../gpu/fitting.ts";
import { take } from "../../gpu/rows.ts";
import { TRAINING_IMAGES, TRAINING_TABLE } from "./data.ts";
import { ANSWER_COLUMNS, ID_COLUMN } from "./questions.ts";
import { type GalaxyStreamOptions, streamGalaxies } from "./synthetic/stream.ts";

/** The table of what infinitely many volunteers would have voted; Kaggle has no such file. */
export const IDEAL_TABLE = "ideal_probabilities.csv";

/** Options of {@linkcode synthesiseGalaxies}. */
export interface SynthesiseGalaxiesOptions extends GalaxyStreamOptions, Hooks {
  /** Folder to write to; made where it is missing. */
  readonly out: string;
  /** Replaces what is there already instead of refusing. Default false. */
  readonly force?: boolean;
}

/** What was written. */
export interface SynthesisedGalaxies {
  /** Ids in the order of their indices. */
  readonly ids: readonly string[];
  /** Votes `[count, 37]` in that order. */
  readonly targets: Float64Array;
  /** What infinitely many volunteers would have voted, `[count, 37]`. */
  readonly ideals: Float64Array;
}

/**
 * Writes `images_training_rev1/<id>.jpg`, `training_solutions_rev1.csv` and
 * `ideal_probabilities.csv` into a folder. The same seed gives the same files whatever the number of
 * workers. The pictures are collected in a folder of another name, which takes its own when all are
 * there; the tables come last, so that a folder with a table is a whole one.
 *
 * @throws {InputError} when one of the three is there already and `force` is not set
 * @throws {RangeError} for a count, index or number of workers out of range
 *
 * @example
 * ```ts
 * import { synthesiseGalaxies } from "./synthesise.ts";
 *
 * const out = await Deno.makeTempDir();
 * await synthesiseGalaxies({ count: 2, seed: 1, out, workers: 1 });
 * ```
 */
export async function synthesiseGalaxies(
  options: SynthesiseGalaxiesOptions,
): Promise<SynthesisedGalaxies> {
  let made: SynthesisedGalaxies | undefined;
  const texts = [TRAINING_TABLE, IDEAL_TABLE];
  await writeSet(
    { ...options, what: "galaxies", folders: [TRAINING_IMAGES], texts },
    async (write) => {
      made = await writeImages(options, write);
      return tables(made);
    },
  );
  return made!;
}

async function writeImages(
  options: SynthesiseGalaxiesOptions,
  write: WriteFile,
): Promise<SynthesisedGalaxies> {
  const { count, signal, progress } = options;
  const width = ANSWER_COLUMNS.length;
  const ids: string[] = [];
  const galaxies = streamGalaxies(options, "jpeg");
  let targets = new Float64Array(0);
  let ideals = new Float64Array(0);
  for await (const { id, bytes, target, ideal } of galaxies) {
    signal?.throwIfAborted();
    if (ids.length === 0) { // only now is the count known to be a sound one
      targets = new Float64Array(count * width);
      ideals = new Float64Array(count * width);
    }
    targets.set(target, ids.length * width);
    ideals.set(ideal, ids.length * width);
    await write(TRAINING_IMAGES, `${id}.jpg`, bytes);
    ids.push(id);
    progress?.(ids.length, count);
  }
  return { ids, targets, ideals };
}

/**
 * The tables by name, the one that makes a folder a whole one last. Kaggle's are in the order of their
 * ids.
 */
function tables({ ids, targets, ideals }: SynthesisedGalaxies): [string, string][] {
  const columns = { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS, digits: 9 };
  const order = ids.map((_, i) => i).sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
  const sorted = order.map((i) => ids[i]);
  const shape = [ids.length, ANSWER_COLUMNS.length];
  const text = (data: Float64Array) =>
    writeTable(sorted, take({ shape, data }, order).data, columns);
  return [[IDEAL_TABLE, text(ideals)], [TRAINING_TABLE, text(targets)]];
}
