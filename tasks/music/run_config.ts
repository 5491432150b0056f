/**
 * The settings of a music run on disk.
 *
 * @module
 */
import { settingsOfRun } from "../run/run_config.ts";
import { checkConfig, MUSIC_PRESETS, type MusicConfig } from "./config.ts";

/**
 * The settings of a run as its `config.json` holds them.
 *
 * @throws {InputError} naming what is missing or out of range
 */
export function configOfRun(config: Readonly<Record<string, unknown>>): MusicConfig {
  return settingsOfRun(config, { task: "music", preset: MUSIC_PRESETS.small, check: checkConfig });
}
