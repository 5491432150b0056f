/** Command lines of tasks as a user meets them. */
import { assertEquals, assertStringIncludes } from "@std/assert";

/** Runs a program of ours in a folder; gives exit code and what it printed. */
export async function runCommandLine(file: string, cwd: string, ...args: string[]) {
  const path = new URL(`../../${file}`, import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", path, ...args],
    env: { CETUS_CWD: cwd },
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Throws unless help goes to stdout, and each mistake is explained and ends with 2. */
export async function assertExplains(
  run: (...args: string[]) => ReturnType<typeof runCommandLine>,
  help: string,
  mistakes: readonly (readonly [args: readonly string[], message: string])[],
): Promise<void> {
  const { code, stdout, stderr } = await run("--help");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, help);
  for (const [args, message] of mistakes) {
    const { code, stderr } = await run(...args);
    assertEquals(code, 2, `${args}`);
    assertStringIncludes(stderr, message);
  }
}
