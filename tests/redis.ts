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
  const program = await redisServer();
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

const INSTALL =
  "apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server";

/** By name, and where Debian puts it: a PATH may be short. */
const PROGRAMS = ["redis-server", "/usr/bin/redis-server"];

/**
 * The program, installed where there is none. As `cetus` does for the graphics driver: says what it
 * does, and CETUS_NO_INSTALL=1 forbids it.
 */
async function redisServer(): Promise<string> {
  const found = await installed();
  if (found) return found;
  const command = Deno.uid() === 0 ? INSTALL : `sudo sh -c '${INSTALL}'`;
  if (Deno.env.get("CETUS_NO_INSTALL") === "1") {
    throw new Error(`There is no redis-server; to install it run: ${command}`);
  }
  console.error(`no redis-server: installing it for the tests of the job queue with: ${command}`);
  // Debian starts what it installs; a test server of its own needs no service.
  const { stderr } = await new Deno.Command("sh", { args: ["-c", command], stdout: "null" })
    .output();
  const made = await installed();
  if (made) return made;
  const reason = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Error(`Cannot install redis-server by ${command}: ${reason}`);
}

async function installed(): Promise<string | undefined> {
  for (const program of PROGRAMS) {
    try {
      const { success } = await new Deno.Command(program, {
        args: ["--version"],
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return program;
    } catch { /* there is no such program */ }
  }
}
