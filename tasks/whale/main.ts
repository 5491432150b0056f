/**
 * `deno task whale`: the command line of the whale task.
 *
 * @module
 */
import { UsageError } from "../run/cli.ts";
import { runTask, type TaskCommand, type TaskCommands } from "../run/command.ts";
import { Progress } from "../run/progress.ts";
import { searchCommand } from "../study/search_command.ts";
import { analyseWhales } from "./analyse.ts";
import { whaleConfig } from "./config.ts";
import { ensembleWhales } from "./ensemble.ts";
import { evaluateWhales } from "./evaluate.ts";
import { WHALE_HELP } from "./help.ts";
import { PREDICTION_FORMATS, type PredictionFormat, predictWhales } from "./predict.ts";
import { problem } from "./search_problem.ts";
import { trainWhaleSeeds } from "./seeds.ts";
import { synthesiseWhales } from "./synthesise.ts";
import { ensembleTable, evaluationTable, resultTable, seedsTable } from "./table.ts";
import { trainWhale } from "./train.ts";

const NO_RUN = "--run is missing: name the folder of a finished run";

const train: TaskCommand = {
  options: [
    "data",
    "preset",
    "seed",
    "seeds",
    "out",
    "allow-order-leak",
    "resume",
    "force",
    "on-bad",
    "cache",
    "set",
  ],
  run: async (line, { signal }) => {
    const config = whaleConfig(line);
    const { data, seed, cache, resume, force, onBad, seeds, allowOrderLeak } = line;
    const out = line.out ?? line.defaultOut("whale");
    const options = {
      data,
      config,
      seed,
      out,
      cache,
      allowOrderLeak,
      resume,
      force,
      onBad,
      signal,
    };
    if (seeds) {
      const result = await trainWhaleSeeds({ ...options, seeds });
      return { json: { ...result, out }, text: seedsTable(result, out) };
    }
    const result = await trainWhale(options);
    return { json: { ...result, out }, text: resultTable(result, out) };
  },
};

const predict: TaskCommand = {
  options: ["run", "data", "out", "format", "on-bad"],
  run: async (line, { signal }) => {
    const { run, data, out, onBad } = line;
    if (!run) throw new UsageError(NO_RUN);
    if (!data) throw new UsageError("--data is missing: name a folder or zip of clips");
    if (!out) throw new UsageError("--out is missing: name the file to write");
    const format = formatOf(line.format);
    const result = await predictWhales({ run, data, out, format, onBad, signal });
    return { json: result, text: `${result.count} clips predicted: ${out}` };
  },
};

function formatOf(text = "redux"): PredictionFormat {
  if (PREDICTION_FORMATS.includes(text as PredictionFormat)) return text as PredictionFormat;
  throw new UsageError(`--format must be ${PREDICTION_FORMATS.join(" or ")}, got "${text}"`);
}

const evaluate: TaskCommand = {
  options: ["run", "data", "cache", "on-bad"],
  run: async (line, { signal }) => {
    const { run, data, cache, onBad } = line;
    if (!run) throw new UsageError(NO_RUN);
    const result = await evaluateWhales({ run, data, cache, onBad, signal });
    return { json: result, text: evaluationTable(result) };
  },
};

const analyse: TaskCommand = {
  options: ["run", "data", "out", "cache", "on-bad"],
  run: async (line, { signal }) => {
    const { run, data, out, cache, onBad } = line;
    if (!run) throw new UsageError(NO_RUN);
    if (!out) throw new UsageError("--out is missing: name the page to write");
    const result = await analyseWhales({ run, data, out, cache, onBad, signal });
    return { json: { ...result, out }, text: `${evaluationTable(result)}\n${out}` };
  },
};

const ensemble: TaskCommand = {
  options: ["study", "best", "out", "data", "cache", "resume", "force"],
  run: async (line, { signal }) => {
    const { study, best, data, cache, resume, force } = line;
    if (!study) throw new UsageError("--study is missing: name the folder of a finished search");
    const out = line.out ?? `${study.replace(/[\\/]+$/, "")}-blend`;
    const result = await ensembleWhales({ study, best, out, data, cache, resume, force, signal });
    return { json: { ...result, out }, text: ensembleTable(result, out) };
  },
};

const synthesise: TaskCommand = {
  options: ["count", "out", "seed", "force"],
  run: async (line, { signal }) => {
    const { count, out, seed, force } = line;
    if (!count) throw new UsageError("--count is missing: say how many clips to make");
    if (!out) throw new UsageError("--out is missing: name the folder to write");
    const shown = new Progress();
    const progress = (done: number, total: number) => shown.update(`clip ${done} of ${total}`);
    await synthesiseWhales({ training: count, seed, out, force, signal, progress });
    shown.line(`${count} clips made`);
    return { json: { count, seed, out }, text: `${count} synthetic clips: ${out}` };
  },
};

const search = searchCommand(problem, { config: whaleConfig, trials: 20, rounds: 2 });

const commands: TaskCommands = {
  train,
  search,
  ensemble,
  predict,
  evaluate,
  analyse,
  synthesise,
};

if (import.meta.main) await runTask("whale", commands, WHALE_HELP);
