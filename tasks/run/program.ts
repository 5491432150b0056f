/**
 * What a program is: its commands, their options, their settings.
 *
 * @module
 */
import type { COMMON } from "./options.ts";
import type { TaskSettings } from "./settings.ts";
import type { ValuesOf, ValueTable } from "./value.ts";

/** What a command works with besides its options. */
export interface Context {
  /** Ctrl-C, SIGTERM, SIGHUP. A command that never asks for it is ended by them at once. */
  readonly signal: AbortSignal;
  /** The folder where the user is. */
  readonly from: string;
}

/** What a command found. */
export interface Outcome {
  /** For `--json`. */
  readonly json: object;
  /** For people. */
  readonly text: string;
  /** Whether the exit code is that of a failure. Default false. */
  readonly failed?: boolean;
}

/** What a command is declared with. */
export interface CommandSpec<Options extends ValueTable> {
  /** One line. */
  readonly about: string;
  /** More lines for its own help, each of 100 columns at most. */
  readonly details?: string;
  /** Its options besides `json` and `help`. */
  readonly options: Options;
  /** Does the work. */
  readonly run: (line: ValuesOf<Options & typeof COMMON>, context: Context) => Promise<Outcome>;
}

/** A command of a program. */
export interface Command {
  /** One line. */
  readonly about: string;
  /** More lines for its own help. */
  readonly details?: string;
  /** All its options. */
  readonly options: ValueTable;
  /** Does the work for what was typed. */
  readonly start: (typed: Typed, context: Context) => Promise<Outcome>;
}

/** The texts that were typed for each option. */
export type Typed = ReadonlyMap<string, readonly string[]>;

/** A program that people start by `deno task`. */
export interface Program {
  /** Name of the task in deno.json. */
  readonly name: string;
  /** One line. */
  readonly about: string;
  /** More lines for help. */
  readonly details?: string;
  /** What it can do, by name. The only one, or `train`, when none is named. */
  readonly commands: Readonly<Record<string, Command>>;
  /** The settings that its commands have. */
  readonly settings?: readonly TaskSettings[];
}
