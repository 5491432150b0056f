/**
 * What the steps of a music run share.
 *
 * @module
 */
import type { Key } from "../../gpu/random.ts";
import type { Interactions } from "../../recsys/interactions.ts";
import type { TaskRun } from "../run/task_run.ts";
import type { Catalogue } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";
import type { Factors } from "./run_files.ts";
import type { Trial } from "./scores.ts";
import type { SongSound } from "./spectrograms.ts";
import type { MusicPhase } from "./task.ts";

/** A run whose songs were heard and whose plays were factorised. */
export interface MusicTraining {
  /** The run. */
  readonly run: TaskRun<MusicPhase>;
  /** Its settings. */
  readonly config: MusicConfig;
  /** Its stream of everything random. */
  readonly key: Key;
  /** Songs and plays. */
  readonly catalogue: Catalogue;
  /** Hidden plays of cold songs, which are to be found. */
  readonly trial: Trial;
  /** Plays of songs that are not cold. */
  readonly known: Interactions;
  /** Songs with known plays, which are learnt from. */
  readonly learnt: Uint32Array;
  /** What each song sounds like. */
  readonly sounds: readonly SongSound[];
  /** Factors of known plays. */
  readonly strict: Factors;
  /** Factors of all plays. */
  readonly all: Factors;
}
