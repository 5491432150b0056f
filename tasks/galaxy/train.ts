/**
 * The training run: galaxies in, a folder with a trained network, its predictions and its figures
 * out.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { fold, type Key, key, permutation } from "../../gpu/random.ts";
import { loadTensors } from "../../nn/checkpoint.ts";
import { fit, type FitOptions, type FitReport, weightsOf } from "../../nn/fit.ts";
import { mse } from "../../nn/loss.ts";
import { Model } from "../../nn/model.ts";
import { adam, nesterov } from "../../nn/optimizer.ts";
import { cosine, type Schedule, steps as rateSteps } from "../../nn/schedule.ts";
import { type BadFile, type ImageStore, openImages } from "../data/block_cache.ts";
import { writeTable } from "../data/csv.ts";
import { InputError } from "../data/input_error.ts";
import { foldAssignment, foldSplit, type Split } from "../data/split.ts";
import { duration, Pace, Progress } from "../progress.ts";
import { type OpenRunOptions, RunFolder, VERSION } from "../run.ts";
import { type BaselineScores, predictBaselines, scoreBaselines } from "./baseline_run.ts";
import type { GalaxyConfig } from "./config.ts";
import { openGalaxyData } from "./data.ts";
import { answerRows, GALAXY_INPUTS, galaxyDataset, prepareGalaxies } from "./dataset.ts";
import { GALAXY_INPUT, galaxyNetwork } from "./model.ts";
import { ANSWER_COLUMNS, ID_COLUMN, type Q6Weight } from "./questions.ts";
import { type QuestionScore, rootMeanSquareError, scoreQuestions } from "./score.ts";

/** What a training run is given. */
export interface GalaxyTrainOptions {
  /** Kaggle's folder or zip. */
  readonly data: string;
  /** Settings, at best from a preset. */
  readonly config: GalaxyConfig;
  /** Seed of everything random. */
  readonly seed: number;
  /** Folder of the run. */
  readonly out: string;
  /** Folder of decoded pixels. */
  readonly cache: string;
  /** Parts of a cross-validation; without it the last galaxies validate. */
  readonly folds?: number;
  /** Go on with the run in `out`. */
  readonly resume?: boolean;
  /** Overwrite the run in `out`. */
  readonly force?: boolean;
  /** What to do with a bad image. Default `stop`. */
  readonly onBad?: "stop" | "skip";
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends training with a checkpoint; before and after training its reason is thrown. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed by the run where there is none. */
  readonly gpu?: Gpu;
}

/** The figures of a run, as `result.json` holds them. */
export interface GalaxyResult {
  /** Root mean square error over the galaxies held out and all answers; absent without any. */
  readonly rmse?: number;
  /** The same of the baselines on the same galaxies. */
  readonly baselines?: BaselineScores;
  /** `rmse` divided by the error of the pixel ridge. */
  readonly ratioToPixelRidge?: number;
  /** Figures of each question. */
  readonly questions?: readonly QuestionScore[];
  /** Galaxies trained on (of the first fold). */
  readonly trainCount: number;
  /** Galaxies held out, in all folds together. */
  readonly validationCount: number;
  /** Training steps (of each fold). */
  readonly steps: number;
  /** Trained values. */
  readonly parameters: number;
  /** SHA-256 over the tensor bytes of the final checkpoints, one a fold. */
  readonly checkpoints: readonly string[];
  /** Wall-clock seconds of training, without decoding. */
  readonly seconds: number;
  /** The adapter that ran it. */
  readonly adapter: string;
  /** Images that were left out, and why. */
  readonly badFiles: readonly BadFile[];
}

/** A run that was ended by its signal; its checkpoint is whole. */
export class Interrupted extends Error {
  /** `"Interrupted"`. */
  override readonly name = "Interrupted";
}

/** What the folds of a run share. */
interface Shared {
  readonly options: GalaxyTrainOptions;
  readonly gpu: Gpu;
  readonly store: ImageStore;
  readonly ids: readonly string[];
  readonly labels: Float32Array;
  readonly progress: Progress;
}

/** What training on one split gave. */
interface SplitResult {
  readonly predictions: Float32Array;
  readonly checkpoint: string;
  readonly parameters: number;
  readonly seconds: number;
}

/**
 * Trains, validates and writes the folder of a run.
 *
 * @throws InputError when the data or the folder cannot be used
 * @throws Interrupted when the signal ended it
 */
export async function trainGalaxy(options: GalaxyTrainOptions): Promise<GalaxyResult> {
  const { config, folds, progress = new Progress() } = options;
  using data = await openGalaxyData(options.data, { q6Weight: config.q6Weight as Q6Weight });
  const runs = { resume: options.resume ?? false, force: options.force ?? false };
  await RunFolder.check(options.out, runConfig(options), runs);
  const earlier = options.resume && !options.force ? await finishedResult(options.out) : undefined;
  if (earlier) {
    progress.line(`${options.out} is finished already`);
    return earlier;
  }
  await using store = await openImages(data.source, data.ids, {
    cacheDir: options.cache,
    onBad: options.onBad,
    progress: (done, total, phase) => progress.update(`${phase} images: ${done} of ${total}`),
    signal: options.signal,
  });
  const labels = labelsOf(store.ids, data.ids, data.labels);
  const folder = await RunFolder.open(options.out, runConfig(options), runs);
  await using opened = new AsyncDisposableStack();
  const gpu = options.gpu ?? opened.use(await openGpu());
  const shared = { options, gpu, store, ids: store.ids, labels, progress };
  describeData(shared, data.unlabelledCount);
  const splits = splitsOf(options, store.ids.length);
  const results: SplitResult[] = [];
  for (const [i, split] of splits.entries()) {
    const place = folds ? await openFold(folder, i, options, runs) : folder;
    if (folds) progress.line(`fold ${i + 1} of ${folds}`);
    results.push(await trainSplit(shared, split, place, i));
  }
  const result = await scoreRun(shared, splits, results, folder);
  await folder.writeJson("result.json", result);
  return result;
}

function runConfig(options: GalaxyTrainOptions): Record<string, unknown> {
  const { data, config, seed, folds, onBad } = options;
  return { task: "galaxy", version: VERSION, seed, data, folds, onBad: onBad ?? "stop", ...config };
}

/** The figures of a run that has come to its end. */
async function finishedResult(path: string): Promise<GalaxyResult | undefined> {
  const text = await Deno.readTextFile(`${path}/result.json`).catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function openFold(
  folder: RunFolder,
  index: number,
  options: GalaxyTrainOptions,
  runs: OpenRunOptions,
): Promise<RunFolder> {
  const config = { ...runConfig(options), fold: index + 1 };
  return await RunFolder.open(folder.file(`fold${index + 1}`), config, runs);
}

/** Labels of the images that are left when bad ones were skipped. */
function labelsOf(
  kept: readonly string[],
  all: readonly string[],
  labels: Float32Array,
): Float32Array {
  const rowOf = new Map(all.map((id, row) => [id, row]));
  return answerRows(labels, kept.map((id) => rowOf.get(id)!));
}

function describeData({ store, progress, gpu }: Shared, unlabelled: number): void {
  for (const { name, reason } of store.badFiles) progress.line(`left out ${name}: ${reason}`);
  const extra = unlabelled ? `, ${unlabelled} images without labels ignored` : "";
  progress.line(`${store.ids.length} labelled galaxies${extra}; running on ${gpu.name}`);
}

function splitsOf({ config, folds, seed }: GalaxyTrainOptions, count: number): Split[] {
  if (folds) {
    if (folds > count) {
      throw new InputError("Cannot cross-validate", `${folds} folds of ${count} galaxies`);
    }
    const order = permutation(fold(key(seed), "folds"), count);
    const assignment = foldAssignment(count, folds, order);
    return Array.from({ length: folds }, (_, i) => foldSplit(assignment, i));
  }
  const boundary = count - Math.floor(count * config.validation);
  const rows = Uint32Array.from({ length: count }, (_, i) => i);
  if (boundary < 1) {
    throw new InputError("Cannot train", `${count} galaxies leave none to train on`);
  }
  return [{ train: rows.subarray(0, boundary), validation: rows.subarray(boundary) }];
}

/** Trains on one split and predicts its held-out part. */
async function trainSplit(
  shared: Shared,
  split: Split,
  folder: RunFolder,
  index: number,
): Promise<SplitResult> {
  const { options, gpu, progress } = shared;
  const seedKey = fold(key(options.seed), index);
  using model = newModel(gpu, options.config, fold(seedKey, "weights"));
  await writeSplit(shared, split, folder);
  const pace = new Pace();
  const checkpoint = await runFit(shared, model, split, folder, fold(seedKey, "training"));
  const { seconds } = pace;
  if (options.config.use === "best" && await folder.has("best.safetensors")) {
    await loadTensors(gpu, folder.file("best.safetensors"), weightsOf(model));
  }
  const predictions = split.validation.length
    ? (await model.predict(datasetOf(shared, split.validation), {
      batchSize: options.config.batchSize,
      progress: (done) => progress.update(`predicting ${done} of ${split.validation.length}`),
      signal: options.signal,
    })).data
    : new Float32Array(0);
  return { predictions, checkpoint, parameters: model.parameters, seconds };
}

/** Keeps which galaxies train and which are held out; a resumed run must find the same. */
async function writeSplit({ ids, options }: Shared, split: Split, folder: RunFolder) {
  const named = (rows: Uint32Array) => Array.from(rows, (row) => ids[row]);
  const parts = { train: named(split.train), validation: named(split.validation) };
  if (options.resume && await folder.has("split.json")) {
    const before = JSON.parse(await Deno.readTextFile(folder.file("split.json")));
    if (JSON.stringify(before) === JSON.stringify(parts)) return;
    throw new InputError(
      `Cannot resume ${folder.path}`,
      `${options.data} no longer holds the galaxies that the run began with`,
    );
  }
  await folder.writeJson("split.json", parts);
}

/** The network of a configuration with fresh weights. */
export function newModel(gpu: Gpu, config: GalaxyConfig, weights: Key): Model {
  return new Model(gpu, galaxyNetwork(config), {
    inputShape: GALAXY_INPUT,
    key: weights,
    inputs: GALAXY_INPUTS,
    prepare: prepareGalaxies,
  });
}

function datasetOf({ store, labels, options }: Shared, rows: Uint32Array, train = false) {
  const { augment, translate, zoom, colour } = options.config;
  return galaxyDataset({
    length: rows.length,
    labels: answerRows(labels, rows),
    pixels: (indices, into) => store.read(indices.map((index) => rows[index]), into),
    ranges: train && augment
      ? { rotation: [0, 360], shear: [0, 0], flip: 0.5, translate, zoom, colour }
      : undefined,
  });
}

async function runFit(
  shared: Shared,
  model: Model,
  split: Split,
  folder: RunFolder,
  trainingKey: Key,
): Promise<string> {
  const { options: { config }, progress } = shared;
  let checkpoint = "";
  let pace = new Pace();
  let validated = "";
  for await (const report of fit(model, fitOptions(shared, split, folder, trainingKey))) {
    const { resumedFrom, step, ended } = report;
    if (resumedFrom !== undefined) {
      progress.line(`resumed from step ${resumedFrom}`);
      pace = new Pace(step);
    }
    if (report.validationLoss !== undefined) {
      validated = `  validation RMSE ${Math.sqrt(report.validationLoss).toFixed(4)}`;
    }
    const line = progressLine(report, config.steps, pace) + validated;
    if (ended || report.validationLoss !== undefined) progress.line(line);
    else progress.update(line);
    if (!Number.isNaN(report.loss)) await folder.log(metricsOf(report));
    checkpoint = report.checkpoint ?? checkpoint;
    if (ended === "signal") {
      throw new Interrupted(`Interrupted at step ${step}: go on with --resume (${folder.path})`);
    }
  }
  return checkpoint;
}

function fitOptions(
  shared: Shared,
  split: Split,
  folder: RunFolder,
  trainingKey: Key,
): FitOptions {
  const { options: { config, resume, signal, seed } } = shared;
  const { validation } = split;
  return {
    data: datasetOf(shared, split.train, true),
    loss: mse(),
    optimizer: config.optimizer === "adam" ? adam() : nesterov(),
    schedule: scheduleOf(config),
    steps: config.steps,
    batchSize: config.batchSize,
    key: trainingKey,
    clipNorm: config.clipNorm || undefined,
    maxNorm: maxNormOf(config),
    constraintsFrom: Math.floor(config.unconstrained * config.steps) + 1,
    validation: validation.length
      ? { data: datasetOf(shared, validation), every: config.validateEvery }
      : undefined,
    patience: config.patience || undefined,
    reportEvery: config.reportEvery,
    checkpoint: {
      path: folder.file("checkpoint.safetensors"),
      every: config.checkpointEvery,
      best: validation.length ? folder.file("best.safetensors") : undefined,
      metadata: {
        task: "galaxy",
        version: VERSION,
        seed: `${seed}`,
        config: JSON.stringify(config),
      },
    },
    resume,
    signal,
    resumed: (step) => folder.truncateMetrics(step),
  };
}

/** The rate of each step: cosine to zero, or the published drops at 72 % and 92 %. */
export function scheduleOf({ schedule, learningRate, steps, warmUp }: GalaxyConfig): Schedule {
  if (schedule === "cosine") {
    return cosine({ rate: learningRate, total: steps, warmUp: Math.min(warmUp, steps - 1) });
  }
  return rateSteps([
    [1, learningRate],
    [Math.floor(0.72 * steps) + 1, learningRate / 10],
    [Math.floor(0.92 * steps) + 1, learningRate / 100],
  ]);
}

/** The published limits act every 10 steps on the hidden dense layers. */
function maxNormOf({ maxNorm, denseUnits }: GalaxyConfig): FitOptions["maxNorm"] {
  const limited = denseUnits.flatMap((_, i) =>
    maxNorm[i] > 0 ? [[`dense${i + 1}/weight`, maxNorm[i]] as const] : []
  );
  return limited.length ? { every: 10, limits: Object.fromEntries(limited) } : undefined;
}

function progressLine(report: FitReport, steps: number, pace: Pace): string {
  const { step, loss, epoch } = report;
  const seconds = pace.remaining(step, steps);
  const left = Number.isFinite(seconds) ? `, ${duration(seconds)} left` : "";
  const error = Number.isNaN(loss) ? "" : `  training RMSE ${Math.sqrt(loss).toFixed(4)}`;
  return `step ${step} of ${steps}, epoch ${epoch + 1}${left}${error}`;
}

function metricsOf(report: FitReport) {
  const { step, epoch, loss, learningRate, validationLoss, best, checkpoint } = report;
  return {
    step,
    epoch,
    learningRate,
    rmse: Math.sqrt(loss),
    ...(validationLoss !== undefined && { validationRmse: Math.sqrt(validationLoss), best }),
    ...(checkpoint && { checkpoint }),
    ...(report.resumedFrom !== undefined && { resumedFrom: report.resumedFrom }),
  };
}

/** Pools the held-out predictions of all splits and sets them beside the baselines'. */
async function scoreRun(
  shared: Shared,
  splits: readonly Split[],
  results: readonly SplitResult[],
  folder: RunFolder,
): Promise<GalaxyResult> {
  const { store, labels, ids, options: { config, signal }, gpu, progress } = shared;
  const width = ANSWER_COLUMNS.length;
  const rows = splits.flatMap(({ validation }) => [...validation]);
  const order = rows.map((_, i) => i).sort((a, b) => rows[a] - rows[b]);
  const pooled = new Float32Array(rows.length * width);
  const placeOf = new Uint32Array(order.length);
  order.forEach((from, to) => placeOf[from] = to);
  let from = 0;
  for (const { predictions } of results) {
    for (let start = 0; start < predictions.length; start += width) {
      pooled.set(predictions.subarray(start, start + width), placeOf[from++] * width);
    }
  }
  const targets = answerRows(labels, order.map((from) => rows[from]));
  const figures = {
    trainCount: splits[0].train.length,
    validationCount: rows.length,
    steps: config.steps,
    parameters: results[0].parameters,
    checkpoints: results.map(({ checkpoint }) => checkpoint),
    seconds: Math.round(10 * results.reduce((sum, { seconds }) => sum + seconds, 0)) / 10,
    adapter: gpu.name,
    badFiles: store.badFiles,
  };
  if (!rows.length) return figures;
  const names = order.map((from) => ids[rows[from]]);
  const table = writeTable(names, pooled, { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS });
  await folder.write("predictions.csv", table);
  const predicted = await predictBaselines(
    store,
    labels,
    splits,
    (done, total) => {
      signal?.throwIfAborted();
      progress.update(`baselines: ${done} of ${total} galaxies`);
    },
  );
  const baselines = scoreBaselines(predicted, splits, labels);
  const rmse = rootMeanSquareError(pooled, targets);
  const questions = scoreQuestions(pooled, targets, config.q6Weight as Q6Weight);
  const ratioToPixelRidge = baselines.pixelRidge && rmse / baselines.pixelRidge;
  return { rmse, baselines, ratioToPixelRidge, questions, ...figures };
}
