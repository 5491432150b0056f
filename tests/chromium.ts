/**
 * A browser for a test: the system's Chromium or Chrome, without a window.
 *
 * @module
 */
import { type Browser, chromium } from "./deps.ts";

/** Starts a browser; installs Debian's `chromium` where there is none. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await chromiumProgram(),
    // Without a sandbox, since root has none. Sound may start without a click before it.
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
  });
}

const INSTALL =
  "apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium";

/** By name, and where Debian puts it: a PATH may be short. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium"];

/**
 * The program, installed where there is none. As `cetus` does for the graphics driver: says what it
 * does, and CETUS_NO_INSTALL=1 forbids it.
 */
async function chromiumProgram(): Promise<string> {
  const found = await installed();
  if (found) return found;
  const command = Deno.uid() === 0 ? INSTALL : `sudo sh -c '${INSTALL}'`;
  if (Deno.env.get("CETUS_NO_INSTALL") === "1") {
    throw new Error(`There is no Chromium; to install it run: ${command}`);
  }
  console.error(`no Chromium: installing it for the tests of the demo's page with: ${command}`);
  const { stderr } = await new Deno.Command("sh", { args: ["-c", command], stdout: "null" })
    .output();
  const made = await installed();
  if (made) return made;
  const reason = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Error(`Cannot install Chromium by ${command}: ${reason}`);
}

/** Its path: the browser is started without a look at PATH. */
async function installed(): Promise<string | undefined> {
  for (const program of PROGRAMS) {
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-c", `command -v "$0"`, program],
      stderr: "null",
    }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  }
}
