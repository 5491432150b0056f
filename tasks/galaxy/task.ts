/**
 * What the galaxy task tells of its runs.
 *
 * @module
 */
import type { TaskDescription } from "../run/task_run.ts";
import { GALAXY_SETTINGS } from "./config.ts";

/** A phase of a run. */
export type GalaxyPhase = "data" | "training" | "prediction" | "baselines";

/** The galaxy task. */
export const GALAXY: TaskDescription<GalaxyPhase> = {
  settings: GALAXY_SETTINGS,
  phases: {
    data: "reading or making the galaxies",
    training: "training",
    prediction: "predicting the galaxies held out",
    baselines: "baselines",
  },
  options: ({ folds, transforms, startFrom }) => ({
    "--folds": folds,
    "--transforms": transforms === 1 ? undefined : transforms,
    "--init": (startFrom as { readonly run?: unknown } | undefined)?.run,
  }),
};
