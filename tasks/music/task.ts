/**
 * What the music task tells of its runs.
 *
 * @module
 */
import type { TaskDescription } from "../run/task_run.ts";
import { MUSIC_SETTINGS } from "./config.ts";

/** A phase of a run. */
export type MusicPhase = "songs" | "spectrograms" | "factors" | "baselines" | "network" | "map";

/** The music task. */
export const MUSIC: TaskDescription<MusicPhase> = {
  settings: MUSIC_SETTINGS,
  phases: {
    songs: "reading or making the songs",
    spectrograms: "spectrograms and cepstra",
    factors: "factorisation, of known and of all plays",
    baselines: "baselines",
    network: "networks of both protocols",
    map: "map",
  },
  options: ({ factorsFrom }) => ({ "--factors": factorsFrom }),
};
