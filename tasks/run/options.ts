/**
 * The options that commands have in common, for the tables of `command`.
 *
 * @module
 */
import { flag, oneOf, path, resolvePath, whole } from "./value.ts";

/** Every command has these. */
export const COMMON = {
  json: flag("print the result as one line of JSON"),
  help: flag("this text"),
};

/** Seed of everything random. */
export const SEED = {
  seed: whole(0, Infinity, "seed of everything random; same seed, same adapter: same bits").or(1),
};

/** What may happen to what is in `--out`. */
export const FORCE = { force: flag("overwrite what is in --out") };

/** What a run that is there already may become. */
export const RESUME = {
  resume: flag("go on with an interrupted run; it ends in the same bits"),
  ...FORCE,
};

/** What becomes of bad files. */
export const ON_BAD = {
  onBad: oneOf(["stop", "skip"], "stop at the first bad file, or skip and list bad ones")
    .or("stop"),
};

/** Where what can be made again is kept. */
export const CACHE = {
  cache: path("DIR", "folder of what was decoded or synthesised before").or("cache"),
};

/** The run that a command asks. */
export const RUN = { run: path("DIR", "folder of a finished run").needed() };

/** How often a run is made. */
export const SEEDS = {
  seeds: whole(
    2,
    Infinity,
    "so many runs, with one seed after another from --seed: mean, deviation",
  ),
};

/** The folder of a run that was given no `--out`: `runs/<name>-<preset>-<seed>`. */
export function defaultOut(
  from: string,
  name: string,
  { preset, seed, seeds }: {
    readonly preset: string;
    readonly seed: number;
    readonly seeds?: number;
  },
): string {
  const last = seeds ? `-to-${seed + seeds - 1}` : "";
  return resolvePath(from, `runs/${name}-${preset}-${seed}${last}`);
}
