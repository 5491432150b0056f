/**
 * Weights of an earlier run as the start of another one: fine-tuning.
 *
 * @module
 */
import { digestOf } from "../../files/digest.ts";
import { readBytes } from "../../files/disk/text_file.ts";
import { RunFolder } from "../run/run_folder.ts";
import { configOfRun } from "../run/settings.ts";
import { GALAXY_SETTINGS } from "./config.ts";
import { weightsFile } from "./run_config.ts";
import { type Learnt, learntFrom } from "./split_file.ts";

/** Where a run's weights come from, as its `config.json` keeps it. */
export interface Start {
  /** Folder of the earlier run. */
  readonly run: string;
  /** SHA-256 of the file of its weights. */
  readonly sha256: string;
}

/** An earlier run's weights, and what it learnt them from. */
export interface StartingPoint {
  /** For `config.json`. */
  readonly start: Start;
  /** File of the weights. */
  readonly file: string;
  /** Seed of the synthetic sky it was trained on; absent for real galaxies. */
  readonly skySeed?: number;
  /** The galaxies it was trained on, or that decided something of it. */
  readonly learnt: Learnt;
}

/** Finds the weights of a finished run. */
export async function startingPoint(run: string): Promise<StartingPoint> {
  const { folder, config } = await RunFolder.read(run);
  const file = folder.file(await weightsFile(folder, config));
  const sha256 = await digestOf(await readBytes(file));
  const galaxy = configOfRun(GALAXY_SETTINGS, config, run);
  return {
    start: { run, sha256 },
    file,
    ...(config.data === undefined && { skySeed: galaxy.skySeed }),
    learnt: await learntFrom(folder, galaxy),
  };
}
