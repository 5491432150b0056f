/**
 * The program of a worker process: reads {@linkcode ToChild} lines, answers with
 * {@linkcode FromChild} lines, and ends when its input ends, so that it never outlives its search.
 *
 * @module
 */
import { Progress } from "../run/progress.ts";
import { listenForEnding } from "../run/signals.ts";
import { type FromChild, jsonLines, type ToChild } from "./child_messages.ts";
import { loadProblem } from "./problems.ts";
import { TrialWorker } from "./trial_worker.ts";

/** Milliseconds that a trial has to end after the search is gone. */
const PATIENCE = 3000;

let writing: Promise<unknown> = Promise.resolve();
const output = Deno.stdout.writable.getWriter();

function say(message: FromChild): void {
  const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  writing = writing.then(() => output.write(line)).catch(() => {});
}

const progress = new Progress({
  write: (text) => say({ type: "progress", text: text.trimEnd() }),
  isTerminal: false,
});

async function main(): Promise<void> {
  // Standard output belongs to the search.
  console.log = console.info = console.debug = console.error;
  // Signals often reach all processes of a terminal or a job; the search decides what happens.
  using _ = listenForEnding(() => {});
  const controller = new AbortController();
  const { signal } = controller;
  await using stack = new AsyncDisposableStack();
  let worker: TrialWorker | undefined;
  let task: Promise<void> = Promise.resolve();
  const answer = async (message: ToChild): Promise<FromChild> => {
    try {
      if (message.type === "open") {
        const { study, name, data, cache, module } = message;
        const problem = await loadProblem(study.task, module);
        worker = stack.use(
          await TrialWorker.open(problem, study, { name, data, cache, progress, signal }),
        );
        return { type: "ready" };
      }
      return { type: "done", reply: await worker!.run(message.record, message.index, { signal }) };
    } catch (error) {
      return { type: "failed", error: (error as Error).message };
    }
  };
  // Not awaited one by one: the end of the input must be seen while a trial runs.
  for await (const message of jsonLines<ToChild>(Deno.stdin.readable)) {
    task = task.then(async () => say(await answer(message)));
  }
  controller.abort(new DOMException("The search has ended", "AbortError"));
  setTimeout(() => Deno.exit(1), PATIENCE);
  await task;
  await writing;
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
