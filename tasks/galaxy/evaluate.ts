/**
 * The figures of a trained run on labelled galaxies that it has not learnt from.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { type BadFile, openImages } from "../data/block_cache.ts";
import { InputError } from "../data/input_error.ts";
import { Progress } from "../progress.ts";
import { RunFolder } from "../run.ts";
import { openGalaxyData } from "./data.ts";
import { answerRows, galaxyDataset } from "./dataset.ts";
import { configOf, loadRun } from "./predict.ts";
import type { Q6Weight } from "./questions.ts";
import { type QuestionScore, rootMeanSquareError, scoreQuestions } from "./score.ts";
import { meanBaseline, zerosBaseline } from "./baselines.ts";

/** What an evaluation is given. */
export interface GalaxyEvaluateOptions {
  /** Folder of a finished run. */
  readonly run: string;
  /** Kaggle's folder or zip, with labels. */
  readonly data: string;
  /** Folder of decoded pixels. */
  readonly cache: string;
  /** What to do with a bad image. Default `stop`. */
  readonly onBad?: "stop" | "skip";
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends the evaluation; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed where there is none. */
  readonly gpu?: Gpu;
}

/** The figures of an evaluation. */
export interface GalaxyEvaluation {
  /** Root mean square error over the galaxies and all answers. */
  readonly rmse: number;
  /** The same for all zeros, and for these galaxies' own mean: what no constant can beat. */
  readonly baselines: { readonly zeros: number; readonly ownMean: number };
  /** Figures of each question. */
  readonly questions: readonly QuestionScore[];
  /** Galaxies that were scored. */
  readonly count: number;
  /** Galaxies left out because the run was trained on them. */
  readonly trainedOn: number;
  /** Images that were left out, and why. */
  readonly badFiles: readonly BadFile[];
}

/** Scores a run on the galaxies of a data set that it was not trained on. */
export async function evaluateGalaxies(
  options: GalaxyEvaluateOptions,
): Promise<GalaxyEvaluation> {
  const { progress = new Progress() } = options;
  const { folder, config } = await RunFolder.read(options.run);
  const q6Weight = configOf(config).q6Weight as Q6Weight;
  const known = new Set(await trainingIds(folder));
  await using opened = new AsyncDisposableStack();
  const data = opened.use(await openGalaxyData(options.data, { q6Weight }));
  const rows = data.ids.map((_, i) => i).filter((i) => !known.has(data.ids[i]));
  const trainedOn = data.ids.length - rows.length;
  if (!rows.length) {
    throw new InputError(
      `Cannot evaluate on ${options.data}`,
      `the run was trained on all its ${trainedOn} labelled galaxies`,
    );
  }
  await using store = await openImages(data.source, rows.map((row) => data.ids[row]), {
    cacheDir: options.cache,
    onBad: options.onBad,
    progress: (done, total, phase) => progress.update(`${phase} images: ${done} of ${total}`),
    signal: options.signal,
  });
  for (const { name, reason } of store.badFiles) progress.line(`left out ${name}: ${reason}`);
  const kept = new Set(store.ids);
  const targets = answerRows(data.labels, rows.filter((row) => kept.has(data.ids[row])));
  const gpu = options.gpu ?? opened.use(await openGpu());
  const model = opened.use(await loadRun(gpu, options.run));
  const dataset = galaxyDataset({
    length: store.ids.length,
    pixels: (indices, into) => store.read(indices, into),
  });
  const { data: predictions } = await model.predict(dataset, {
    batchSize: 32,
    progress: (done) => progress.update(`predicted ${done} of ${store.ids.length} galaxies`),
    signal: options.signal,
  });
  const count = store.ids.length;
  return {
    rmse: rootMeanSquareError(predictions, targets),
    baselines: {
      zeros: rootMeanSquareError(zerosBaseline(count), Float64Array.from(targets)),
      ownMean: rootMeanSquareError(meanBaseline(targets, count), Float64Array.from(targets)),
    },
    questions: scoreQuestions(predictions, targets, q6Weight),
    count,
    trainedOn,
    badFiles: store.badFiles,
  };
}

/** The galaxies that a run was trained on. */
async function trainingIds(folder: RunFolder): Promise<string[]> {
  if (!await folder.has("split.json")) {
    throw new InputError(
      `Cannot evaluate ${folder.path}`,
      "it holds no split.json; a cross-validation is evaluated fold by fold (--run .../fold1)",
    );
  }
  return JSON.parse(await Deno.readTextFile(folder.file("split.json"))).train;
}
