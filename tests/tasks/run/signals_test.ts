import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { start } from "../run_command.ts";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts the program, does something with it once it is ready, and waits for its end. */
async function waiting(
  child: Deno.ChildProcess,
  act: (child: Deno.ChildProcess) => Promise<void> | void,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, errors] = [child.stdout.pipeThrough(new TextDecoderStream()), child.stderr];
  const stderr = new Response(errors).text();
  let printed = "";
  for await (const text of stdout) {
    if (printed === "") await act(child);
    printed += text;
  }
  return { code: (await child.status).code, stdout: printed, stderr: await stderr };
}

const wait = (...args: string[]) => start("tests/tasks/run/waiting_main.ts", args);

const isWindows = Deno.build.os === "windows"; // which has no signals to send

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `${signal} lets work end and be saved, with exit code ${code}`,
    ignore: isWindows,
    fn: async () => {
      const ended = await waiting(wait("--saving", "300"), (child) => child.kill(signal));
      assertEquals([ended.code, ended.stdout], [code, "ready\nsaved\n"], ended.stderr);
      assertStringIncludes(ended.stderr, "a run goes on with --resume");
    },
  });
}

Deno.test({
  name: "signals that come together are one wish; a later one ends the work at once",
  ignore: isWindows,
  fn: async () => {
    const together = await waiting(wait("--saving", "900"), (child) => {
      child.kill("SIGINT"); // from the terminal, and from `deno task`
      child.kill("SIGINT");
      child.kill("SIGHUP");
    });
    assertEquals([together.code > 128, together.stdout], [true, "ready\nsaved\n"]);
    const later = await waiting(wait("--saving", "20000"), async (child) => {
      child.kill("SIGINT");
      await pause(800);
      child.kill("SIGTERM");
    });
    assertEquals([later.code, later.stdout], [143, "ready\n"]);
  },
});

Deno.test({
  name: "a program that was told to outlive its terminal does",
  ignore: Deno.build.os !== "linux", // only Linux says what a process ignores
  fn: async () => {
    const path = new URL("./waiting_main.ts", import.meta.url).pathname;
    const child = new Deno.Command("sh", {
      args: ["-c", `trap '' HUP; exec "$0" run -A --no-check "$1"`, Deno.execPath(), path],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const ended = await waiting(child, async (child) => {
      child.kill("SIGHUP");
      await pause(300);
      child.kill("SIGTERM");
    });
    assertEquals([ended.code, ended.stdout], [143, "ready\nsaved\n"]);
  },
});

Deno.test({
  name: "work is saved though its terminal is gone and nothing can be printed",
  ignore: isWindows,
  fn: async () => {
    const child = wait();
    const reader = child.stdout.getReader();
    await reader.read();
    await Promise.all([reader.cancel(), child.stderr.cancel()]);
    child.kill("SIGHUP");
    const { code, signal } = await child.status;
    assert(code === 129 && signal === null, `${code} ${signal}`);
  },
});
