/**
 * The same run with several seeds, in a folder of its own each.
 *
 * @module
 */
import { Progress } from "./progress.ts";
import { RunFolder } from "./run_folder.ts";

/** What several runs are given; their tasks add more. */
export interface SeedsOptions {
  /** How many, with the seeds `seed`, `seed + 1`, …; at least 2. */
  readonly seeds: number;
  /** The first seed. */
  readonly seed: number;
  /** Folder of them all; a run's is `seed<N>` in it. */
  readonly out: string;
  /** Finished runs stay and the rest goes on. */
  readonly resume?: boolean;
  /** Overwrite what is in `out`. */
  readonly force?: boolean;
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
}

/**
 * Runs one seed after another and writes what they have in common to `result.json` of `out`.
 *
 * @param run one run
 * @param summarise the figures of all of them
 * @throws {RangeError} for fewer than two seeds
 */
export async function runSeeds<Options extends SeedsOptions, Result, Summary extends object>(
  task: string,
  options: Options,
  run: (options: Options) => Promise<Result>,
  summarise: (runs: readonly Result[]) => Summary,
): Promise<{ readonly seeds: number[]; readonly runs: Result[] } & Summary> {
  const { seeds: count, out, seed, progress = new Progress(), resume, force } = options;
  if (!Number.isInteger(count) || count < 2) {
    throw new RangeError(`Cannot train ${count} seeds: expected a whole number of at least 2`);
  }
  const settings = { task, seed, seeds: count };
  const access = { resume: resume ?? false, force: force ?? false };
  await RunFolder.check(out, settings, access);
  const seeds = Array.from({ length: count }, (_, i) => seed + i);
  const runs: Result[] = [];
  for (const each of seeds) {
    progress.line(`seed ${each} (${runs.length + 1} of ${count})`);
    runs.push(await run({ ...options, progress, seed: each, out: `${out}/seed${each}` }));
  }
  const result = { seeds, ...summarise(runs), runs };
  const folder = await RunFolder.open(out, settings, access);
  await folder.writeJson("result.json", result);
  return result;
}
