/**
 * The catalogue of a run: a folder of real songs and plays, or a synthetic one.
 *
 * @module
 */
import type { DataOptions, Watched } from "../run/work.ts";
import type { OpenCatalogue } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";
import { openMusicFolder } from "./data.ts";
import { leastSamples } from "./spectrograms.ts";
import { openSyntheticCatalogue } from "./synthetic_set.ts";

/** Which catalogue: settings of synthetic songs, and of the filters of real ones. */
export type CatalogueOptions = DataOptions<MusicConfig> & Watched;

/**
 * Opens the catalogue of a run.
 *
 * @throws {InputError} for data that cannot be used
 */
export async function openCatalogue(options: CatalogueOptions): Promise<OpenCatalogue> {
  const { data, config, seed, cache, onBad, progress, signal } = options;
  if (data !== undefined) {
    const { leastPlays, leastListeners } = config;
    return await openMusicFolder({
      data,
      onBad,
      leastPlays,
      leastListeners,
      least: leastSamples(config),
      progress,
      signal,
    });
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
