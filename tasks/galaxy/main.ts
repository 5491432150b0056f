/**
 * `deno task galaxy`: the command line of the galaxy task.
 *
 * @module
 */
import { command, runProgram } from "../run/command.ts";
import { CACHE, defaultOut, FORCE, ON_BAD, RESUME, RUN, SEED, SEEDS } from "../run/options.ts";
import type { Program } from "../run/program.ts";
import { Progress } from "../run/progress.ts";
import { configOf, settingOptions } from "../run/settings.ts";
import { oneOf, path, whole } from "../run/value.ts";
import { searchCommand } from "../study/search_command.ts";
import { TRANSFORM_COUNTS } from "./averaging.ts";
import { GALAXY_SETTINGS } from "./config.ts";
import { evaluateGalaxies } from "./evaluate.ts";
import { predictGalaxies } from "./predict.ts";
import { problem } from "./search_problem.ts";
import { synthesiseGalaxies } from "./synthesise.ts";
import { evaluationTable, resultTable, seedsTable } from "./table.ts";
import { trainGalaxy, trainGalaxySeeds } from "./train.ts";

const DATA = {
  data: path(
    "PATH",
    "Kaggle's folder or zip, images_training_rev1 with training_solutions_rev1.csv",
  ),
};

const TRANSFORMS = {
  transforms: oneOf(
    TRANSFORM_COUNTS,
    "1, or 60: means over so many zoomed, turned and mirrored copies, which take 60 times as long",
  ),
};

const train = command({
  about: "trains a network and scores it on galaxies held out: the whole challenge",
  details: `\
Trains on Kaggle's labelled galaxies (the last tenth is only scored, the tenth before it watched),
or without --data on synthetic ones, which it makes once and keeps in --cache. Writes a run folder:
config.json, metrics.jsonl, checkpoint.safetensors, predictions.csv, result.json, and report.html to
open in a browser.
Ctrl-C, SIGTERM and SIGHUP save a checkpoint; --resume goes on with it.`,
  options: {
    ...DATA,
    ...settingOptions(GALAXY_SETTINGS),
    ...SEED,
    ...SEEDS,
    out: path("DIR", "folder of the run; default runs/galaxy-PRESET-SEED"),
    folds: whole(2, Infinity, "cross-validation in so many parts instead of a held-out tenth"),
    ...TRANSFORMS,
    init: path("RUN", "start from the weights of an earlier run of the same network: fine-tuning"),
    ...RESUME,
    ...ON_BAD,
    ...CACHE,
  },
  run: async (line, { signal, from }) => {
    const { seeds, out = defaultOut(from, "galaxy", line) } = line;
    const options = { ...line, config: configOf(GALAXY_SETTINGS, line), out, signal };
    if (seeds) {
      const result = await trainGalaxySeeds({ ...options, seeds });
      return { json: { ...result, out }, text: seedsTable(result, out) };
    }
    const result = await trainGalaxy(options);
    return { json: { ...result, out }, text: resultTable(result, out) };
  },
});

const predict = command({
  about: "applies a run to images without labels, in Kaggle's submission format",
  options: {
    ...RUN,
    data: path("PATH", "a JPEG of 424 x 424 pixels, a folder or zip of them, or Kaggle's").needed(),
    out: path("FILE.csv", "the table to write").needed(),
    ...TRANSFORMS,
    ...ON_BAD,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const result = await predictGalaxies({ ...line, signal });
    return { json: result, text: `${result.count} galaxies predicted: ${line.out}` };
  },
});

const evaluate = command({
  about: "scores a run on labelled galaxies that it was not trained on",
  details: "Without --data it scores on the test galaxies of the run's synthetic sky.",
  options: { ...RUN, ...DATA, ...TRANSFORMS, ...ON_BAD, ...CACHE },
  run: async (line, { signal }) => {
    const result = await evaluateGalaxies({ ...line, signal });
    return { json: result, text: evaluationTable(result) };
  },
});

const synthesise = command({
  about: "writes synthetic galaxies with simulated votes in Kaggle's layout",
  options: {
    count: whole(1, Infinity, "galaxies to make").needed(),
    out: path("DIR", "the folder to write").needed(),
    ...SEED,
    ...FORCE,
  },
  run: async ({ count, out, seed, force }, { signal }) => {
    const shown = new Progress();
    const progress = (done: number, total: number) => shown.update(`galaxy ${done} of ${total}`);
    await synthesiseGalaxies({ count, seed, out, force, signal, progress });
    shown.line(`${count} galaxies made`);
    return { json: { count, seed, out }, text: `${count} synthetic galaxies: ${out}` };
  },
});

const search = searchCommand(problem, {
  about: "looks for good settings: learning rate, dropout, augmentation",
  details: "The error of the galaxies watched while training decides.",
  settings: GALAXY_SETTINGS,
  ...DATA,
  trials: 12,
  rounds: 2,
});

/** The program. */
export const program: Program = {
  name: "galaxy",
  about: "Galaxy morphology from photographs: the 37 answers of the Galaxy Zoo tree.",
  details: `\
examples
  deno task galaxy --set steps=1000 --set merge=mean
  deno task galaxy train --data galaxy-zoo.zip --preset paper --folds 5
  deno task galaxy predict --run runs/galaxy-small-1 --data images_test_rev1.zip --out test.csv`,
  commands: { train, search, predict, evaluate, synthesise },
  settings: [GALAXY_SETTINGS],
};

if (import.meta.main) await runProgram(program);
