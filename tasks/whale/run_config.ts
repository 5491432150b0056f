/**
 * The settings of a whale run on disk.
 *
 * @module
 */
import { settingsOfRun } from "../run/run_config.ts";
import { checkConfig, WHALE_PRESETS, type WhaleConfig } from "./config.ts";

/**
 * The settings of a run as its `config.json` holds them.
 *
 * @throws {InputError} naming what is missing or out of range
 */
export function configOfRun(config: Readonly<Record<string, unknown>>): WhaleConfig {
  return settingsOfRun(config, { task: "whale", preset: WHALE_PRESETS.small, check: checkConfig });
}
