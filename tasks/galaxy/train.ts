/**
 * The training run: galaxies in, a folder with a trained network, its predictions and its figures
 * out.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { fold, key, permutation } from "../../gpu/random.ts";
import { writeTable } from "../../files/csv.ts";
import { InputError } from "../../files/input_error.ts";
import {
  consecutiveSplit,
  foldAssignment,
  foldSplit,
  scoredRows,
  type Split,
} from "../study/split.ts";
import { Pace, Progress, tenths } from "../run/progress.ts";
import { RunFolder, VERSION } from "../run/run_folder.ts";
import { testTransforms } from "./averaging.ts";
import type { GalaxyConfig } from "./config.ts";
import { type Galaxies, openGalaxies, skySplit } from "./galaxies.ts";
import { ANSWER_COLUMNS, ID_COLUMN, type Q6Weight } from "./questions.ts";
import { type GalaxyResult, type HeldOut, heldOutOf, scoreHeldOut } from "./result.ts";
import { refuseKnown, type StartingPoint, startingPoint } from "./start.ts";
import { type Shared, type SplitResult, trainSplit } from "./train_split.ts";
import { type FinishedRun, writeReport } from "./write_report.ts";

/** What a training run is given. */
export interface GalaxyTrainOptions {
  /** Kaggle's folder or zip; without it the run makes a synthetic sky, once, and learns from that. */
  readonly data?: string;
  /** Settings, at best from a preset. */
  readonly config: GalaxyConfig;
  /** Seed of everything random but the synthetic sky, which has its own in `config`. */
  readonly seed: number;
  /** Folder of the run. */
  readonly out: string;
  /** Folder of decoded pixels. */
  readonly cache: string;
  /**
   * Parts of a cross-validation. Without it the last galaxies of real data are held out, and the
   * test galaxies of a synthetic sky.
   */
  readonly folds?: number;
  /** Transformed copies that a prediction is the mean of: 1 (default) or 60. */
  readonly transforms?: number;
  /** Folder of an earlier run whose weights training starts from. */
  readonly init?: string;
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

/**
 * Trains, validates and writes the folder of a run.
 *
 * @throws InputError when the data, the folder or the run to start from cannot be used
 * @throws Interrupted when the signal ended it
 */
export async function trainGalaxy(options: GalaxyTrainOptions): Promise<GalaxyResult> {
  const { folds, progress = new Progress() } = options;
  testTransforms(options.transforms ?? 1); // a wrong number fails before the training, not after
  const start = options.init === undefined ? undefined : await startingPoint(options.init);
  const settings = runConfig(options, start);
  const runs = { resume: options.resume ?? false, force: options.force ?? false };
  await RunFolder.check(options.out, settings, runs);
  const earlier = options.resume && !options.force
    ? await RunFolder.finished<GalaxyResult>(options.out)
    : undefined;
  if (earlier) {
    progress.line(`${options.out} is finished already`);
    return earlier;
  }
  const opening = new Pace();
  await using galaxies = await openGalaxies({ ...options, progress });
  const dataSeconds = opening.seconds;
  const splits = splitsOf(options, galaxies.store.ids.length);
  refuseKnownGalaxies(start, galaxies, splits, options);
  const folder = await RunFolder.open(options.out, settings, runs);
  await using opened = new AsyncDisposableStack();
  const gpu = options.gpu ?? opened.use(await openGpu());
  describeData(galaxies, options, progress, gpu);
  const shared: Shared = { options, gpu, galaxies, progress, start };
  const results: SplitResult[] = [];
  const parts: RunFolder[] = [];
  for (const [i, split] of splits.entries()) {
    const settingsOfFold = { ...settings, fold: i + 1 };
    const place = folds
      ? await RunFolder.open(folder.file(`fold${i + 1}`), settingsOfFold, runs)
      : folder;
    if (folds) progress.line(`fold ${i + 1} of ${folds}`);
    results.push(await trainSplit(shared, split, place, i));
    parts.push(place);
  }
  return await finishRun(shared, splits, results, { folder, parts, settings, dataSeconds });
}

/** Scores the held-out predictions of all splits and writes what a finished run holds. */
async function finishRun(
  { options, gpu, galaxies, progress }: Shared,
  splits: readonly Split[],
  results: readonly SplitResult[],
  { folder, parts, settings, dataSeconds }: Pick<FinishedRun, "folder" | "parts" | "settings"> & {
    readonly dataSeconds: number;
  },
): Promise<GalaxyResult> {
  const { config, signal } = options;
  const heldOut = heldOutOf(splits, results.map(({ predictions }) => predictions), galaxies.labels);
  await writePredictions(folder, galaxies, heldOut);
  const scoring = new Pace();
  const shown = (done: number, total: number) => {
    signal?.throwIfAborted();
    progress.update(`baselines: ${done} of ${total} galaxies`);
  };
  const scores = heldOut.rows.length
    ? await scoreHeldOut(galaxies, splits, heldOut, config.q6Weight as Q6Weight, shown)
    : undefined;
  const sum = (phase: "training" | "prediction") =>
    results.reduce((total, { seconds }) => total + seconds[phase], 0);
  const timings = {
    data: tenths(dataSeconds),
    training: tenths(sum("training")),
    prediction: tenths(sum("prediction")),
    baselines: tenths(scoring.seconds),
  };
  const result: GalaxyResult = {
    ...scores,
    synthetic: options.data === undefined,
    trainCount: splits[0].train.length,
    heldOutCount: heldOut.rows.length,
    steps: config.steps,
    parameters: results[0].parameters,
    transforms: options.transforms ?? 1,
    checkpoints: results.map(({ checkpoint }) => checkpoint),
    seconds: timings.training,
    timings,
    adapter: gpu.name,
    badFiles: galaxies.store.badFiles,
  };
  const [{ filters }] = results;
  await writeReport({ folder, parts, settings, result, galaxies, heldOut, filters });
  progress.line(`report: ${folder.file("report.html")}`);
  await folder.writeJson("result.json", result); // last: a folder with a result is a whole one
  return result;
}

/** Everything that decides the run, as `config.json` keeps it. */
function runConfig(options: GalaxyTrainOptions, start?: StartingPoint): Record<string, unknown> {
  const { data, config, seed, folds, transforms = 1, onBad = "stop" } = options;
  const run = { task: "galaxy", version: VERSION, seed, data, folds, transforms, onBad };
  return { ...run, startFrom: start?.start, ...config };
}

function refuseKnownGalaxies(
  start: StartingPoint | undefined,
  { store }: Galaxies,
  splits: readonly Split[],
  { data, config }: GalaxyTrainOptions,
): void {
  if (!start) return;
  const heldOut = splits.flatMap((split) => [...split.validation, ...scoredRows(split)]);
  const skySeed = data === undefined ? config.skySeed : undefined;
  refuseKnown(start, heldOut.map((row) => store.ids[row]), { skySeed });
}

function describeData(
  { store, unlabelledCount }: Galaxies,
  { data }: GalaxyTrainOptions,
  progress: Progress,
  gpu: Gpu,
): void {
  const kind = data === undefined ? "synthetic galaxies with simulated votes" : "labelled galaxies";
  const extra = unlabelledCount ? `, ${unlabelledCount} images without labels ignored` : "";
  progress.line(`${store.ids.length} ${kind}${extra}; running on ${gpu.name}`);
}

function splitsOf({ data, config, folds, seed }: GalaxyTrainOptions, count: number): Split[] {
  if (folds) {
    if (folds > count) {
      throw new InputError("Cannot cross-validate", `${folds} folds of ${count} galaxies`);
    }
    const order = permutation(fold(key(seed), "folds"), count);
    const assignment = foldAssignment(count, folds, order);
    return Array.from({ length: folds }, (_, i) => foldSplit(assignment, i));
  }
  if (data === undefined) return [skySplit(config)];
  const heldOut = Math.floor(count * config.validation);
  if (count - heldOut < 1) {
    throw new InputError("Cannot train", `${count} galaxies leave none to train on`);
  }
  const { train, validation } = consecutiveSplit(count - heldOut, heldOut, 0);
  return [{ train, validation }];
}

async function writePredictions(folder: RunFolder, { store }: Galaxies, heldOut: HeldOut) {
  if (!heldOut.rows.length) return;
  const ids = Array.from(heldOut.rows, (row) => store.ids[row]);
  const columns = { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS };
  await folder.write("predictions.csv", writeTable(ids, heldOut.predictions, columns));
}
