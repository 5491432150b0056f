/**
 * Which galaxies of a run train and which are held out.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { fold, key, permutation } from "../../gpu/random.ts";
import type { RunOptions } from "../run/task_run.ts";
import {
  consecutiveSplit,
  foldAssignment,
  foldSplit,
  scoredRows,
  type Split,
} from "../study/split.ts";
import { decisionsOf, type GalaxyConfig } from "./config.ts";
import { type Galaxies, skySplit } from "./galaxies.ts";
import type { StartingPoint } from "./start.ts";

/** What decides the splits. */
type SplitOptions = Pick<RunOptions<GalaxyConfig>, "data" | "config" | "seed"> & {
  readonly folds?: number;
  readonly unseen?: boolean;
};

const ATTEMPT = "Cannot split the galaxies";

/**
 * The splits of a run: those of a cross-validation, the parts of a synthetic sky, or the last
 * galaxies of real data. What is scored never decides: where the galaxies watched while training do
 * ({@linkcode decisionsOf}), or trials of a search compare them, others are scored.
 *
 * @param count number of galaxies
 * @throws {InputError} when a part that is needed would be empty
 */
export function splitsOf(options: SplitOptions, count: number): Split[] {
  const { data, config, unseen } = options;
  const decisions = [...decisionsOf(config), ...(unseen ? ["which trial is best"] : [])];
  const splits = options.folds ? foldSplits(options, options.folds, count) : [
    data === undefined ? skySplit(config) : dataSplit(config, count),
  ];
  for (const { train, validation } of splits) {
    if (!train.length) throw new InputError(ATTEMPT, `${count} galaxies leave none to train on`);
    if (validation.length || !decisions.length) continue;
    const part = data === undefined
      ? `skyValidation is ${config.skyValidation}`
      : `validation is ${config.validation} of ${count} galaxies`;
    throw new InputError(ATTEMPT, `${part}, expected some to decide ${decisions.join(" and ")}`);
  }
  if (!unseen) return splits;
  return splits.map((split) => ({ ...split, test: new Uint32Array(0) }));
}

/** Rows of real data: to train on, then to watch, then to score. */
function dataSplit(config: GalaxyConfig, count: number): Split {
  const scored = Math.floor(count * config.test);
  const watched = Math.floor(count * config.validation);
  const { train, validation, test } = consecutiveSplit(
    Math.max(0, count - watched - scored),
    watched,
    scored,
  );
  const isKept = config.test > 0 || decisionsOf(config).length > 0;
  return isKept ? { train, validation, test } : { train, validation };
}

/** The folds of a cross-validation; where something is to be decided, by the last of the others. */
function foldSplits({ config, seed }: SplitOptions, folds: number, count: number): Split[] {
  if (folds > count) throw new InputError(ATTEMPT, `${folds} folds of ${count} galaxies`);
  const order = permutation(fold(key(seed), "folds"), count);
  const assignment = foldAssignment(count, folds, order);
  return Array.from({ length: folds }, (_, i) => {
    const { train, validation: heldOut } = foldSplit(assignment, i);
    if (!decisionsOf(config).length) return { train, validation: heldOut };
    const end = train.length - Math.floor(train.length * config.validation);
    return { train: train.subarray(0, end), validation: train.subarray(end), test: heldOut };
  });
}

/**
 * Refuses a start that knows galaxies which are to be held out: their score would say nothing.
 *
 * @throws {InputError} naming one of them
 */
export function refuseKnown(
  { start, learnt, skySeed }: StartingPoint,
  { store }: Galaxies,
  splits: readonly Split[],
  { data, config }: SplitOptions,
): void {
  // Of another sky, the same id is another galaxy.
  if (skySeed !== (data === undefined ? config.skySeed : undefined)) return;
  const heldOut = splits.flatMap((split) => [...split.validation, ...scoredRows(split)]);
  const known = heldOut
    .filter((row) => learnt.ids.has(store.ids[row]) || learnt.pixels.has(store.checksums[row]))
    .map((row) => store.ids[row]);
  if (!known.length) return;
  throw new InputError(
    `Cannot start from ${start.run}`,
    `it learnt from ${known.length} of the galaxies held out here, such as ${known[0]}; start a ` +
      "fold from the same fold of a cross-validation, or from a run on other galaxies",
  );
}
