/**
 * `deno task worker`: a worker of the queue, on this machine or any other.
 *
 * @module
 */
import { UsageError } from "../run/cli.ts";
import { runTask, type TaskCommand } from "../run/command.ts";
import { Progress } from "../run/progress.ts";
import { moduleAddress } from "./problems.ts";
import { checkQueueAddress } from "./queue_address.ts";
import { workOnQueue } from "./queue_worker.ts";

const HELP = `\
A worker for searches that run on several machines.

  deno task worker --queue redis://HOST:PORT [--data PATH]

Takes trials of \`deno task <task> search --queue ...\` from Redis, one at a time, until Ctrl-C. Start
as many as you like, one for each GPU. A worker that dies loses nothing: 30 seconds later another
one takes its trial.

options
  --queue URL     redis://[user:password@]host[:port][/database], rediss:// with TLS. Whoever can
                  write there decides what workers compute: keep it inside your network
  --data PATH     where the data are on this machine, when not where the search has them
  --cache DIR     folder of decoded or synthesised data, default cache
  --problem FILE  module that exports what to search, for tasks outside the toolkit
  --help          this text

CETUS_LOCK_SECONDS=N   seconds without a sign of life after which a worker counts as dead, default 30

Ctrl-C gives the trial at hand back to the queue. Exit codes: 0 done, 1 failed, 2 not understood.`;

const worker: TaskCommand = {
  options: ["queue", "data", "cache", "problem"],
  run: async ({ queue, data, cache, problem }, { signal }) => {
    if (!queue) throw new UsageError("--queue is missing: name the Redis that trials go through");
    checkQueueAddress(queue);
    const stop = new AbortController(); // what a scheduler sends before it kills
    const terminate = () => stop.abort(new DOMException("Terminated", "AbortError"));
    Deno.addSignalListener("SIGTERM", terminate);
    try {
      const done = await workOnQueue({
        url: queue,
        name: `${Deno.hostname()}:${Deno.pid}`,
        data,
        cache,
        module: moduleAddress(problem),
        lockSeconds: lockSeconds(),
        progress: new Progress(),
        signal: AbortSignal.any([signal, stop.signal]),
      });
      return { json: { done }, text: `${done} trials done` };
    } finally {
      Deno.removeSignalListener("SIGTERM", terminate);
    }
  },
};

function lockSeconds(): number | undefined {
  const text = Deno.env.get("CETUS_LOCK_SECONDS");
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value >= 1) return value;
  throw new UsageError(`CETUS_LOCK_SECONDS must be a number of at least 1, got "${text}"`);
}

if (import.meta.main) await runTask("worker", { worker }, HELP);
