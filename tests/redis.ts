/**
 * A Redis server for a test: Debian's, on a free port of this machine, with nothing kept on disk.
 *
 * @module
 */

/** A running server. */
export interface TestRedis extends AsyncDisposable {
  /** `redis://127.0.0.1:port`. */
  readonly url: string;
}

/** Starts a server and waits until it answers; installs `redis-server` where there is none. */
export async function startRedis(): Promise<TestRedis> {
  await ensureInstalled();
  const folder = await Deno.makeTempDir({ prefix: "cetus-redis-" });
  const port = freePort();
  const server = new Deno.Command("redis-server", {
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

const INSTALL =
  "apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server";

/** As `cetus` does for the graphics driver: says what it does, and CETUS_NO_INSTALL=1 forbids it. */
async function ensureInstalled(): Promise<void> {
  if (await succeeds("redis-server", "--version")) return;
  const command = Deno.uid() === 0 ? INSTALL : `sudo sh -c '${INSTALL}'`;
  if (Deno.env.get("CETUS_NO_INSTALL") === "1") {
    throw new Error(`There is no redis-server; to install it run: ${command}`);
  }
  console.error(`no redis-server: installing it for the tests of the job queue with: ${command}`);
  // Debian starts what it installs; a test server of its own needs no service.
  if (await succeeds("sh", "-c", command) && await succeeds("redis-server", "--version")) return;
  throw new Error(`Cannot install redis-server: the command failed: ${command}`);
}

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  try {
    const command = new Deno.Command(program, { args, stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false; // there is no such program
  }
}
