/**
 * `deno task worker`: a worker of the queue, on this machine or any other.
 *
 * @module
 */
import { command, runProgram } from "../run/command.ts";
import type { Program } from "../run/program.ts";
import { Progress } from "../run/progress.ts";
import { decimal, text } from "../run/value.ts";
import { loadQueueWorker } from "./load_queue.ts";
import { moduleAddress, TRIAL_OPTIONS } from "./problems.ts";
import { checkQueueAddress } from "./queue_address.ts";

const worker = command({
  about: "takes trials from a queue",
  options: {
    queue: text(
      "URL",
      "redis://[user:password@]host[:port][/database], rediss:// with TLS. Whoever can write there " +
        "decides what workers compute: keep it inside your network",
    ).needed(),
    ...TRIAL_OPTIONS,
  },
  run: async ({ queue, data, cache, problem }, { signal, from }) => {
    checkQueueAddress(queue);
    const done = await loadQueueWorker({
      url: queue,
      name: `${Deno.hostname()}:${Deno.pid}`,
      data,
      cache,
      module: moduleAddress(problem, from),
      lockSeconds: lockSeconds(),
      progress: new Progress(),
      signal,
    });
    return { json: { done }, text: `${done} trials done` };
  },
});

const LOCK_SECONDS = decimal(1, Infinity, "seconds without a sign of life").needed();

function lockSeconds(): number | undefined {
  const seconds = Deno.env.get("CETUS_LOCK_SECONDS");
  return seconds === undefined ? undefined : LOCK_SECONDS.read("CETUS_LOCK_SECONDS", seconds);
}

/** The program. */
export const program: Program = {
  name: "worker",
  about: "A worker for searches that run on several machines.",
  details: `\
Takes trials of "deno task TASK search --queue URL" from Redis, one at a time, until Ctrl-C, which
gives the trial at hand back. Start as many as you like, one for each GPU. A worker that dies loses
nothing: 30 seconds later another one takes its trial; CETUS_LOCK_SECONDS=N in the environment makes
it N seconds.`,
  commands: { worker },
};

if (import.meta.main) await runProgram(program);
