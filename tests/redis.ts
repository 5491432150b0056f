/**
 * A Redis server for a test: Debian's, on a free port of this machine, with nothing kept on disk.
 *
 * @module
 */
import { installedProgram } from "./install_program.ts";

/** A running server. */
export interface TestRedis extends AsyncDisposable {
  /** `redis://127.0.0.1:port`. */
  readonly url: string;
}

/** Starts a server and waits until it answers; installs `redis-server` where there is none. */
export async function startRedis(): Promise<TestRedis> {
  const program = await installedProgram(REDIS);
  const folder = await Deno.makeTempDir({ prefix: "cetus-redis-" });
  const port = freePort();
  const server = new Deno.Command(program, {
    args: [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  await untilAnswering(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A port that nothing listens on at this moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

async function untilAnswering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode("PING\r\n"));
      const answer = new Uint8Array(16);
      const count = await connection.read(answer) ?? 0;
      if (new TextDecoder().decode(answer.subarray(0, count)).startsWith("+PONG")) return;
    } catch { /* not yet */ }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Cannot start redis-server: nothing answers on port ${port} after 5 s`);
}

const REDIS = {
  name: "redis-server",
  programs: ["redis-server", "/usr/bin/redis-server"],
  purpose: "the tests of the job queue",
};
