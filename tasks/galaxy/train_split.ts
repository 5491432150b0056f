/**
 * Training on one split of the galaxies, and predicting its held-out part.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { loadTensors } from "../../nn/checkpoint.ts";
import { fit, type FitOptions } from "../../nn/fit.ts";
import type { FitReport } from "../../nn/fit_report.ts";
import { mse } from "../../nn/loss.ts";
import { limitNorms } from "../../nn/max_norm.ts";
import { Model } from "../../nn/model.ts";
import { adam, nesterov } from "../../nn/optimizer.ts";
import { cosineRate, piecewiseRate, type Schedule } from "../../nn/schedule.ts";
import { scoredRows, type Split } from "../study/split.ts";
import { duration, Pace } from "../run/progress.ts";
import { type Metrics, type RunFolder, VERSION } from "../run/run_folder.ts";
import type { TaskRun } from "../run/task_run.ts";
import { TrainingLog } from "../run/training_log.ts";
import { predictAveraged } from "./averaging.ts";
import type { GalaxyConfig } from "./config.ts";
import { UNCONSTRAINED } from "./constraints.ts";
import { answerRows, GALAXY_INPUTS, galaxyDataset, prepareGalaxies, readRows } from "./dataset.ts";
import type { Galaxies } from "./galaxies.ts";
import { GALAXY_INPUT, galaxyNetwork } from "./model.ts";
import { transformsOf } from "./run_config.ts";
import { keepSplit } from "./split_file.ts";
import type { StartingPoint } from "./start.ts";
import type { GalaxyPhase } from "./task.ts";

/** What training on a split is given. */
export interface Training {
  /** The run. */
  readonly run: TaskRun<GalaxyPhase>;
  /** Its settings. */
  readonly config: GalaxyConfig;
  /** All galaxies. */
  readonly galaxies: Galaxies;
  /** Weights to start from. */
  readonly start?: StartingPoint;
  /** Folder of this training: of the run, or of a fold. */
  readonly folder: RunFolder;
}

/** What training on one split gave. */
export interface SplitResult {
  /** Predictions of the scored rows, `[n, 37]`. */
  readonly predictions: Float32Array;
  /** SHA-256 over the tensor bytes of the last checkpoint. */
  readonly checkpoint: string;
  /** Trained values. */
  readonly parameters: number;
  /** Weights of the first convolution, `[side, side, 3, filters]`. */
  readonly filters: NdArray<Float32Array>;
}

/**
 * Trains on one split and predicts its held-out part.
 *
 * @param index of the split: each has random streams of its own
 */
export async function trainSplit(
  training: Training,
  split: Split,
  index: number,
): Promise<SplitResult> {
  const { run, config, galaxies, start, folder } = training;
  const key = fold(run.key, index);
  using model = newModel(run.gpu, config, fold(key, "weights"));
  if (start) await loadTensors(run.gpu, start.file, model.weights);
  await keepSplit(folder, galaxies, split, { ...run.access, data: run.settings.data });
  const log = new TrainingLog({ folder, progress: run.progress }, metricsOf);
  const options = fitOptions(training, split, { key: fold(key, "training"), log });
  const checkpoint = await run.time("training", () => runFit(training, model, options, log));
  if (config.use === "best" && await folder.has("best.safetensors")) {
    await loadTensors(run.gpu, folder.file("best.safetensors"), model.weights);
  }
  const predicting = () => predictRows(training, model, scoredRows(split));
  const predictions = await run.time("prediction", predicting);
  const [filters] = model.params; // the first convolution's weights come first
  return {
    predictions,
    checkpoint,
    parameters: model.parameters,
    filters: await run.gpu.read(filters.value) as NdArray<Float32Array>,
  };
}

async function predictRows(
  { galaxies: { store }, config: { batchSize }, run: { progress, signal, settings } }: Training,
  model: Model,
  rows: Uint32Array,
): Promise<Float32Array> {
  if (!rows.length) return new Float32Array(0);
  const pixels = readRows(store, rows);
  return await predictAveraged(model, { length: rows.length, pixels }, {
    transforms: transformsOf(settings),
    batchSize,
    progress: (done) => progress.update(`predicting ${done} of ${rows.length}`),
    signal,
  });
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

function datasetOf(
  { galaxies: { store, labels }, config }: Training,
  rows: Uint32Array,
  train = false,
) {
  const { augment, translate, zoom, colour } = config;
  return galaxyDataset({
    length: rows.length,
    labels: answerRows(labels, rows),
    pixels: readRows(store, rows),
    ranges: train && augment
      ? { rotation: [0, 360], shear: [0, 0], flip: 0.5, translate, zoom, colour }
      : undefined,
  });
}

async function runFit(
  { run: { progress, signal }, config }: Training,
  model: Model,
  options: FitOptions,
  log: TrainingLog,
): Promise<string> {
  let checkpoint = "";
  let pace = new Pace();
  let validated = "";
  for await (const report of fit(model, options)) {
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
    await log.add(report);
    checkpoint = report.checkpoint ?? checkpoint;
    if (ended === "signal") signal?.throwIfAborted();
  }
  return checkpoint;
}

function fitOptions(
  training: Training,
  { train, validation }: Split,
  { key, log }: { readonly key: Key; readonly log: TrainingLog },
): FitOptions {
  const { run: { access, settings, signal }, config, start, folder } = training;
  // Weights that are trained already sit under the constraints; without them they would unlearn.
  const unconstrained = start ? 0 : Math.floor(config.unconstrained * config.steps);
  return {
    data: datasetOf(training, train, true),
    loss: mse(),
    optimizer: config.optimizer === "adam" ? adam() : nesterov(),
    schedule: scheduleOf(config),
    steps: config.steps,
    batchSize: config.batchSize,
    key,
    clipNorm: config.clipNorm || undefined,
    afterStep: limitNorms({ every: 10, limits: normLimits(config) }),
    stateWord: (step) => step <= unconstrained ? UNCONSTRAINED : 0,
    validation: validation.length
      ? { data: datasetOf(training, validation), every: config.validateEvery }
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
        seed: `${settings.seed}`,
        config: JSON.stringify(config),
      },
    },
    resume: access.resume,
    signal,
    resumed: log.resumed,
  };
}

/** The rate of each step: cosine to zero, or the published drops at 72 % and 92 %. */
export function scheduleOf({ schedule, learningRate, steps, warmUp }: GalaxyConfig): Schedule {
  if (schedule === "cosine") {
    return cosineRate({ rate: learningRate, total: steps, warmUp: Math.min(warmUp, steps - 1) });
  }
  return piecewiseRate([
    [1, learningRate],
    [Math.floor(0.72 * steps) + 1, learningRate / 10],
    [Math.floor(0.92 * steps) + 1, learningRate / 100],
  ]);
}

/** The published limits act every 10 steps on the hidden dense layers. */
function normLimits({ maxNorm, denseUnits }: GalaxyConfig): Record<string, number> {
  return Object.fromEntries(
    denseUnits.flatMap((_, i) => maxNorm[i] > 0 ? [[`dense${i + 1}/weight`, maxNorm[i]]] : []),
  );
}

function progressLine(report: FitReport, steps: number, pace: Pace): string {
  const { step, loss, epoch } = report;
  const seconds = pace.remaining(step, steps);
  const left = Number.isFinite(seconds) ? `, ${duration(seconds)} left` : "";
  const error = Number.isNaN(loss) ? "" : `  training RMSE ${Math.sqrt(loss).toFixed(4)}`;
  return `step ${step} of ${steps}, epoch ${epoch + 1}${left}${error}`;
}

function metricsOf(report: FitReport): Metrics {
  const { step, epoch, loss, learningRate, validationLoss, best, checkpoint } = report;
  return {
    step,
    epoch,
    learningRate,
    rmse: Math.sqrt(loss),
    ...(validationLoss !== undefined && { validationRmse: Math.sqrt(validationLoss), best }),
    ...(checkpoint && { checkpoint }),
  };
}
