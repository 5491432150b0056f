/**
 * The training run: galaxies in, a folder with a trained network, its predictions and its figures
 * out.
 *
 * @module
 */
import { writeTable } from "../../files/table.ts";
import type { RunFolder } from "../run/run_folder.ts";
import { configOfRun } from "../run/settings.ts";
import { runSeeds, type SeedsOptions, type SeedsResult } from "../run/seeds.ts";
import { type RunOptions, runSettings, runTask, type TaskRun } from "../run/task_run.ts";
import type { Split } from "../study/split.ts";
import { testTransforms } from "./averaging.ts";
import { decisionsOf, GALAXY_SETTINGS, type GalaxyConfig } from "./config.ts";
import { type Galaxies, openGalaxies } from "./galaxies.ts";
import { ANSWER_COLUMNS, ID_COLUMN } from "./questions.ts";
import { type GalaxyResult, type HeldOut, heldOutOf, scoreHeldOut } from "./result.ts";
import { runPage } from "./run_page.ts";
import { refuseKnown, splitsOf } from "./splits.ts";
import { startingPoint } from "./start.ts";
import { GALAXY, type GalaxyPhase } from "./task.ts";
import { type SplitResult, type Training, trainSplit } from "./train_split.ts";

/** What a training run is given. The synthetic sky has a seed of its own, in `config`. */
export interface GalaxyTrainOptions extends RunOptions<GalaxyConfig> {
  /**
   * Parts of a cross-validation. Without it the last galaxies of real data are scored, and the test
   * galaxies of a synthetic sky.
   */
  readonly folds?: number;
  /** Transformed copies that a prediction is the mean of: 1 (default) or 60. */
  readonly transforms?: number;
  /** Folder of an earlier run whose weights training starts from. */
  readonly init?: string;
  /** For a trial of a search: the galaxies that a run would score are neither trained on nor scored. */
  readonly unseen?: boolean;
}

/**
 * Trains, validates and writes the folder of a run. One that is interrupted in training goes on from
 * its last checkpoint.
 *
 * @throws {InputError} when the data, the folder or the run to start from cannot be used
 * @throws {Interrupted} when the signal ended it
 */
export async function trainGalaxy(options: GalaxyTrainOptions): Promise<GalaxyResult> {
  const { config, folds, transforms = 1, init } = options;
  testTransforms(transforms); // a wrong number fails before the training, not after
  const start = init === undefined ? undefined : await startingPoint(init);
  const settings = runSettings(GALAXY, options, { folds, transforms, startFrom: start?.start });
  return await runTask(GALAXY, options, settings, {
    open: async (run) => {
      const opening = () => openGalaxies({ ...options, progress: run.progress });
      const galaxies = run.use(await run.time("data", opening));
      const splits = splitsOf(options, galaxies.store.ids.length);
      if (start) refuseKnown(start, galaxies, splits, options);
      return { galaxies, splits };
    },
    work: async (run, { galaxies, splits }) => {
      describeGalaxies(run, galaxies);
      const { trained, parts } = await trainSplits({ run, config, galaxies, start }, splits, folds);
      const heldOut = heldOutOf(splits, trained.map((t) => t.predictions), galaxies.labels);
      await writePredictions(run.folder, galaxies, heldOut);
      const scores = await run.time("baselines", () => score(run, galaxies, splits, heldOut));
      const result: GalaxyResult = {
        ...scores,
        synthetic: options.data === undefined,
        trainCount: splits[0].train.length,
        validationCount: splits[0].validation.length,
        validationDecides: decisionsOf(config),
        heldOutCount: heldOut.rows.length,
        steps: config.steps,
        parameters: trained[0].parameters,
        transforms,
        checkpoints: trained.map(({ checkpoint }) => checkpoint),
        seconds: run.timings.training,
        timings: run.timings,
        adapter: run.gpu.name,
        badFiles: galaxies.store.badFiles,
      };
      const [{ filters }] = trained;
      return { result, page: await runPage({ run, parts, result, galaxies, heldOut, filters }) };
    },
  });
}

/** Errors of the network and the baselines over several runs. */
export type GalaxySeedsResult = SeedsResult<
  GalaxyResult,
  Pick<GalaxyResult, "rmse" | "baselines" | "ratioToPixelRidge">
>;

/** Trains with several seeds, see {@linkcode runSeeds}. */
export async function trainGalaxySeeds(
  options: SeedsOptions<GalaxyTrainOptions>,
): Promise<GalaxySeedsResult> {
  return await runSeeds(GALAXY, options, trainGalaxy, ({ rmse, baselines, ratioToPixelRidge }) => ({
    rmse,
    baselines,
    ratioToPixelRidge,
  }));
}

function describeGalaxies(
  { progress, settings, gpu }: TaskRun,
  { store, unlabelledCount }: Galaxies,
): void {
  const kind = settings.data === undefined
    ? "synthetic galaxies with simulated votes"
    : "labelled galaxies";
  const extra = unlabelledCount ? `, ${unlabelledCount} images without labels ignored` : "";
  progress.line(`${store.ids.length} ${kind}${extra}; running on ${gpu.name}`);
}

/** Trains on each split; the folds of a cross-validation have folders of their own. */
async function trainSplits(
  training: Omit<Training, "folder">,
  splits: readonly Split[],
  folds: number | undefined,
): Promise<{ readonly trained: SplitResult[]; readonly parts: RunFolder[] }> {
  const { run } = training;
  const [trained, parts]: [SplitResult[], RunFolder[]] = [[], []];
  for (const [i, split] of splits.entries()) {
    const folder = folds ? await run.part(`fold${i + 1}`, { fold: i + 1 }) : run.folder;
    if (folds) run.progress.line(`fold ${i + 1} of ${folds}`);
    trained.push(await trainSplit({ ...training, folder }, split, i));
    parts.push(folder);
  }
  return { trained, parts };
}

async function writePredictions(folder: RunFolder, { store }: Galaxies, heldOut: HeldOut) {
  if (!heldOut.rows.length) return;
  const ids = Array.from(heldOut.rows, (row) => store.ids[row]);
  const columns = { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS };
  await folder.write("predictions.csv", writeTable(ids, heldOut.predictions, columns));
}

/** Scores held-out predictions beside the baselines; nothing where none were held out. */
async function score(
  { progress, signal, settings, folder }: TaskRun<GalaxyPhase>,
  galaxies: Galaxies,
  splits: readonly Split[],
  heldOut: HeldOut,
) {
  if (!heldOut.rows.length) return;
  return await scoreHeldOut(
    galaxies,
    splits,
    heldOut,
    configOfRun(GALAXY_SETTINGS, settings, folder.path).q6Weight,
    (done, total) => {
      signal?.throwIfAborted();
      progress.update(`baselines: ${done} of ${total} galaxies`);
    },
  );
}
