/**
 * The demo's page for its tests: a server of a small run, a browser, and a page a test.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { startChromium } from "../chromium.ts";
import type { Page } from "../deps.ts";
import { sampleDemo } from "../tasks/music/demo/sample_demo.ts";

/** The run that the pages show. */
export const demo = sampleDemo();
const { run } = demo;
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, demo.fetch);
const BASE = `http://127.0.0.1:${server.addr.port}/`;
const browser = await startChromium();

Deno.test.afterAll(async () => {
  await browser.close();
  await server.shutdown();
});

/** What differs from a light window of 1280 by 860. */
export interface PageTestOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  /** Whether requests may fail, which the browser logs. */
  readonly failing?: boolean;
  /** Whether the system asks for less motion; true unless said. */
  readonly reducedMotion?: boolean;
  /** Whether the screen can be touched. */
  readonly hasTouch?: boolean;
}

/** A test of the loaded page; what the page throws or logs as an error fails it. */
export function pageTest(
  name: string,
  act: (page: Page) => Promise<void>,
  options: PageTestOptions = {},
) {
  const { viewport = { width: 1280, height: 860 }, colorScheme = "light", failing, hasTouch } =
    options;
  const { reducedMotion = true } = options;
  // The browser's pipe is read all the time, also when a test begins or ends.
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false }, async () => {
    await using context = await browser.newContext({
      viewport,
      colorScheme,
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      hasTouch,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !failing) errors.push(message.text());
    });
    await page.goto(BASE);
    await page.locator("#map .mark").first().waitFor();
    await act(page);
    assertEquals(errors, []);
  });
}

/** The mark of a song. */
export const mark = (page: Page, song: number) =>
  page.locator(`#map .mark[aria-label^="${run.songs[song].title} by "]`);

/** Opens a song by the search field, which no crowd of marks can hide. */
export async function openSong(page: Page, song: number) {
  await page.fill("#search-field", run.songs[song].title);
  await page.locator("#search .results button", { hasText: run.songs[song].title }).first().click();
  await page.locator("#song h2", { hasText: run.songs[song].title }).waitFor();
}

/** Waits until a condition holds. */
export async function until(holds: () => Promise<boolean>, what: string) {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not after 5 s`);
}

/** Pixels by which the page is wider than the window. */
export const overflow = (page: Page) =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
