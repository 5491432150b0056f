/**
 * The settings of a run on disk.
 *
 * @module
 */
import { UsageError } from "../cli.ts";
import { InputError } from "../data/input_error.ts";
import { checkConfig, WHALE_PRESETS, type WhaleConfig } from "./config.ts";

/**
 * The settings of a run as its `config.json` holds them.
 *
 * @throws {InputError} naming what is missing or out of range
 */
export function configOfRun(config: Record<string, unknown>): WhaleConfig {
  const known = Object.keys(WHALE_PRESETS.small);
  const missing = known.find((name) => !(name in config));
  if (config.task !== "whale" || missing) {
    throw new InputError(
      "Cannot use the run",
      config.task === "whale" ? `config.json lacks "${missing}"` : "it is no whale run",
    );
  }
  const whale = Object.fromEntries(known.map((name) => [name, config[name]]));
  try {
    checkConfig(whale as unknown as WhaleConfig);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InputError("Cannot use the run", `config.json: ${error.message}`);
  }
  return whale as unknown as WhaleConfig;
}
