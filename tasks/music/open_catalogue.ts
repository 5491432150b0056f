/**
 * The catalogue of a run: a folder of real songs and plays, or a synthetic one.
 *
 * @module
 */
import type { OnBad } from "../../files/bad_file.ts";
import type { Progress } from "../run/progress.ts";
import type { OpenCatalogue } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";
import { openMusicFolder } from "./data.ts";
import { openSyntheticCatalogue } from "./synthetic_set.ts";

/** Which catalogue. */
export interface CatalogueOptions {
  /** Folder of songs and plays; synthetic where there is none. */
  readonly data?: string;
  /** Settings of synthetic songs, and of the filters of real ones. */
  readonly config: MusicConfig;
  /** Names the synthetic songs and listeners. */
  readonly seed: number;
  /** Folder where synthetic sound is kept. */
  readonly cache: string;
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: OnBad;
  /** Where progress is shown. */
  readonly progress: Progress;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the catalogue of a run.
 *
 * @throws {InputError} for data that cannot be used
 */
export async function openCatalogue(options: CatalogueOptions): Promise<OpenCatalogue> {
  const { data, config, seed, cache, onBad, progress, signal } = options;
  if (data !== undefined) {
    const { leastPlays, leastListeners } = config;
    return await openMusicFolder({ data, onBad, leastPlays, leastListeners, progress, signal });
  }
  const { songs, seconds, artists, listeners, hard } = config;
  const catalogue = await openSyntheticCatalogue({
    seed,
    songs,
    seconds,
    artists,
    listeners,
    hard,
    cache,
    progress,
    signal,
  });
  return { ...catalogue, [Symbol.dispose]() {} }; // its file is opened for each song
}
