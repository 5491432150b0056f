/**
 * The same run with several seeds: how much of a figure is chance.
 *
 * @module
 */
import { runSeeds } from "../run/seeds.ts";
import { type Spread, spreadOf } from "../run/spread.ts";
import { BASELINE_NAMES } from "./baselines.ts";
import { CLASSIFIERS } from "./config.ts";
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
  return await runSeeds("whale", options, trainWhale, spreads);
}

function spreads(runs: readonly WhaleResult[]): Omit<WhaleSeedsResult, "seeds" | "runs"> {
  const of = (figure: (run: WhaleResult) => number) => spreadOf(runs.map(figure));
  const names = CLASSIFIERS.filter((name) => runs[0].blend[name]);
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
