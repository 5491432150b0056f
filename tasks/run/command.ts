/**
 * What the command lines of all tasks share: help, errors as messages, exit codes, Ctrl-C.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { type CommandLine, parseCommandLine, resolvePath, UsageError } from "./cli.ts";

/** A command line, and where a run goes that was given no `--out`. */
export interface TaskLine extends CommandLine {
  /** The caller's folder. */
  readonly from: string;
  /** `runs/<task>-<preset>-<seed>` in the caller's folder. */
  defaultOut(task: string): string;
}

/** A command of a task. */
export interface TaskCommand {
  /** Names of the options it takes, besides `json` and `help`. */
  readonly options: readonly string[];
  /** Does the work; gives the result as JSON and as text. */
  readonly run: (
    line: TaskLine,
    options: { readonly signal: AbortSignal },
  ) => Promise<{ readonly json: object; readonly text: string }>;
}

/** The commands of a task by name. */
export type TaskCommands = Readonly<Record<string, TaskCommand>>;

/** Exit codes: done, failed, not understood, interrupted. */
const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs a task's command line and ends the process with its exit code. */
export async function runTask(task: string, commands: TaskCommands, help: string): Promise<never> {
  Deno.exit(await runCommand(task, commands, help, Deno.args));
}

/** Runs a command line and returns the exit code. */
export async function runCommand(
  task: string,
  commands: TaskCommands,
  help: string,
  args: readonly string[],
): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted); // a second Ctrl-C does not wait
    console.error("\nstopping; a run goes on with --resume; Ctrl-C again to stop at once");
    controller.abort(new DOMException("Interrupted", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    const from = callersFolder();
    const options = Object.entries(commands).map(([name, { options }]) => [name, options]);
    const line = parseCommandLine(args, Object.fromEntries(options), from);
    if (line.help) {
      console.log(help);
      return EXIT.done;
    }
    const seeds = line.seeds ? `${line.seed}-to-${line.seed + line.seeds - 1}` : line.seed;
    const defaultOut = (name: string) =>
      resolvePath(from, `runs/${name}-${line.preset ?? "small"}-${seeds}`);
    const { json, text } = await commands[line.command].run(
      { ...line, from, defaultOut },
      controller,
    );
    console.log(line.json ? JSON.stringify(json) : text);
    return EXIT.done;
  } catch (error) {
    return report(task, error as Error);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** `deno task` runs in the project's folder and says where it was called from. */
function callersFolder(): string {
  return Deno.env.get("CETUS_CWD") ?? Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/** Errors of the user's making are messages; others are ours and show where they come from. */
function report(task: string, error: Error): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\ndeno task ${task} --help tells what there is`);
    return EXIT.usage;
  }
  if (error.name === "Interrupted" || error.name === "AbortError") {
    console.error(error.message);
    return EXIT.interrupted;
  }
  const known = error instanceof InputError ||
    error instanceof RangeError ||
    /^(Cannot|Training stopped|The GPU device)|\(os error \d+\)/.test(error.message);
  console.error(known ? `error: ${error.message}` : error.stack ?? error.message);
  return EXIT.failed;
}
