/**
 * What the whale task tells of its runs.
 *
 * @module
 */
import type { TaskDescription } from "../run/task_run.ts";
import { WHALE_SETTINGS } from "./config.ts";

/** A phase of a run. */
export type WhalePhase = "clips" | "baselines" | "dictionaries" | "encoding" | "classifiers";

/** The whale task. */
export const WHALE: TaskDescription<WhalePhase> = {
  settings: WHALE_SETTINGS,
  phases: {
    clips: "reading or making the clips",
    baselines: "baselines",
    dictionaries: "patches, whitening, K-means",
    encoding: "describing the clips by the dictionaries",
    classifiers: "classifiers",
  },
  options: ({ allowOrderLeak }) => ({
    "--allow-order-leak": allowOrderLeak === true ? true : undefined,
  }),
};
