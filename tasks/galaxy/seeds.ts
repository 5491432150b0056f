/**
 * The same run with several seeds: how much of a figure is chance.
 *
 * @module
 */
import { runSeeds } from "../run/seeds.ts";
import { type Spread, spreadOf } from "../run/spread.ts";
import type { GalaxyResult } from "./result.ts";
import { type GalaxyTrainOptions, trainGalaxy } from "./train.ts";

/** What several runs are given. */
export interface GalaxySeedsOptions extends GalaxyTrainOptions {
  /** How many, with the seeds `seed`, `seed + 1`, …; at least 2. */
  readonly seeds: number;
}

/** The figures of several runs, as `result.json` holds them. */
export interface GalaxySeedsResult {
  /** The seeds. */
  readonly seeds: readonly number[];
  /** Error of the network, as of each run; absent when nothing was held out. */
  readonly rmse?: Spread;
  /** Errors of the baselines; where all runs hold out the same galaxies they do not vary. */
  readonly baselines?: Readonly<Record<string, Spread>>;
  /** Error of the network divided by that of the pixel ridge. */
  readonly ratioToPixelRidge?: Spread;
  /** The runs, in the order of their seeds. */
  readonly runs: readonly GalaxyResult[];
}

/**
 * Trains one run after another, each in its folder `seed<N>` of `out`, and writes the mean and the
 * deviation of their figures to `out`. With `resume`, finished runs stay and the rest goes on.
 *
 * @throws {RangeError} for fewer than two seeds
 */
export async function trainGalaxySeeds(options: GalaxySeedsOptions): Promise<GalaxySeedsResult> {
  return await runSeeds("galaxy", options, trainGalaxy, spreads);
}

function spreads(runs: readonly GalaxyResult[]): Omit<GalaxySeedsResult, "seeds" | "runs"> {
  const of = (figure: (run: GalaxyResult) => number | undefined) => {
    const values = runs.map(figure).filter((value) => value !== undefined);
    return values.length === runs.length ? spreadOf(values) : undefined;
  };
  const baselines = Object.keys(runs[0].baselines ?? {}).flatMap((name) => {
    const spread = of(({ baselines }) => baselines?.[name as "mean"]);
    return spread ? [[name, spread]] : [];
  });
  return {
    rmse: of(({ rmse }) => rmse),
    baselines: Object.fromEntries(baselines),
    ratioToPixelRidge: of(({ ratioToPixelRidge }) => ratioToPixelRidge),
  };
}
