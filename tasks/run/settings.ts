/**
 * The settings of a task: a table of what there is, presets that change some of them, and settings as
 * they come from a command line, from a run on disk or from a study.
 *
 * @module
 */
import { mismatch } from "../../gpu/check.ts";
import { InputError } from "../../files/input_error.ts";
import { adviceFor, UsageError } from "./usage_error.ts";
import { oneOf, type Pair, pairs, type ValuesOf, valuesOf, type ValueTable } from "./value.ts";

/** The settings of a task, or of one of its commands. */
export interface TaskSettings<Table extends ValueTable = ValueTable> {
  /** What they are, as help tells it: `settings of a run`. */
  readonly about: string;
  /** Name of the task, as `config.json` of its runs has it. */
  readonly task: string;
  /** Every setting; the defaults are the preset `small`. Flat, so that `--set` reaches each. */
  readonly table: Table;
  /** All values by the names of the presets. */
  readonly presets?: Readonly<Record<string, ValuesOf<Table>>>;
  /** What the presets are, for help: `seconds, minutes, or as published`. */
  readonly sizes?: string;
  /** Throws a {@linkcode UsageError} for settings that do not go together. */
  check?(config: ValuesOf<Table>): void;
}

/** The defaults of a table. */
export function defaultsOf<Table extends ValueTable>(table: Table): ValuesOf<Table> {
  return valuesOf(table, (_, { fallback }) => fallback);
}

/** `--set`. */
export const SET = {
  set: pairs("change a setting, as often as needed; --help settings tells which"),
};

/** `--preset` and `--set`. */
export function settingOptions({ presets = {}, sizes = "size of the run" }: TaskSettings) {
  return { preset: oneOf(Object.keys(presets), sizes).or("small"), ...SET };
}

/**
 * The settings of a command line: a preset with some changed, checked.
 *
 * @throws {UsageError} naming the setting, what came and what was expected
 */
export function configOf<Table extends ValueTable>(
  settings: TaskSettings<Table>,
  { preset = "small", set = [] }: { readonly preset?: string; readonly set?: readonly Pair[] },
): ValuesOf<Table> {
  const { table, presets } = settings;
  const names = Object.keys(presets ?? {});
  if (presets && !Object.hasOwn(presets, preset)) {
    throw new UsageError(mismatch("--preset", preset, names.join(" or ")));
  }
  const changed: Record<string, unknown> = { ...(presets?.[preset] ?? defaultsOf(table)) };
  for (const [name, text] of set) {
    if (!Object.hasOwn(table, name)) {
      throw new UsageError(
        `There is no setting ${name}${adviceFor(name, Object.keys(table))}`,
        "settings",
      );
    }
    changed[name] = table[name].read(name, text);
  }
  return checked(settings, changed);
}

/**
 * Values that come from a file or a search, as settings; names that are none are left out.
 *
 * @throws {UsageError} naming the setting, what came and what was expected
 */
export function checked<Table extends ValueTable>(
  { table, check }: Pick<TaskSettings<Table>, "table" | "check">,
  values: Readonly<Record<string, unknown>>,
): ValuesOf<Table> {
  const config = valuesOf(table, (name, declared) => {
    if (!Object.hasOwn(values, name)) throw new UsageError(`${name} is missing`);
    return declared.check(name, values[name]);
  });
  check?.(config);
  return config;
}

/**
 * The settings of a run as its `config.json` holds them, checked as those of a command line.
 *
 * @param run its folder, for messages
 * @throws {InputError} for a run of another task; naming what is missing or not as expected
 */
export function configOfRun<Table extends ValueTable>(
  settings: TaskSettings<Table>,
  config: Readonly<Record<string, unknown>>,
  run: string,
): ValuesOf<Table> {
  const { task } = settings;
  const refuse = (reason: string) => new InputError(`Cannot use the run ${run}`, reason);
  if (config.task !== task) throw refuse(`it is no ${task} run`);
  try {
    return checked(settings, config);
  } catch (error) {
    throw error instanceof UsageError ? refuse(`config.json: ${error.message}`) : error;
  }
}
