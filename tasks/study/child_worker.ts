/**
 * A worker in a process of its own, spoken to with JSON lines over its standard input and output.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { type ChildOptions, type FromChild, jsonLines, type ToChild } from "./child_messages.ts";
import type { StudyPlan } from "./plan.ts";
import type { RoundRecord } from "./problem.ts";
import type { TrialReply } from "./reply.ts";
import type { TrialWorkerOptions } from "./trial_worker.ts";

/** A worker process ended in the middle of a trial. */
export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
}

/** Milliseconds that a child has to end by itself. */
const PATIENCE = 5000;
/** Characters of its last words that are kept. */
const LAST_WORDS = 2000;

function spawnChild(): Deno.ChildProcess {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-prompt", import.meta.resolve("./child.ts")],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  try {
    return command.spawn();
  } catch (error) {
    const { message } = error as Error; // without --allow-run, for one
    throw new InputError("Cannot start a worker process", message, { cause: error });
  }
}

/** A child process that runs trials. */
export class ChildWorker implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #messages: AsyncGenerator<FromChild>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #words: Promise<void>;
  #lastWords = "";

  private constructor(
    /** What the ledger calls it: its number and process id. */
    readonly name: string,
    process: Deno.ChildProcess,
  ) {
    this.#process = process;
    this.#messages = jsonLines<FromChild>(process.stdout, (line) => this.#hear(`${line}\n`));
    this.#input = process.stdin.getWriter();
    this.#words = this.#listen();
  }

  /**
   * Starts a process and has it open the problem.
   *
   * @throws InputError when the problem cannot be opened, with the child's message
   */
  static async start(
    study: StudyPlan,
    { name, data, cache, module, progress, signal }: ChildOptions & TrialWorkerOptions & {
      readonly signal: AbortSignal;
    },
  ): Promise<ChildWorker> {
    const process = spawnChild();
    const child = new ChildWorker(`${name}, process ${process.pid}`, process);
    const open = { type: "open", study, data, cache, module, name: child.name } as const;
    try {
      const { type, ...rest } = await child.#ask(
        open,
        signal,
        (text) => progress.update(`${name}: ${text}`),
      );
      if (type === "ready") return child;
      throw new InputError((rest as { error: string }).error);
    } catch (error) {
      await child[Symbol.asyncDispose]();
      // Dead before its first trial: another one would die in the same way.
      throw error instanceof WorkerDied ? new InputError(error.message) : error;
    }
  }

  /**
   * Runs a trial.
   *
   * @throws WorkerDied when the process ended, and what the trial threw, as a plain error
   */
  async run(
    record: RoundRecord,
    index: number,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<TrialReply> {
    const message = await this.#ask({ type: "trial", record, index }, signal);
    if (message.type === "done") return message.reply;
    throw new Error("error" in message ? message.error : `Cannot use a reply "${message.type}"`);
  }

  /** Sends a message and waits for the answer; progress may come before it. */
  async #ask(
    message: ToChild,
    signal: AbortSignal,
    progress?: (text: string) => void,
  ): Promise<FromChild> {
    // Its input ends: the child gives up what it does and goes.
    const stop = () => void this.#input.close().catch(() => {});
    signal.throwIfAborted();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await this.#input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`))
        .catch(() => {}); // it died; its output has ended too and says so
      for (;;) {
        const { value, done } = await this.#messages.next();
        signal.throwIfAborted();
        if (done) throw await this.#death();
        if (value.type !== "progress") return value;
        progress?.(value.text);
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #death(): Promise<WorkerDied> {
    const { signal, code } = await this.#process.status;
    await this.#words;
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    const words = this.#lastWords.trim();
    return new WorkerDied(`${this.name} ${how}${words && `; its last words: ${words}`}`);
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stderr) {
      this.#hear(decoder.decode(chunk, { stream: true }));
    }
  }

  #hear(words: string): void {
    this.#lastWords = (this.#lastWords + words).slice(-LAST_WORDS);
  }

  /** Lets the process end, and ends it when it does not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {}); // closed already, or the process is gone
    const kill = setTimeout(() => {
      try {
        this.#process.kill("SIGKILL");
      } catch { /* it ended meanwhile */ }
    }, PATIENCE);
    await this.#process.status;
    clearTimeout(kill);
    await this.#words;
    await this.#messages.return(undefined);
  }
}
