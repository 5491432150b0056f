/**
 * The figures of a trained run on labelled galaxies that it has not learnt from.
 *
 * @module
 */
import { type Learnt, learntFrom } from "./split_file.ts";
import { InputError } from "../../files/input_error.ts";
import { type EvaluateOptions, openDevice } from "../run/work.ts";
import { Progress } from "../run/progress.ts";
import { RunFolder } from "../run/run_folder.ts";
import { predictAveraged, testTransforms } from "./averaging.ts";
import { meanBaseline, zerosBaseline } from "./baselines.ts";
import { answerRows, readRows } from "./dataset.ts";
import { openGalaxies, skySplit } from "./galaxies.ts";
import { loadRun } from "./predict.ts";
import { configOfRun } from "../run/settings.ts";
import { GALAXY_SETTINGS } from "./config.ts";
import { transformsOf } from "./run_config.ts";
import type { GalaxyResult, GalaxyScores } from "./result.ts";
import { rootMeanSquareError, scoreQuestions } from "./score.ts";

/** What an evaluation is given. */
export interface GalaxyEvaluateOptions extends EvaluateOptions {
  /** Transformed copies that a prediction is the mean of: 1 or 60. Default: as the run was told. */
  readonly transforms?: number;
}

/** The figures of an evaluation. */
export interface GalaxyEvaluation
  extends
    Pick<GalaxyScores, "rmse" | "noiseFloor" | "questions">,
    Pick<GalaxyResult, "synthetic" | "transforms" | "badFiles"> {
  /** Errors of all zeros, and of these galaxies' own mean: what no constant can beat. */
  readonly baselines: { readonly zeros: number; readonly ownMean: number };
  /** Galaxies that were scored. */
  readonly count: number;
  /** Galaxies left out because the run was trained on them, or they decided something of it. */
  readonly trainedOn: number;
}

/**
 * Scores a run on the galaxies of a data set that it was not trained on.
 *
 * @throws InputError for a run or data that cannot be used, and when no galaxy is left
 */
export async function evaluateGalaxies(
  options: GalaxyEvaluateOptions,
): Promise<GalaxyEvaluation> {
  const { data, cache, onBad, signal, progress = new Progress() } = options;
  const { folder, config } = await RunFolder.read(options.run);
  const galaxy = configOfRun(GALAXY_SETTINGS, config, folder.path);
  const transforms = options.transforms ?? transformsOf(config);
  testTransforms(transforms); // a wrong number fails before anything is opened
  await using opened = new AsyncDisposableStack();
  const gpu = await openDevice(options, opened);
  const model = opened.use(await loadRun(gpu, options.run)); // a run without weights fails first
  const learnt = await trainedOn(folder, config, data);
  const galaxies = opened.use(
    await openGalaxies({
      data,
      config: galaxy,
      cache,
      onBad,
      without: learnt.ids,
      progress,
      signal,
    }),
  );
  const { store, labels, ideals } = galaxies;
  const rows = data === undefined
    ? skySplit(galaxy).test
    : Uint32Array.from(store.ids.keys()).filter((row) => !learnt.pixels.has(store.checksums[row]));
  const leftOut = galaxies.leftOut + (data === undefined ? 0 : store.ids.length - rows.length);
  if (!rows.length) {
    throw new InputError(
      `Cannot evaluate on ${data ?? "synthetic galaxies"}`,
      data ? `the run learnt from all its ${leftOut} labelled galaxies` : "skyTest is 0",
    );
  }
  const pixels = readRows(store, rows);
  const predictions = await predictAveraged(model, { length: rows.length, pixels }, {
    transforms,
    progress: (done) => progress.update(`predicted ${done} of ${rows.length} galaxies`),
    signal,
  });
  progress.line(`predicted ${rows.length} galaxies`);
  const targets = answerRows(labels, rows);
  return {
    rmse: rootMeanSquareError(predictions, targets),
    baselines: constantBaselines(targets, rows.length),
    ...(ideals && { noiseFloor: rootMeanSquareError(answerRows(ideals, rows), targets) }),
    questions: scoreQuestions(predictions, targets, galaxy.q6Weight),
    synthetic: data === undefined,
    transforms,
    count: rows.length,
    trainedOn: leftOut,
    badFiles: store.badFiles,
  };
}

function constantBaselines(targets: Float32Array, count: number): GalaxyEvaluation["baselines"] {
  const truth = Float64Array.from(targets);
  return {
    zeros: rootMeanSquareError(zerosBaseline(count), truth),
    ownMean: rootMeanSquareError(meanBaseline(targets, count), truth),
  };
}

/**
 * The real galaxies that a run learnt from, by training or by what they decided; a synthetic one of the
 * same id is another galaxy.
 */
async function trainedOn(
  folder: RunFolder,
  config: Record<string, unknown>,
  data: string | undefined,
): Promise<Learnt> {
  if (data === undefined && config.data !== undefined) {
    throw new InputError(
      `Cannot evaluate ${folder.path}`,
      "it was trained on real galaxies: name labelled ones with --data",
    );
  }
  if (config.data === undefined) return { ids: new Set(), pixels: new Set() };
  if (!await folder.has("split.json")) {
    throw new InputError(
      `Cannot evaluate ${folder.path}`,
      "it holds no split.json; a cross-validation is evaluated fold by fold (--run .../fold1)",
    );
  }
  return await learntFrom(folder, configOfRun(GALAXY_SETTINGS, config, folder.path));
}
