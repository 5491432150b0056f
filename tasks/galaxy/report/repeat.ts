/**
 * What it took, with which settings, and how to do it again.
 *
 * @module
 */
import { escapeText } from "../../plot/svg.ts";
import { duration } from "../../progress.ts";
import { GALAXY_PRESETS } from "../config.ts";
import type { GalaxyReportContent } from "./content.ts";
import { paragraph, percent, section, table } from "./html.ts";

/** What the phases are called. */
const PHASES: Readonly<Record<string, string>> = {
  data: "reading or making the galaxies",
  training: "training",
  prediction: "predicting the galaxies held out",
  baselines: "baselines",
};

type Settings = Readonly<Record<string, unknown>>;

/** Timings, settings, command. */
export function repeatSection(content: GalaxyReportContent): string {
  const { config, command = repeatCommand(config) } = content;
  const version = config.version === undefined ? "" : ` ${config.version}`;
  return section(
    "The run",
    timings(content),
    "<h3>Do it again</h3>",
    `<pre>${escapeText(command)}</pre>`,
    paragraph(
      `With the same version of Cetus${version} and the same adapter this gives the same bits; on ` +
        `another adapter figures differ in the last digits.`,
      "note",
    ),
    settings(config),
  );
}

function timings({ result }: GalaxyReportContent): string {
  const entries = Object.entries(result.timings);
  const total = entries.reduce((sum, [, seconds]) => sum + seconds, 0);
  if (!(total > 0)) return "";
  const rows = entries.map(([phase, seconds]) => [
    escapeText(PHASES[phase] ?? phase),
    short(seconds),
    percent(seconds / total),
  ]);
  return table({
    caption: `Time, measured by the clock, on ${result.adapter}`,
    header: ["phase", "time", "part"],
    rows: [...rows, ["all", short(total), ""]],
    text: [0],
  });
}

/** Seconds as text; tenths where there are few. */
function short(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

function settings(config: Settings): string {
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
 * The command that repeats a run: the preset that is nearest, and what differs from it.
 *
 * @param config the run's settings, as `config.json` holds them
 *
 * @example
 * ```ts
 * import { GALAXY_PRESETS } from "../config.ts";
 * import { repeatCommand } from "./repeat.ts";
 *
 * const command = repeatCommand({ ...GALAXY_PRESETS.smoke, seed: 2, steps: 30 });
 * if (command !== "deno task galaxy --preset smoke --seed 2 --set steps=30") throw new Error(command);
 * ```
 */
export function repeatCommand(config: Settings): string {
  const { data, seed, folds, transforms, onBad, startFrom } = config;
  const presets = Object.entries(GALAXY_PRESETS).map(([name, preset]) => ({
    name,
    changed: changes(preset as unknown as Settings, config),
  }));
  const nearest = presets.reduce((best, next) =>
    next.changed.length < best.changed.length ? next : best
  );
  const start = (startFrom as { readonly run?: unknown } | undefined)?.run;
  const options: (readonly [string, unknown])[] = [
    ["--data", data],
    ["--preset", nearest.name],
    ["--seed", seed],
    ["--folds", folds],
    ["--transforms", transforms === 1 ? undefined : transforms],
    ["--on-bad", onBad === "stop" ? undefined : onBad],
    ["--init", start],
    ...nearest.changed.map((change) => ["--set", change] as const),
  ];
  return options.filter(([, value]) => value !== undefined && value !== null).reduce(
    (command, [name, value]) => `${command} ${name} ${quoted(String(value))}`,
    "deno task galaxy",
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
