/**
 * `deno task demo`: a finished music run in the browser.
 *
 * @module
 */
import { UsageError } from "../../run/cli.ts";
import { runTask, type TaskCommand } from "../../run/command.ts";
import { Progress } from "../../run/progress.ts";
import { newestRun } from "./newest_run.ts";
import { openDemo } from "./open_demo.ts";

const HELP = `\
A finished music run in the browser: the map of its songs, songs that sound alike, songs for a
listener, and where a sound file of your own lands.

  deno task demo [--run DIR] [--port N]

options
  --run DIR      a finished run; by default the newest music run in runs/
  --port N       default 8788; 0 for any that is free
  --host NAME    address to listen on, default 127.0.0.1: this machine alone. Whoever reaches the
                 address may hear the songs and have files heard: keep it inside your network
  --cache DIR    folder of synthesised sound, default cache
  --help         this text

Ctrl-C ends it. Exit codes: 0 done, 1 failed, 2 not understood.`;

const PORT = 8788;
const HOST = "127.0.0.1";
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

const demo: TaskCommand = {
  options: ["run", "port", "host", "cache"],
  run: async ({ run, port = PORT, host = HOST, cache, from }, { signal }) => {
    const progress = new Progress();
    const path = run ?? await newestRun(`${from}/runs`);
    const localOnly = LOOPBACK.includes(host);
    await using opened = await openDemo({ run: path, cache, localOnly, progress, signal });
    const server = listen(opened.fetch, { port, hostname: host, signal });
    const { songs, listeners } = opened.run;
    progress.line(`${path}: ${songs.length} songs, ${listeners.length} listeners`);
    const shown = host.includes(":") ? `[${host}]` : host;
    progress.line(`the demo is at http://${shown}:${server.addr.port}/ until Ctrl-C`);
    await server.finished;
    return { json: { run: path }, text: "the demo has ended" };
  },
};

function listen(
  handler: (request: Request) => Promise<Response>,
  options: { readonly port: number; readonly hostname: string; readonly signal: AbortSignal },
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ ...options, onListen: () => {} }, handler);
  } catch (error) {
    const { port, hostname } = options;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new UsageError(`--port ${port} is in use: choose another, or 0 for any that is free`);
    }
    throw error instanceof Deno.errors.AddrNotAvailable || /lookup/.test((error as Error).message)
      ? new UsageError(`--host ${hostname} is no address of this machine`)
      : error;
  }
}

if (import.meta.main) await runTask("demo", { demo }, HELP);
