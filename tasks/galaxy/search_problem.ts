/**
 * What a search for good settings of the galaxy network tries, and how it scores a trial.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { remove } from "../../files/disk/folder.ts";
import { JPEGS } from "../../files/disk/image_source.ts";
import { makeTemporaryFolder } from "../../files/disk/temporary.ts";
import { Progress } from "../run/progress.ts";
import { RunFolder } from "../run/run_folder.ts";
import { checked } from "../run/settings.ts";
import {
  openOnDevice,
  type OpenProblem,
  type StudyProblem,
  type Trial,
  type TrialOutcome,
} from "../study/problem.ts";
import { dataFingerprint } from "../study/fingerprint.ts";
import { range, type SearchSpace } from "../study/space.ts";
import { GALAXY_SETTINGS, type GalaxyConfig } from "./config.ts";
import { TRAINING_IMAGES, TRAINING_TABLE } from "./data.ts";
import { type GalaxyTrainOptions, trainGalaxy } from "./train.ts";

/** The ranges of a first round: learning rate, dropout, and how far augmentation goes. */
export const GALAXY_SPACE: SearchSpace = {
  learningRate: range.logUniform(2e-4, 4e-3),
  dropout: range.uniform(0, 0.6),
  translate: range.uniform(0, 10),
  zoom: range.logUniform(1.02, 1.6),
  colour: range.uniform(0, 0.5),
};

/** What a worker's trials are quiet about. */
const QUIET = new Progress({ write: () => {}, isTerminal: false });

/** The study of the galaxy task. */
export const problem: StudyProblem = {
  task: "galaxy",
  goal: { figure: "rmse", better: "lower" },
  space: () => GALAXY_SPACE,
  fingerprint: (data) =>
    dataFingerprint(data, { tables: [TRAINING_TABLE], sets: [TRAINING_IMAGES], kind: JPEGS }),
  check: (data, { test, validation, skyValidation }) => {
    const watched = data === undefined ? { skyValidation } : { validation };
    const needed = { ...(data !== undefined && { test }), ...watched };
    const [missing] = Object.entries(needed).filter(([, part]) => part === 0);
    if (!missing) return;
    throw new InputError(
      "Cannot search",
      `${
        missing[0]
      } is 0, expected more: trials are compared by galaxies that they watch, and that ` +
        "are not scored later",
    );
  },
  open: async (plan, { data, cache = "cache" }): Promise<OpenProblem> => {
    const config = checked(GALAXY_SETTINGS, plan.config);
    return await openOnDevice((gpu) =>
      Promise.resolve((trial, signal) =>
        runTrial({ gpu, data, onBad: plan.onBad, cache, signal }, config, trial)
      )
    );
  },
};

/**
 * Trains with a trial's settings; its figure is the error of the galaxies watched while training, with
 * the weights that would predict.
 */
async function runTrial(
  shared: Pick<GalaxyTrainOptions, "gpu" | "data" | "onBad" | "cache" | "signal">,
  config: GalaxyConfig,
  { settings, key: [seed] }: Trial,
): Promise<TrialOutcome> {
  const out = await makeTemporaryFolder(`${shared.cache}/galaxy_trial`);
  try {
    await trainGalaxy({
      ...shared,
      config: { ...config, ...settings, skyTest: 0 },
      unseen: true,
      seed,
      out: `${out}/run`,
      progress: QUIET,
    });
    const { folder } = await RunFolder.read(`${out}/run`);
    const watched = (await folder.metrics()).map(({ validationRmse }) => validationRmse);
    const errors = watched.filter((value) => typeof value === "number");
    return {
      figures: { rmse: config.use === "best" ? Math.min(...errors) : errors.at(-1) ?? NaN },
    };
  } finally {
    await remove(out);
  }
}
