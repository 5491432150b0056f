/**
 * The same run with several seeds: how much of a figure is chance.
 *
 * @module
 */
import { runSeeds } from "../run/seeds.ts";
import { type Spread, spreadOf } from "../run/spread.ts";
import { type MusicResult, ROW_NAMES, type RowName } from "./result.ts";
import { type MusicTrainOptions, trainMusic } from "./train.ts";

/** What several runs are given. */
export interface MusicSeedsOptions extends MusicTrainOptions {
  /** How many, with the seeds `seed`, `seed + 1`, …; at least 2. */
  readonly seeds: number;
}

/** The figures of several runs, as `result.json` holds them. */
export interface MusicSeedsResult {
  /** The seeds; each names synthetic songs and listeners of its own. */
  readonly seeds: readonly number[];
  /** Mean average precision of the network. */
  readonly map: Spread;
  /** Its area under the ROC curve. */
  readonly auc: Spread;
  /** All rows. */
  readonly rows: Readonly<
    Partial<Record<RowName, { readonly map: Spread; readonly auc: Spread }>>
  >;
  /** The runs, in the order of their seeds. */
  readonly runs: readonly MusicResult[];
}

/**
 * Runs one seed after another, each in its folder `seed<N>` of `out`, and writes mean and deviation of
 * their figures to `out`. With `resume`, finished runs stay and the rest goes on.
 *
 * @throws {RangeError} for fewer than two seeds
 */
export async function trainMusicSeeds(options: MusicSeedsOptions): Promise<MusicSeedsResult> {
  return await runSeeds("music", options, trainMusic, spreads);
}

function spreads(runs: readonly MusicResult[]): Omit<MusicSeedsResult, "seeds" | "runs"> {
  const of = (figure: (run: MusicResult) => number) => spreadOf(runs.map(figure));
  const names = ROW_NAMES.filter((name) => runs.every(({ rows }) => rows[name]));
  return {
    map: of(({ map }) => map),
    auc: of(({ auc }) => auc),
    rows: Object.fromEntries(names.map((name) => [name, {
      map: of(({ rows }) => rows[name]!.map),
      auc: of(({ rows }) => rows[name]!.auc),
    }])),
  };
}
