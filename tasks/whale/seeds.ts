/**
 * The same run with several seeds: how much of a figure is chance.
 *
 * @module
 */
import { Progress } from "../progress.ts";
import { RunFolder } from "../run.ts";
import { type Spread, spreadOf } from "../spread.ts";
import { BASELINE_NAMES } from "./baselines.ts";
import type { ClassifierName } from "./config.ts";
import type { WhaleResult } from "./result.ts";
import { trainWhale, type WhaleTrainOptions } from "./train.ts";

/** What several runs are given. */
export interface WhaleSeedsOptions extends WhaleTrainOptions {
  /** How many, with the seeds `seed`, `seed + 1`, …; at least 2. */
  readonly seeds: number;
}

/** The figures of several runs, as `result.json` holds them. */
export interface WhaleSeedsResult {
  /** The seeds; each names synthetic recordings of its own. */
  readonly seeds: readonly number[];
  /** Area of the blend, as of each run. */
  readonly auc: Spread;
  /** Areas of the baselines. */
  readonly baselines: Readonly<Record<string, Spread>>;
  /** Areas of the first member, by classifier. */
  readonly single: Readonly<Record<string, Spread>>;
  /** Areas of the blend, by classifier. */
  readonly blend: Readonly<Record<string, Spread>>;
  /** The runs, in the order of their seeds. */
  readonly runs: readonly WhaleResult[];
}

/**
 * Runs one seed after another, each in its folder `seed<N>` of `out`, and writes mean and deviation of
 * their figures to `out`. With `resume`, finished runs stay and the rest goes on.
 *
 * @throws {RangeError} for fewer than two seeds
 */
export async function trainWhaleSeeds(options: WhaleSeedsOptions): Promise<WhaleSeedsResult> {
  const { seeds: count, out, seed, progress = new Progress(), resume, force } = options;
  if (!Number.isInteger(count) || count < 2) {
    throw new RangeError(`Cannot train ${count} seeds: expected a whole number of at least 2`);
  }
  const settings = { task: "whale", seed, seeds: count };
  const runs = { resume: resume ?? false, force: force ?? false };
  await RunFolder.check(out, settings, runs);
  const results: WhaleResult[] = [];
  for (let i = 0; i < count; i++) {
    progress.line(`seed ${seed + i} (${i + 1} of ${count})`);
    const own = { ...options, progress, seed: seed + i, out: `${out}/seed${seed + i}` };
    results.push(await trainWhale(own));
  }
  const result = { ...spreads(results), seeds: results.map((_, i) => seed + i), runs: results };
  const folder = await RunFolder.open(out, settings, runs);
  await folder.writeJson("result.json", result);
  return result;
}

function spreads(runs: readonly WhaleResult[]): Omit<WhaleSeedsResult, "seeds" | "runs"> {
  const of = (figure: (run: WhaleResult) => number) => spreadOf(runs.map(figure));
  const names = Object.keys(runs[0].blend) as ClassifierName[];
  return {
    auc: of(({ auc }) => auc),
    baselines: Object.fromEntries(
      BASELINE_NAMES.map((name) => [name, of(({ baselines }) => baselines[name].auc)]),
    ),
    single: Object.fromEntries(
      names.map((name) => [name, of(({ single }) => single[name]!.auc)]),
    ),
    blend: Object.fromEntries(names.map((name) => [name, of(({ blend }) => blend[name]!.auc)])),
  };
}
