/**
 * What may be chosen about synthetic songs and their listeners.
 *
 * @module
 */
import { check, whole, within } from "../../../gpu/check.ts";
import type { MusicConfig } from "../config.ts";
import { GENRES } from "./genres.ts";

/** Which songs: all that the cached sound depends on. */
export interface SongSettings extends Pick<MusicConfig, "songs" | "seconds" | "artists" | "hard"> {
  /** Names the catalogue: another seed is another catalogue. */
  readonly seed: number;
}

/** Who listens, and to what. */
export interface ListenerSettings {
  /** Number of listeners, 1 to 2^24. Default 1500. */
  readonly listeners: number;
  /**
   * Weight of what cannot be heard against what can (`w_h`); 0 closes the semantic gap, 2 widens it.
   * Default 1.
   */
  readonly gap: number;
  /** Strength of taste against popularity and chance. Default 2. */
  readonly beta: number;
  /** Exponent of popularity over its rank (Zipf). Default 1; 1.3 for a catalogue of niche items. */
  readonly zeta: number;
  /** Share of the songs that are underground, at -2 logits, 0 to 1. Default 0. */
  readonly underground: number;
}

/** The settings that the calibration was measured with. */
export const MUSIC_DEFAULTS: Omit<SongSettings, "seed"> & ListenerSettings = {
  songs: 400,
  seconds: 6,
  artists: 80,
  hard: false,
  listeners: 1500,
  gap: 1,
  beta: 2,
  zeta: 1,
  underground: 0,
};

const ATTEMPT = "Cannot synthesise music";

/**
 * Checks settings before anything of their size is made.
 *
 * @throws {RangeError} naming the setting, what came and what is expected
 */
export function checkSettings(settings: SongSettings & ListenerSettings): void {
  const { songs, seconds, artists, listeners, underground, gap, beta, zeta } = settings;
  whole(ATTEMPT, { songs }, GENRES.length, 2 ** 20);
  whole(ATTEMPT, { artists }, GENRES.length, songs);
  whole(ATTEMPT, { listeners }, 1, 2 ** 24);
  check(seconds > 0 && seconds <= 600, ATTEMPT, { seconds }, "a number above 0 and at most 600");
  within(ATTEMPT, { underground }, 0, 1);
  within(ATTEMPT, { gap, beta, zeta }, 0);
}
