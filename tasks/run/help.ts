/**
 * Help texts, made from the tables of a program. No line is longer than a terminal of 100 columns.
 *
 * @module
 */
import type { Command, Program } from "./program.ts";
import type { TaskSettings } from "./settings.ts";
import type { Value, ValueTable } from "./value.ts";

const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 not understood, 130 interrupted.";

const WIDTH = 100;
const MOST_LEFT = 28;

type Row = readonly [left: string, right: string];

/** The option of a value: `onBad` is `--on-bad`. */
export function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What a program does, and its commands, one line each; for one command alone all of that. */
export function programHelp(program: Program): string {
  const { name, about, commands, details, settings } = program;
  const entries = Object.entries(commands);
  if (entries.length === 1) {
    const [[, only]] = entries;
    return joined(about, usage(name, only), details, optionList(only.options), EXIT_CODES);
  }
  const help = `deno task ${name} --help`;
  const more: Row[] = [[`${help} COMMAND`, "what a command does, and its options"]];
  if (settings) more.push([`${help} settings`, "every setting with its default and range"]);
  return joined(
    about,
    entries.map(([word, each]) => usage(name, each, word === "train" ? "[train]" : word)).join(
      "\n",
    ),
    section("commands", entries.map(([word, each]) => [word, each.about])),
    section("more help", more, 40),
    details,
    EXIT_CODES,
  );
}

/** What a command does, and its options. */
export function commandHelp({ name }: Program, word: string, command: Command): string {
  const { about, details, options } = command;
  const sentence = `${about[0].toUpperCase()}${about.slice(1)}.`;
  return joined(sentence, usage(name, command, word), details, optionList(options), EXIT_CODES);
}

/** Every setting of a program with its default and range, and what the other presets change. */
export function settingsHelp({ name, settings = [] }: Program): string {
  const about = `Settings of deno task ${name}, changed by --set NAME=VALUE.`;
  return joined(about, ...settings.flatMap(settingList));
}

function settingList({ about, table, presets = {} }: TaskSettings): string[] {
  const rows = Object.entries(table).map(([name, value]) =>
    [`${name}=${value.fallback}`, noted(value)] as const
  );
  const changes = Object.entries(presets).map(([preset, config]) => {
    const changed = Object.entries(config)
      .filter(([name, value]) => `${value}` !== `${table[name].fallback}`)
      .map(([name, value]) => `${name}=${value}`);
    return [preset, changed.join(" ") || "the values above"] as const;
  });
  return [section(about, rows), ...(changes.length ? [section("presets", changes)] : [])];
}

/** `deno task galaxy predict --run DIR [options]`. */
function usage(name: string, { options }: Command, word?: string): string {
  const needed = Object.entries(options).filter(([, { isNeeded }]) => isNeeded)
    .map(([option, { kind }]) => `${optionName(option)} ${kind.word}`);
  return `  ${["deno task", name, word, ...needed, "[options]"].filter(Boolean).join(" ")}`;
}

function optionList(options: ValueTable): string {
  const rows = Object.entries(options).map(([name, value]) => {
    const { word } = value.kind;
    return [word ? `${optionName(name)} ${word}` : optionName(name), optionAbout(value)] as const;
  });
  return section("options", rows);
}

function optionAbout(value: Value<unknown, unknown>): string {
  const { kind, fallback } = value;
  const isTold = kind.word && fallback !== undefined && `${fallback}`;
  return noted(value, isTold ? `default ${fallback}` : undefined);
}

/** What a value is about and, in brackets, what it may be, where that is not said already. */
function noted({ kind, about }: Value<unknown, unknown>, also?: string): string {
  const expected = kind.expected.replace(/^a /, "");
  const isSaid = !kind.isTold || expected.split(" or ").every((word) => about.includes(word));
  const notes = [isSaid ? "" : expected, also].filter(Boolean).join(", ");
  return notes ? `${about} (${notes})` : about;
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join("\n\n");
}

/** Rows of two columns under a heading; the right one is filled to the width. */
function section(heading: string, rows: readonly Row[], mostLeft = MOST_LEFT): string {
  const left = Math.min(mostLeft, Math.max(...rows.map(([name]) => name.length)));
  const lines = rows.flatMap(([name, about]) => {
    const first = name.length > left ? [`  ${name}`] : [];
    const [start, ...rest] = filled(about, WIDTH - left - 4).split("\n");
    const label = first.length ? "" : name;
    return [
      ...first,
      ...[start, ...rest].map((line, i) => `  ${(i ? "" : label).padEnd(left)}  ${line}`),
    ];
  });
  return [heading, ...lines].join("\n");
}

/** A text in lines of a width, broken between words. */
function filled(text: string, width = WIDTH): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines.join("\n");
}
