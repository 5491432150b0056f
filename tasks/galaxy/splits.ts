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
import type { GalaxyConfig } from "./config.ts";
import { type Galaxies, skySplit } from "./galaxies.ts";
import type { StartingPoint } from "./start.ts";

/** What decides the splits. */
type SplitOptions = Pick<RunOptions<GalaxyConfig>, "data" | "config" | "seed"> & {
  readonly folds?: number;
};

/**
 * The splits of a run: those of a cross-validation, the parts of a synthetic sky, or the last
 * galaxies of real data.
 *
 * @param count number of galaxies
 */
export function splitsOf({ data, config, folds, seed }: SplitOptions, count: number): Split[] {
  if (folds) {
    if (folds > count) {
      throw new InputError("Cannot cross-validate", `${folds} folds of ${count} galaxies`);
    }
    const order = permutation(fold(key(seed), "folds"), count);
    const assignment = foldAssignment(count, folds, order);
    return Array.from({ length: folds }, (_, i) => foldSplit(assignment, i));
  }
  if (data === undefined) return [skySplit(config)];
  const heldOut = Math.floor(count * config.validation);
  if (count - heldOut < 1) {
    throw new InputError("Cannot train", `${count} galaxies leave none to train on`);
  }
  const { train, validation } = consecutiveSplit(count - heldOut, heldOut, 0);
  return [{ train, validation }];
}

/**
 * Refuses a start that knows galaxies which are to be held out: their score would say nothing.
 *
 * @throws {InputError} naming one of them
 */
export function refuseKnown(
  { start, trainedOn, skySeed }: StartingPoint,
  { store }: Galaxies,
  splits: readonly Split[],
  { data, config }: SplitOptions,
): void {
  // Of another sky, the same id is another galaxy.
  if (skySeed !== (data === undefined ? config.skySeed : undefined)) return;
  const heldOut = splits.flatMap((split) => [...split.validation, ...scoredRows(split)]);
  const known = heldOut.map((row) => store.ids[row]).filter((id) => trainedOn.has(id));
  if (!known.length) return;
  throw new InputError(
    `Cannot start from ${start.run}`,
    `it was trained on ${known.length} of the galaxies held out here, such as ${
      known[0]
    }; start a ` +
      "fold from the same fold of a cross-validation, or from a run on other galaxies",
  );
}
