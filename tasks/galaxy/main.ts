/**
 * `deno task galaxy`: the command line of the galaxy task.
 *
 * @module
 */
import { UsageError } from "../cli.ts";
import { runTask, type TaskCommands } from "../command.ts";
import { Progress } from "../progress.ts";
import { galaxyConfig } from "./config.ts";
import { evaluateGalaxies } from "./evaluate.ts";
import { GALAXY_HELP } from "./help.ts";
import { predictGalaxies } from "./predict.ts";
import { synthesiseGalaxies } from "./synthesise.ts";
import { evaluationTable, resultTable } from "./table.ts";
import { trainGalaxy } from "./train.ts";

const NO_DATA = "--data is missing: name Kaggle's galaxy folder or zip";

const commands: TaskCommands = {
  train: async (line, { signal }) => {
    const config = galaxyConfig(line);
    if (!line.data) throw new UsageError(NO_DATA);
    const out = line.out ?? line.defaultOut("galaxy");
    const { data, seed, cache, folds, resume, force, onBad } = line;
    const result = await trainGalaxy({
      data,
      config,
      seed,
      out,
      cache,
      folds,
      resume,
      force,
      onBad,
      signal,
    });
    return { json: { ...result, out }, text: resultTable(result, out) };
  },
  predict: async (line, { signal }) => {
    const { run, data, out, onBad } = line;
    if (!run) throw new UsageError("--run is missing: name the folder of a trained run");
    if (!data) throw new UsageError("--data is missing: name a folder or zip of JPEGs");
    if (!out) throw new UsageError("--out is missing: name the CSV file to write");
    const result = await predictGalaxies({ run, data, out, onBad, signal });
    return { json: result, text: `${result.count} galaxies predicted: ${out}` };
  },
  evaluate: async (line, { signal }) => {
    const { run, data, cache, onBad } = line;
    if (!run) throw new UsageError("--run is missing: name the folder of a trained run");
    if (!data) throw new UsageError(NO_DATA);
    const result = await evaluateGalaxies({ run, data, cache, onBad, signal });
    return { json: result, text: evaluationTable(result) };
  },
  synthesise: async (line, { signal }) => {
    const { count, out, seed, force } = line;
    if (!count) throw new UsageError("--count is missing: say how many galaxies to make");
    if (!out) throw new UsageError("--out is missing: name the folder to write");
    const shown = new Progress();
    const progress = (done: number, total: number) => shown.update(`galaxy ${done} of ${total}`);
    await synthesiseGalaxies({ count, seed, out, force, signal, progress });
    return { json: { count, seed, out }, text: `${count} synthetic galaxies: ${out}` };
  },
};

if (import.meta.main) await runTask("galaxy", commands, GALAXY_HELP);
