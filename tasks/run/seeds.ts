/**
 * The same run with several seeds, in a folder of its own each: how much of a figure is chance.
 *
 * @module
 */
import { FolderLock } from "../../files/disk/folder_lock.ts";
import { whole } from "../../gpu/check.ts";
import { Progress } from "./progress.ts";
import { RunFolder } from "./run_folder.ts";
import type { FolderOptions, TaskDescription } from "./task_run.ts";

/** Mean and deviation of a figure. */
export interface Spread {
  /** Mean of the runs. */
  readonly mean: number;
  /** Standard deviation of the runs, with n - 1. */
  readonly deviation: number;
}

/** Mean and standard deviation of at least two values. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** Figures, and tables of figures by name, with the spread in place of each number. */
export type Spreads<Figures> = {
  [Name in keyof Figures]: NonNullable<Figures[Name]> extends number ? Spread
    : Spreads<NonNullable<Figures[Name]>>;
};

/** What several runs are given. */
export type SeedsOptions<Options> = Options & {
  /** How many, with the seeds `seed`, `seed + 1`, …; at least 2. */
  readonly seeds: number;
};

/** The figures of several runs, as `result.json` holds them. */
export type SeedsResult<Result, Figures> = Spreads<Figures> & {
  /** The seeds; each names synthetic data of its own where the seed of a run does. */
  readonly seeds: readonly number[];
  /** The runs, in the order of their seeds. */
  readonly runs: readonly Result[];
};

/**
 * Runs one seed after another, each in its folder `seed<N>` of `out`, and writes mean and deviation of
 * their figures to `result.json` of `out`. With `resume`, finished runs stay and the rest goes on.
 *
 * @param train one run
 * @param figuresOf the figures of a run whose spread is told, where all runs have them
 * @throws {RangeError} for fewer than two seeds
 */
export async function runSeeds<
  Options extends FolderOptions & { readonly seed: number },
  Result,
  Figures extends object,
>(
  { settings: { task } }: TaskDescription,
  options: SeedsOptions<Options>,
  train: (options: Options) => Promise<Result>,
  figuresOf: (result: Result) => Figures,
): Promise<SeedsResult<Result, Figures>> {
  const { seeds: count, out, seed, progress = new Progress(), resume, force } = options;
  whole("Cannot train several runs", { seeds: count }, 2);
  const settings = { task, seed, seeds: count };
  const access = { resume: resume ?? false, force: force ?? false };
  await FolderLock.refuseTaken(out);
  await RunFolder.check(out, settings, access);
  await using _lock = await FolderLock.take(out);
  const seeds = Array.from({ length: count }, (_, i) => seed + i);
  const runs: Result[] = [];
  for (const each of seeds) {
    progress.line(`seed ${each} (${runs.length + 1} of ${count})`);
    runs.push(await train({ ...options, progress, seed: each, out: `${out}/seed${each}` }));
  }
  const spreads = spreadsOf(runs.map(figuresOf)) as Spreads<Figures>; // of the same names
  const result = { seeds, ...spreads, runs };
  const folder = await RunFolder.open(out, settings, access);
  await folder.writeJson("result.json", result);
  return result;
}

/** The spread of numbers, or of tables the spread by name; nothing where a run lacks them. */
function spreadsOf(values: readonly unknown[]): unknown {
  if (values.every((value) => typeof value === "number")) return spreadOf(values);
  if (!values.every((value) => typeof value === "object" && value !== null)) return undefined;
  const names = Object.keys(values[0]);
  return Object.fromEntries(
    names.map((name) => [name, spreadsOf(values.map((table) => Reflect.get(table, name)))]),
  );
}
