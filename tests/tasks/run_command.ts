/** Command lines of tasks as a user meets them. */
import { assertEquals, assertStringIncludes } from "@std/assert";

/** Starts a program of ours. */
export function start(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  const path = new URL(`../../${file}`, import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", path, ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for a program's end; gives its exit code and what it printed. */
export async function outcome(
  process: Deno.ChildProcess,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a program of ours in a folder. */
export function runCommandLine(file: string, cwd: string, ...args: string[]) {
  return outcome(start(file, args, { CETUS_CWD: cwd }));
}

/**
 * Throws unless a program ends with a code and these words among what it printed: on stderr, or
 * with 0 on stdout. Gives what it printed.
 */
export async function ends(
  program: ReturnType<typeof outcome>,
  code: number,
  words = "",
): ReturnType<typeof outcome> {
  const ended = await program;
  assertEquals(ended.code, code, ended.stderr);
  assertStringIncludes(code === 0 ? ended.stdout : ended.stderr, words);
  return ended;
}

/** Throws unless help goes to stdout, and each mistake is explained and ends with 2. */
export async function assertExplains(
  run: (...args: string[]) => ReturnType<typeof outcome>,
  help: string,
  mistakes: readonly (readonly [args: readonly string[], message: string])[],
): Promise<void> {
  const { code, stdout, stderr } = await run("--help");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, help);
  for (const [args, message] of mistakes) {
    await ends(run(...args), 2, message);
  }
}
