/**
 * `deno task galaxy`: the command line of the galaxy task.
 *
 * @module
 */
import { type CommandLine, UsageError } from "../run/cli.ts";
import { runTask, type TaskCommand, type TaskCommands } from "../run/command.ts";
import { Progress } from "../run/progress.ts";
import { searchCommand } from "../study/search_command.ts";
import { TRANSFORM_COUNTS } from "./averaging.ts";
import { galaxyConfig } from "./config.ts";
import { evaluateGalaxies } from "./evaluate.ts";
import { GALAXY_HELP } from "./help.ts";
import { predictGalaxies } from "./predict.ts";
import { problem } from "./search_problem.ts";
import { synthesiseGalaxies } from "./synthesise.ts";
import { trainGalaxySeeds } from "./seeds.ts";
import { evaluationTable, resultTable, seedsTable } from "./table.ts";
import { trainGalaxy } from "./train.ts";

const NO_RUN = "--run is missing: name the folder of a trained run";

/** Said before anything long begins. */
function checkTransforms({ transforms }: CommandLine): void {
  if (transforms === undefined || TRANSFORM_COUNTS.includes(transforms)) return;
  throw new UsageError(
    `--transforms must be ${TRANSFORM_COUNTS.join(" or ")}, got "${transforms}"`,
  );
}

const train: TaskCommand = {
  options: [
    "data",
    "preset",
    "seed",
    "seeds",
    "out",
    "folds",
    "transforms",
    "init",
    "resume",
    "force",
    "on-bad",
    "cache",
    "set",
  ],
  run: async (line, { signal }) => {
    const config = galaxyConfig(line);
    checkTransforms(line);
    const { data, seed, cache, folds, transforms, init, resume, force, onBad, seeds } = line;
    const out = line.out ?? line.defaultOut("galaxy");
    const options = { data, config, seed, out, cache, folds, transforms, init, resume, force };
    if (seeds) {
      const result = await trainGalaxySeeds({ ...options, onBad, signal, seeds });
      return { json: { ...result, out }, text: seedsTable(result, out) };
    }
    const result = await trainGalaxy({ ...options, onBad, signal });
    return { json: { ...result, out }, text: resultTable(result, out) };
  },
};

const predict: TaskCommand = {
  options: ["run", "data", "out", "on-bad", "transforms"],
  run: async (line, { signal }) => {
    const { run, data, out, onBad, transforms } = line;
    if (!run) throw new UsageError(NO_RUN);
    if (!data) throw new UsageError("--data is missing: name a folder or zip of JPEGs");
    if (!out) throw new UsageError("--out is missing: name the CSV file to write");
    checkTransforms(line);
    const result = await predictGalaxies({ run, data, out, onBad, transforms, signal });
    return { json: result, text: `${result.count} galaxies predicted: ${out}` };
  },
};

const evaluate: TaskCommand = {
  options: ["run", "data", "cache", "on-bad", "transforms"],
  run: async (line, { signal }) => {
    const { run, data, cache, onBad, transforms } = line;
    if (!run) throw new UsageError(NO_RUN);
    checkTransforms(line);
    const result = await evaluateGalaxies({ run, data, cache, onBad, transforms, signal });
    return { json: result, text: evaluationTable(result) };
  },
};

const synthesise: TaskCommand = {
  options: ["count", "out", "seed", "force"],
  run: async (line, { signal }) => {
    const { count, out, seed, force } = line;
    if (!count) throw new UsageError("--count is missing: say how many galaxies to make");
    if (!out) throw new UsageError("--out is missing: name the folder to write");
    const shown = new Progress();
    const progress = (done: number, total: number) => shown.update(`galaxy ${done} of ${total}`);
    await synthesiseGalaxies({ count, seed, out, force, signal, progress });
    shown.line(`${count} galaxies made`);
    return { json: { count, seed, out }, text: `${count} synthetic galaxies: ${out}` };
  },
};

const search = searchCommand(problem, { config: galaxyConfig, trials: 12, rounds: 2 });

const commands: TaskCommands = { train, search, predict, evaluate, synthesise };

if (import.meta.main) await runTask("galaxy", commands, GALAXY_HELP);
