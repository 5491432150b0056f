/**
 * `deno task demo`: a finished music run in the browser.
 *
 * @module
 */
import { command, runProgram } from "../../run/command.ts";
import { CACHE } from "../../run/options.ts";
import type { Program } from "../../run/program.ts";
import { Progress } from "../../run/progress.ts";
import { UsageError } from "../../run/usage_error.ts";
import { path, text, whole } from "../../run/value.ts";
import { newestRun } from "./newest_run.ts";
import { openDemo } from "./open_demo.ts";

const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

const demo = command({
  about: "shows a run in the browser until Ctrl-C",
  options: {
    run: path("DIR", "a finished run; default the newest music run in runs/"),
    port: whole(0, 2 ** 16 - 1, "where it listens, 0 for any that is free").or(8788),
    host: text(
      "NAME",
      "address to listen on, default this machine alone. Whoever reaches the address may hear the " +
        "songs and have files heard: keep it inside your network",
    ).or("127.0.0.1"),
    ...CACHE,
  },
  run: async ({ run, port, host, cache }, { signal, from }) => {
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
});

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

/** The program. */
export const program: Program = {
  name: "demo",
  about: `\
A finished music run in the browser: the map of its songs, songs that sound alike, songs for a
listener, and where a sound file of your own lands.`,
  commands: { demo },
};

if (import.meta.main) await runProgram(program);
