/**
 * What a run took, with which settings, and the command that repeats it.
 *
 * @module
 */
import { escapeText } from "./plot/svg.ts";
import { duration } from "../run/progress.ts";
import type { TaskDescription } from "../run/task_run.ts";
import { paragraph, percent, section, table } from "./html.ts";

/** The settings of a run, as its `config.json` holds them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What the last section of a run's page is made from. */
export interface RepeatContent {
  /** The run's settings. */
  readonly config: Settings;
  /** Wall-clock seconds by phase. */
  readonly timings: Readonly<Record<string, number>>;
  /** The adapter that ran it. */
  readonly adapter: string;
  /** The command that repeats the run. Default {@linkcode repeatCommand}. */
  readonly command?: string;
}

/** Timings, the command that does it again, settings. */
export function repeatSection(task: TaskDescription, content: RepeatContent): string {
  const { config, timings, adapter, command = repeatCommand(task, config) } = content;
  const version = config.version === undefined ? "" : ` ${config.version}`;
  return section(
    "The run",
    timingTable(task, timings, adapter),
    "<h3>Do it again</h3>",
    `<pre>${escapeText(command)}</pre>`,
    paragraph(
      `With the same version of Cetus${version} and the same adapter this gives the same bits; on ` +
        `another adapter figures differ in the last digits.`,
      "note",
    ),
    settingList(config),
  );
}

/** A table of the time that each phase took; empty where none is known. */
function timingTable(
  { phases }: TaskDescription,
  timings: RepeatContent["timings"],
  adapter: string,
): string {
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

/**
 * The command that repeats a run: the preset that is nearest, the options, and the settings that
 * differ from the preset, quoted for a shell.
 *
 * @param config the run's settings, as `config.json` holds them
 *
 * @example
 * ```ts
 * import { repeatCommand } from "./repeat.ts";
 *
 * const presets = { smoke: { filters: 24, trees: 2 }, small: { filters: 200, trees: 9 } };
 * const settings = { about: "", task: "whale", table: {}, presets };
 * const task = { settings, phases: {}, options: () => ({}) };
 * const command = repeatCommand(task, { filters: 190, trees: 9, data: "my clips", seed: 1 });
 * const expected = "deno task whale --data 'my clips' --preset small --seed 1 --set filters=190";
 * if (command !== expected) throw new Error(command);
 * ```
 */
export function repeatCommand(
  { settings: { task, presets = {} }, options }: TaskDescription,
  config: Settings,
): string {
  const [nearest, ...rest] = Object.entries(presets).map(([preset, settings]) => ({
    preset,
    changed: changes(settings, config),
  }));
  const { preset, changed } = rest.reduce(
    (best, next) => next.changed.length < best.changed.length ? next : best,
    nearest,
  );
  const entries: (readonly [string, unknown])[] = [
    ["--data", config.data],
    ["--preset", preset],
    ["--seed", config.seed],
    ...Object.entries(options(config)),
    ["--on-bad", config.onBad === "stop" ? undefined : config.onBad],
    ...changed.map((change) => ["--set", change] as const),
  ];
  return entries.filter(([, value]) => value !== undefined && value !== null).reduce(
    (line, [option, value]) =>
      value === true ? `${line} ${option}` : `${line} ${option} ${quoted(String(value))}`,
    `deno task ${task}`,
  );
}

/** Settings that differ from a preset, as `--set` takes them. */
function changes(preset: object, config: Settings): string[] {
  return Object.entries(preset)
    .filter(([name, value]) => config[name] !== undefined && String(config[name]) !== String(value))
    .map(([name]) => `${name}=${config[name]}`);
}

/** A word that a shell takes as it is, or in quotes. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
