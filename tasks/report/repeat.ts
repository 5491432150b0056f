/**
 * What a run took, with which settings, and the command that repeats it.
 *
 * @module
 */
import { escapeText } from "./plot/svg.ts";
import { duration } from "../run/progress.ts";
import { percent, table } from "./html.ts";

/** The settings of a run, as its `config.json` holds them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What timings are told with. */
export interface TimingOptions {
  /** Wall-clock seconds by phase. */
  readonly timings: Readonly<Record<string, number>>;
  /** What the phases are called. */
  readonly phases: Readonly<Record<string, string>>;
  /** The adapter that ran it. */
  readonly adapter: string;
}

/** A table of the time that each phase took; empty where none is known. */
export function timingTable({ timings, phases, adapter }: TimingOptions): string {
  const entries = Object.entries(timings);
  const total = entries.reduce((sum, [, seconds]) => sum + seconds, 0);
  if (!(total > 0)) return "";
  const rows = entries.map(([phase, seconds]) => [
    escapeText(phases[phase] ?? phase),
    short(seconds),
    percent(seconds / total),
  ]);
  return table({
    caption: `Time, measured by the clock, on ${adapter}`,
    header: ["phase", "time", "part"],
    rows: [...rows, ["all", short(total), ""]],
    text: [0],
  });
}

/** Seconds as text; tenths where there are few. */
function short(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

/** All settings in a table that opens on demand. */
export function settingList(config: Settings): string {
  const rows = Object.entries(config)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [escapeText(name), escapeText(written(value))]);
  const list = table({ caption: "Settings", header: ["setting", "value"], rows, text: [0, 1] });
  return `<details><summary>All ${rows.length} settings</summary>${list}</details>`;
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a command is made from. */
export interface CommandOptions {
  /** Its beginning, such as `deno task galaxy`. */
  readonly command: string;
  /** The presets of the task by name. */
  readonly presets: Readonly<Record<string, Settings>>;
  /** The run's settings. */
  readonly config: Settings;
  /** Folder or zip of the data, where there is one. */
  readonly data?: unknown;
  /** Options by name; those of undefined or null are left out, and `true` is a name alone. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The command that repeats a run: the preset that is nearest, the options, and the settings that
 * differ from the preset, quoted for a shell.
 *
 * @example
 * ```ts
 * import { presetCommand } from "./repeat.ts";
 *
 * const command = presetCommand({
 *   command: "deno task whale",
 *   presets: { smoke: { filters: 24, trees: 2 }, small: { filters: 200, trees: 9 } },
 *   config: { filters: 190, trees: 9 },
 *   data: "my clips",
 *   options: { "--seed": 1 },
 * });
 * const expected = "deno task whale --data 'my clips' --preset small --seed 1 --set filters=190";
 * if (command !== expected) throw new Error(command);
 * ```
 */
export function presetCommand({ command, presets, config, data, options }: CommandOptions): string {
  const [nearest, ...rest] = Object.entries(presets).map(([name, preset]) => ({
    name,
    changed: changes(preset, config),
  }));
  const { name, changed } = rest.reduce(
    (best, next) => next.changed.length < best.changed.length ? next : best,
    nearest,
  );
  const entries: (readonly [string, unknown])[] = [
    ["--data", data],
    ["--preset", name],
    ...Object.entries(options),
    ...changed.map((change) => ["--set", change] as const),
  ];
  return entries.filter(([, value]) => value !== undefined && value !== null).reduce(
    (line, [option, value]) =>
      value === true ? `${line} ${option}` : `${line} ${option} ${quoted(String(value))}`,
    command,
  );
}

/** Settings that differ from a preset, as `--set` takes them. */
function changes(preset: Settings, config: Settings): string[] {
  return Object.keys(preset)
    .filter((name) => config[name] !== undefined && String(config[name]) !== String(preset[name]))
    .map((name) => `${name}=${config[name]}`);
}

/** A word that a shell takes as it is, or in quotes. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
