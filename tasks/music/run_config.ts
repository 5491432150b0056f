/**
 * The settings of a run on disk.
 *
 * @module
 */
import { UsageError } from "../cli.ts";
import { InputError } from "../data/input_error.ts";
import { checkConfig, MUSIC_PRESETS, type MusicConfig } from "./config.ts";

/**
 * The settings of a run as its `config.json` holds them.
 *
 * @throws {InputError} naming what is missing or out of range
 */
export function configOfRun(config: Readonly<Record<string, unknown>>): MusicConfig {
  const small = MUSIC_PRESETS.small as unknown as Record<string, unknown>;
  const known = Object.keys(small);
  const wrong = known.find((name) => typeof config[name] !== typeof small[name]);
  if (config.task !== "music" || wrong) {
    throw new InputError(
      "Cannot use the run",
      config.task === "music"
        ? `config.json has ${wrong} ${config[wrong!]}, expected a ${typeof small[wrong!]}`
        : "it is no music run",
    );
  }
  const music = Object.fromEntries(known.map((name) => [name, config[name]]));
  try {
    checkConfig(music as unknown as MusicConfig);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InputError("Cannot use the run", `config.json: ${error.message}`);
  }
  return music as unknown as MusicConfig;
}
