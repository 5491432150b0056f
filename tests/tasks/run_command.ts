/** Command lines of tasks as a user meets them. */

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
