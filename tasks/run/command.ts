/**
 * Command lines: commands with tables of options, help, errors as messages, exit codes, Ctrl-C.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { commandHelp, optionName, programHelp, settingsHelp } from "./help.ts";
import { COMMON } from "./options.ts";
import { commandOf, DEFAULT_COMMAND, parse } from "./parse.ts";
import type { Command, CommandSpec, Context, Program, Typed } from "./program.ts";
import { adviceFor, UsageError } from "./usage_error.ts";
import { type ValuesOf, valuesOf, type ValueTable } from "./value.ts";

/** Where a program prints. */
export interface Output {
  /** Takes lines for standard output. Default `console.log`. */
  readonly print?: (text: string) => void;
  /** Takes lines for standard error. Default `console.error`. */
  readonly complain?: (text: string) => void;
}

/**
 * A command: its options are declared in a table, which yields the type of the line, defaults, checks,
 * errors and help.
 *
 * @example
 * ```ts
 * import { command, runCommand } from "./command.ts";
 * import { whole } from "./value.ts";
 *
 * const count = command({
 *   about: "counts",
 *   options: { to: whole(1, Infinity, "the last number").needed() },
 *   run: ({ to }) => Promise.resolve({ json: { to }, text: `counted to ${to}` }),
 * });
 * const program = { name: "count", about: "Counts.", commands: { count } };
 * if (await runCommand(program, ["--to", "0"], { complain: () => {} }) !== 2) throw new Error();
 * ```
 */
export function command<Options extends ValueTable>(spec: CommandSpec<Options>): Command {
  const { about, details, run } = spec;
  const options = { ...spec.options, ...COMMON };
  const start = (typed: Typed, context: Context) => run(lineOf(options, typed, context), context);
  return { about, details, options, start };
}

/** The values of a line. */
function lineOf<Options extends ValueTable>(
  options: Options,
  typed: Typed,
  context: Context,
): ValuesOf<Options> {
  if (typed.has("resume") && typed.has("force")) {
    throw new UsageError("--resume goes on with a run and --force overwrites it: choose one");
  }
  const from = () => context.from;
  return valuesOf(options, (name, value) => {
    const texts = typed.get(name) ?? [];
    return texts.length
      ? value.read(optionName(name), texts[texts.length - 1], { texts, from })
      : value.absent(optionName(name), { texts, from });
  });
}

/** Exit codes: done, failed, not understood, interrupted. */
const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs a program's command line and ends the process with its exit code. */
export async function runProgram(program: Program): Promise<never> {
  Deno.exit(await runCommand(program, Deno.args));
}

/** Runs a program with a command line and returns the exit code. */
export async function runCommand(
  program: Program,
  args: readonly string[],
  { print = console.log, complain = console.error }: Output = {},
): Promise<number> {
  using context = new ProcessContext(complain);
  try {
    const line = parse(program, args);
    const { words, typed } = line;
    if (typed.has("help")) {
      print(helpOf(program, words));
      return EXIT.done;
    }
    const { json, text, failed } = await commandOf(program, line).start(typed, context);
    print(typed.has("json") ? JSON.stringify(json) : text);
    return failed ? EXIT.failed : EXIT.done;
  } catch (error) {
    return report(error as Error, helpAbout(program, args), complain);
  }
}

/** The process: where it was called from, and Ctrl-C, listened for as soon as somebody asks. */
class ProcessContext implements Context, Disposable {
  readonly #controller = new AbortController();
  readonly #interrupt: () => void;
  #listens = false;

  constructor(complain: (text: string) => void) {
    this.#interrupt = () => {
      const { signal } = this.#controller;
      if (signal.aborted) Deno.exit(EXIT.interrupted); // a second Ctrl-C does not wait
      complain("\nstopping; a run goes on with --resume; Ctrl-C again to stop at once");
      this.#controller.abort(new DOMException("Interrupted", "AbortError"));
    };
  }

  get signal(): AbortSignal {
    if (!this.#listens) Deno.addSignalListener("SIGINT", this.#interrupt);
    this.#listens = true;
    return this.#controller.signal;
  }

  /** `deno task` runs in the project's folder and says where it was called from. */
  get from(): string {
    return Deno.env.get("CETUS_CWD") ?? Deno.env.get("INIT_CWD") ?? Deno.cwd();
  }

  [Symbol.dispose](): void {
    if (this.#listens) Deno.removeSignalListener("SIGINT", this.#interrupt);
  }
}

/** Help for the program, for one of its commands, or for its settings. */
function helpOf(program: Program, [topic]: readonly string[]): string {
  const { commands, settings } = program;
  if (topic === undefined) return programHelp(program);
  if (topic === "settings" && settings) return settingsHelp(program);
  if (Object.hasOwn(commands, topic)) return commandHelp(program, topic, commands[topic]);
  const topics = [...Object.keys(commands), ...(settings ? ["settings"] : [])];
  throw new UsageError(`There is no help about "${topic}"${adviceFor(topic, topics)}`);
}

/** The command that prints help about a topic, by default about the command that was typed. */
function helpAbout({ name, commands }: Program, args: readonly string[]) {
  const names = Object.keys(commands);
  const typed = names.length > 1 ? args.find((arg) => names.includes(arg)) ?? DEFAULT_COMMAND : "";
  return (topic = typed) => `deno task ${name} --help ${topic}`.trimEnd();
}

/** Errors of the user's making are messages; others are ours and show where they come from. */
function report(
  error: Error,
  help: (topic?: string) => string,
  complain: (text: string) => void,
): number {
  if (error instanceof UsageError) {
    complain(`${error.message}\n${help(error.topic)} tells what there is`);
    return EXIT.usage;
  }
  if (error.name === "Interrupted" || error.name === "AbortError") {
    complain(error.message);
    return EXIT.interrupted;
  }
  const known = error instanceof InputError ||
    error instanceof RangeError ||
    /^(Cannot|Training stopped|The GPU device)|\(os error \d+\)/.test(error.message);
  complain(known ? `error: ${error.message}` : error.stack ?? error.message);
  return EXIT.failed;
}
