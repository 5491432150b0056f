/**
 * The settings of a run on disk.
 *
 * @module
 */
import { UsageError } from "./cli.ts";
import { InputError } from "../../files/input_error.ts";

/** What the settings of a task's runs are. */
export interface RunSettings<Config> {
  /** Name of the task, as `config.json` has it. */
  readonly task: string;
  /** Settings of a preset, of which a run has all, of the same types. */
  readonly preset: Config;
  /** Throws a {@linkcode UsageError} for values out of range. */
  readonly check: (config: Config) => void;
}

/**
 * The settings of a run as its `config.json` holds them, checked as those of the command line.
 *
 * @throws {InputError} for a run of another task; naming what is missing, of another type, or out of
 * range
 */
export function settingsOfRun<Config extends object>(
  config: Readonly<Record<string, unknown>>,
  { task, preset, check }: RunSettings<Config>,
): Config {
  const refuse = (reason: string) => new InputError("Cannot use the run", reason);
  if (config.task !== task) throw refuse(`it is no ${task} run`);
  const values = Object.entries(preset).map(([name, known]) => {
    const value = config[name];
    if (!(name in config)) throw refuse(`config.json lacks "${name}"`);
    if (typeof value === typeof known) return [name, value];
    throw refuse(`config.json has ${name} ${JSON.stringify(value)}, expected a ${typeof known}`);
  });
  const settings = Object.fromEntries(values) as Config;
  try {
    check(settings);
  } catch (error) {
    throw error instanceof UsageError ? refuse(`config.json: ${error.message}`) : error;
  }
  return settings;
}
