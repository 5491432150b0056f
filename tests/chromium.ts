/**
 * A browser for a test: the system's Chromium or Chrome, without a window.
 *
 * @module
 */
import { type Browser, chromium } from "./deps.ts";
import { installedProgram } from "./install_program.ts";

/** Starts a browser; installs Debian's `chromium` where there is none. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await installedProgram(CHROMIUM),
    // Without a sandbox, since root has none. Sound may start without a click before it.
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
  });
}

const CHROMIUM = {
  name: "chromium",
  programs: ["chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium"],
  purpose: "the tests of the demo's page",
};
