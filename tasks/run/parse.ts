/**
 * What was typed: words and the texts of options, of those that a program has.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { optionName } from "./help.ts";
import type { Command, Program, Typed } from "./program.ts";
import { adviceFor, UsageError } from "./usage_error.ts";
import type { Kind } from "./value.ts";

/** The command of a program with several, where none is named. */
export const DEFAULT_COMMAND = "train";

/** The words of a command line, and the texts of its options by their names in the tables. */
export interface CommandLine {
  /** What is no option: commands. */
  readonly words: readonly string[];
  /** What was typed for each option. */
  readonly typed: Typed;
}

/** @throws {UsageError} for an option that no command has, or without the value it needs */
export function parse({ commands }: Program, args: readonly string[]): CommandLine {
  const known = new Map(
    Object.values(commands).flatMap(({ options }) =>
      Object.entries(options).map(([name, { kind }]) => [optionName(name), { name, kind }] as const)
    ),
  );
  const spelled = args.map((arg) => arg === "-h" ? "--help" : arg);
  const { tokens } = parseArgs({
    args: spelled,
    options: Object.fromEntries(
      [...known].map(([option, { kind }]) => [option.slice(2), { type: typeOf(kind) }]),
    ),
    strict: false, // its messages are not ours
    tokens: true,
  });
  const words = tokens.flatMap((token) => token.kind === "positional" ? [token.value] : []);
  const typed = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { rawName, value, inlineValue } = token;
    const option = known.get(rawName);
    if (!option) {
      const near = Object.keys((commands[words[0]] ?? commands[DEFAULT_COMMAND])?.options ?? {});
      const names = near.length ? near.map(optionName) : [...known.keys()];
      throw new UsageError(`There is no option ${rawName}${adviceFor(rawName, names)}`);
    }
    const { name, kind } = option;
    if (kind.word && (value === undefined || !inlineValue && value.startsWith("--"))) {
      throw new UsageError(`${rawName} has no value, expected ${kind.expected}`);
    }
    if (!kind.word && value !== undefined) throw new UsageError(`${rawName} takes no value`);
    typed.set(name, [...typed.get(name) ?? [], value ?? "true"]);
  }
  return { words, typed };
}

function typeOf({ word }: Kind<unknown>): "string" | "boolean" {
  return word ? "string" : "boolean";
}

/**
 * The command that was named, or the one that goes without saying.
 *
 * @throws {UsageError} for a command that there is not, two of them, or an option of another one
 */
export function commandOf({ commands }: Program, { words, typed }: CommandLine): Command {
  const names = Object.keys(commands);
  const [name = names.length === 1 ? names[0] : DEFAULT_COMMAND, second] = words;
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`There is no command "${name}"${adviceFor(name, names)}`, "");
  }
  if (second !== undefined) {
    throw new UsageError(`One command at a time: "${second}" follows "${name}"`, "");
  }
  const { options } = commands[name];
  const stray = [...typed.keys()].find((option) => !Object.hasOwn(options, option));
  if (stray === undefined) return commands[name];
  throw new UsageError(`${optionName(stray)} is no option of ${name}`, name);
}
