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
  /**
   * Settings that act only beside others: what keeps one from acting, such as `schedule is "drops",
   * expected cosine`, or nothing where it acts. One that a user gives where it does not act is refused,
   * and a search does not draw it.
   */
  readonly needs?: { readonly [Name in keyof Table]?: Need };
}

/** What keeps a setting from acting, given all settings and the options of the command line. */
export type Need = (config: object, options: object) => string | undefined;

/**
 * A need that another setting, or an option, has one of some values.
 *
 * @param name of the other; an option with its dashes, which `undefined` stands for where it is not given
 */
export function needs(
  name: string,
  values: readonly unknown[],
  expected: string = values.join(" or "),
): Need {
  return (config, options) => {
    const value = name.startsWith("--")
      ? Reflect.get(options, name.slice(2))
      : Reflect.get(config, name);
    return values.includes(value) ? undefined : mismatch(name, value, expected);
  };
}

/** Whether a command line is a search's: its trials score nothing that a run would, and keep no files. */
export function isSearch(options: object): boolean {
  return "trials" in options;
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
  line: { readonly preset?: string; readonly set?: readonly Pair[] },
): ValuesOf<Table> {
  const { table, presets } = settings;
  const { preset = "small", set = [] } = line;
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
  const config = checked(settings, changed);
  for (const [name] of set) {
    const lack = settings.needs?.[name]?.(config, line);
    if (lack) throw new UsageError(`Cannot use --set ${name}: ${lack}`, "settings");
  }
  return config;
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
