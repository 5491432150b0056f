/**
 * `deno task whale`: the command line of the whale task.
 *
 * @module
 */
import { command, runProgram } from "../run/command.ts";
import { CACHE, defaultOut, FORCE, ON_BAD, RESUME, RUN, SEED, SEEDS } from "../run/options.ts";
import type { Program } from "../run/program.ts";
import { Progress } from "../run/progress.ts";
import { configOf, settingOptions } from "../run/settings.ts";
import { flag, oneOf, path, whole } from "../run/value.ts";
import { searchCommand } from "../study/search_command.ts";
import { analyseWhales } from "./analyse.ts";
import { WHALE_SETTINGS } from "./config.ts";
import { ensembleWhales } from "./ensemble.ts";
import { evaluateWhales } from "./evaluate.ts";
import { PREDICTION_FORMATS, predictWhales } from "./predict.ts";
import { problem } from "./search_problem.ts";
import { synthesiseWhales } from "./synthesise.ts";
import { ensembleTable, evaluationTable, resultTable, seedsTable } from "./table.ts";
import { trainWhale, trainWhaleSeeds } from "./train.ts";

const DATA = {
  data: path(
    "PATH",
    "folder or zip of a challenge: train.csv with train/*.aiff (2013) or train2/*.aif (Redux)",
  ),
};

const train = command({
  about: "learns to find calls and scores it on clips put aside: the whole challenge",
  details: `\
Learns three dictionaries of spectrogram patches and classifiers on what clips hold of them, beside
two baselines; without --data on synthetic clips, which it makes once and keeps in --cache, and
scores on clips put aside; real clips are scored in folds. Writes a run folder: config.json,
metrics.jsonl, model.safetensors, predictions.csv, result.json, report.html to open in a browser.
Ctrl-C, SIGTERM and SIGHUP keep what was learnt; --resume goes on with it.`,
  options: {
    ...DATA,
    ...settingOptions(WHALE_SETTINGS),
    ...SEED,
    ...SEEDS,
    out: path("DIR", "folder of the run; default runs/whale-PRESET-SEED"),
    allowOrderLeak: flag("also score with the labels of neighbours in time, as a row of its own"),
    ...RESUME,
    ...ON_BAD,
    ...CACHE,
  },
  run: async (line, { signal, from }) => {
    const { seeds, out = defaultOut(from, "whale", line) } = line;
    const options = { ...line, config: configOf(WHALE_SETTINGS, line), out, signal };
    if (seeds) {
      const result = await trainWhaleSeeds({ ...options, seeds });
      return { json: { ...result, out }, text: seedsTable(result, out) };
    }
    const result = await trainWhale(options);
    return { json: { ...result, out }, text: resultTable(result, out) };
  },
});

const predict = command({
  about: "scores clips without labels",
  options: {
    ...RUN,
    data: path("PATH", "a clip, AIFF or WAV, a folder or zip of them, or a challenge's").needed(),
    out: path("FILE", "the file to write").needed(),
    format: oneOf(
      PREDICTION_FORMATS,
      "redux: a table of clip and probability; 2013: one score a line",
    )
      .or("redux"),
    ...ON_BAD,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const result = await predictWhales({ ...line, signal });
    return { json: result, text: `${result.count} clips predicted: ${line.out}` };
  },
});

const evaluate = command({
  about: "scores a run on labelled clips that it was not trained on",
  options: { ...RUN, ...DATA, ...ON_BAD, ...CACHE },
  run: async (line, { signal }) => {
    const result = await evaluateWhales({ ...line, signal });
    return { json: result, text: evaluationTable(result) };
  },
});

const analyse = command({
  about: "the report of a run for such clips: what was found, missed, falsely found",
  options: {
    ...RUN,
    out: path("FILE.html", "the page to write").needed(),
    ...DATA,
    ...ON_BAD,
    ...CACHE,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const { out } = line;
    const result = await analyseWhales({ ...line, signal });
    return { json: { ...result, out }, text: `${evaluationTable(result)}\n${out}` };
  },
});

const ensemble = command({
  about: "blends the best models of a search, chosen and scored on different folds",
  options: {
    study: path("DIR", "folder of a finished search").needed(),
    best: whole(1, Infinity, "models to blend").or(10),
    out: path("DIR", "folder of the blend, which predict and evaluate take; default STUDY-blend"),
    ...DATA,
    onBad: oneOf(["stop", "skip"], "bad files; as in the search, where nothing is said"),
    ...RESUME,
    ...CACHE,
  },
  run: async (line, { signal }) => {
    const { study, out = `${study.replace(/[\\/]+$/, "")}-blend` } = line;
    const result = await ensembleWhales({ ...line, out, signal });
    return { json: { ...result, out }, text: ensembleTable(result, out) };
  },
});

const synthesise = command({
  about: "writes synthetic clips in the layout of the challenge of 2013",
  options: {
    count: whole(1, Infinity, "clips to make").needed(),
    out: path("DIR", "the folder to write").needed(),
    ...SEED,
    ...FORCE,
  },
  run: async ({ count, out, seed, force }, { signal }) => {
    const shown = new Progress();
    const progress = (done: number, total: number) => shown.update(`clip ${done} of ${total}`);
    await synthesiseWhales({ training: count, seed, out, force, signal, progress });
    shown.line(`${count} clips made`);
    return { json: { count, seed, out }, text: `${count} synthetic clips: ${out}` };
  },
});

const search = searchCommand(problem, {
  about: "looks for good settings of the features, round by round in narrower ranges",
  details: `\
Draws settings at random and keeps every trial in a folder; more processes or machines share the
work. The area under the curve of the support vector machine decides, in folds within folds.`,
  settings: WHALE_SETTINGS,
  ...DATA,
  trials: 20,
  rounds: 2,
});

/** The program. */
export const program: Program = {
  name: "whale",
  about: "Right-whale calls in clips of two seconds, by features that nobody designed.",
  details: `\
examples
  deno task whale --set filters=400 --set foldSeeds=1,2
  deno task whale search --data whales.zip --workers 2 --out study
  deno task whale ensemble --study study
  deno task whale predict --run study-blend --data test.zip --out scores.csv --format 2013`,
  commands: { train, search, ensemble, predict, evaluate, analyse, synthesise },
  settings: [WHALE_SETTINGS],
};

if (import.meta.main) await runProgram(program);
