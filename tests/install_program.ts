/**
 * Programs that tests need, from the system or installed.
 *
 * @module
 */

/** A program, and Debian's package of it. */
export interface WantedProgram {
  /** What it is called in messages; the package's name. */
  readonly name: string;
  /** Names that it may have, and where Debian puts it: a PATH may be short. */
  readonly programs: readonly string[];
  /** What tests need it for. */
  readonly purpose: string;
}

/**
 * Path of a program, installed where there is none. As `cetus` does for the graphics driver: says what
 * it does, and CETUS_NO_INSTALL=1 forbids it.
 *
 * @throws when it is not there and cannot be installed, with the command that would
 */
export async function installedProgram(wanted: WantedProgram): Promise<string> {
  const { name, purpose } = wanted;
  const found = await pathOf(wanted);
  if (found) return found;
  const install =
    `apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${name}`;
  const command = Deno.uid() === 0 ? install : `sudo sh -c '${install}'`;
  if (Deno.env.get("CETUS_NO_INSTALL") === "1") {
    throw new Error(`There is no ${name}; to install it run: ${command}`);
  }
  console.error(`no ${name}: installing it for ${purpose} with: ${command}`);
  // Debian starts the services it installs; a test has its own server and needs none.
  const { stderr } = await new Deno.Command("sh", { args: ["-c", command], stdout: "null" })
    .output();
  const made = await pathOf(wanted);
  if (made) return made;
  const reason = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Error(`Cannot install ${name} by ${command}: ${reason}`);
}

async function pathOf({ programs }: WantedProgram): Promise<string | undefined> {
  for (const program of programs) {
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-c", `command -v "$0"`, program],
      stderr: "null",
    }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  }
}
