/**
 * Command lines: commands with tables of options, help, errors as messages, exit codes, signals.
 *
 * @module
 */
import { isSystemError } from "../../files/disk/system_error.ts";
import { InputError } from "../../files/input_error.ts";
import { commandHelp, optionName, programHelp, settingsHelp } from "./help.ts";
import { COMMON } from "./options.ts";
import { commandOf, DEFAULT_COMMAND, parse } from "./parse.ts";
import type { Command, CommandSpec, Context, Program, Typed } from "./program.ts";
import { ENDING, type EndingSignal, listenForEnding } from "./signals.ts";
import { adviceFor, UsageError } from "./usage_error.ts";
import { reasonOf } from "./work.ts";
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

/** Exit codes: done, failed, not understood; of a process that was asked to end, {@linkcode ENDING}. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Runs a program's command line and ends the process with its exit code. */
export async function runProgram(program: Program): Promise<never> {
  // What nobody awaits would end the process with a stack, whatever it is about.
  const complain = heard(console.error);
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    const { reason } = event;
    if (isInterruption(reason)) return; // the work itself ends by its signal, and is saved
    void fail(reason, program, Deno.args, complain).then(Deno.exit);
  });
  Deno.exit(await runCommand(program, Deno.args));
}

/** Runs a program with a command line and returns the exit code. */
export async function runCommand(
  program: Program,
  args: readonly string[],
  { print = heard(console.log), complain = heard(console.error) }: Output = {},
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
    if (isInterruption(error)) {
      complain(error.message);
      return context.exitCode;
    }
    return await fail(error, program, args, complain);
  }
}

/** Prints where somebody listens: a terminal that was closed is no reason to end the work. */
function heard(write: (text: string) => void): (text: string) => void {
  return (text) => {
    try {
      write(text);
    } catch { /* nobody is there to be told */ }
  };
}

/** The process: where it was called from, and signals, listened for as soon as somebody asks. */
class ProcessContext implements Context, Disposable {
  readonly #controller = new AbortController();
  readonly #complain: (text: string) => void;
  #listening: Disposable | undefined;
  #endedBy: EndingSignal | undefined;

  constructor(complain: (text: string) => void) {
    this.#complain = complain;
  }

  get signal(): AbortSignal {
    this.#listening ??= listenForEnding((signal) => this.#end(signal));
    return this.#controller.signal;
  }

  /** Of a process whose work was ended. */
  get exitCode(): number {
    return ENDING[this.#endedBy ?? "SIGINT"];
  }

  #end(signal: EndingSignal): void {
    if (this.#endedBy) Deno.exit(ENDING[signal]); // the second one does not wait
    this.#endedBy = signal;
    const again = signal === "SIGINT" ? "Ctrl-C again" : "a second signal";
    this.#complain(`\nstopping; a run goes on with --resume; ${again} to stop at once`);
    this.#controller.abort(new DOMException("Interrupted", "AbortError"));
  }

  /** `deno task` runs in the project's folder and says where it was called from. */
  get from(): string {
    return Deno.env.get("CETUS_CWD") ?? Deno.env.get("INIT_CWD") ?? Deno.cwd();
  }

  [Symbol.dispose](): void {
    this.#listening?.[Symbol.dispose]();
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

/** Whether work was ended from outside. */
function isInterruption(error: unknown): error is Error {
  return error instanceof Error && ["Interrupted", "AbortError"].includes(error.name);
}

/** Errors of the user's making are messages; others are ours and show where they come from. */
async function fail(
  thrown: unknown,
  program: Program,
  args: readonly string[],
  complain: (text: string) => void,
): Promise<number> {
  const reason = await reasonOf(thrown);
  const error = reason instanceof Error ? reason : new Error(String(reason));
  if (error instanceof UsageError) {
    const help = helpAbout(program, args);
    complain(`${error.message}\n${help(error.topic)} tells what there is`);
    return EXIT.usage;
  }
  const sentence = sentenceOf(error, program.name);
  complain(sentence ? `error: ${sentence}` : `${error.stack ?? error.message}\n${OUR_FAULT}`);
  return EXIT.failed;
}

const OUR_FAULT = "\nThis is a fault of Cetus, not yours: please report it with the lines above.";

/** What a user is told of an error that is no fault of ours; nothing for others. */
function sentenceOf(error: Error, program: string): string | undefined {
  const { message } = error;
  if (error instanceof Deno.errors.NotCapable) {
    const needed = message.replace(/^Requires /, "").replace(/, run again.*$/s, "");
    return `Deno was not given ${needed}: start with deno task ${program}, or deno run -A`;
  }
  if (error instanceof InputError || isSystemError(error)) return message;
  if (/^Array buffer allocation failed/.test(message)) {
    return "there is not enough memory for this: take fewer files, or a smaller batch";
  }
  return /^(Cannot|Training stopped|The GPU device)/.test(message) ? message : undefined;
}
