/** The window of the demo's map: wheel, drag, pinch, buttons and keys, in a browser. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import { demo, mark, openSong, overflow, pageTest, until } from "./demo_page.ts";

const { run } = demo;
/** A mark's place is written with one decimal. */
const PIXELS = 0.11;
const SONG = 14;
const OTHER = 39;

type Point = readonly [number, number];

/** Where a mark stands, in pixels of the map. */
async function placeOf(page: Page, song: number): Promise<Point> {
  const transform = await mark(page, song).getAttribute("transform");
  const [x, y] = /translate\(([^,]+),([^)]+)\)/.exec(transform!)!.slice(1).map(Number);
  return [x, y];
}

/** Where the map is on the screen. */
async function mapBox(page: Page) {
  return (await page.locator("#map > svg").boundingBox())!;
}

/** Moves the pointer to a place of the map, in whole pixels of the screen as a wheel tells them. */
async function pointAt(page: Page, [x, y]: Point): Promise<Point> {
  const box = await mapBox(page);
  const pointer = [Math.round(box.x + x), Math.round(box.y + y)] as const;
  await page.mouse.move(...pointer);
  return [pointer[0] - box.x, pointer[1] - box.y];
}

const distance = ([a, b]: Point, [c, d]: Point) => Math.hypot(a - c, b - d);

/** How far two marks are apart, which tells the scale while both are seen. */
const apart = async (page: Page, song = SONG, other = OTHER) =>
  distance(await placeOf(page, song), await placeOf(page, other));

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const isWhole = async (page: Page) =>
  await page.locator("#map > svg.zoomed").count() === 0 &&
  await button(page, "Zoom out").getAttribute("aria-disabled") === "true";

/** One turn of the wheel, and until the page has heard of it. */
async function wheel(page: Page, pixels: number) {
  await page.mouse.wheel(0, pixels);
  await page.waitForTimeout(120);
}

async function isInside(page: Page, song: number) {
  const [x, y] = await placeOf(page, song);
  const { width, height } = await mapBox(page);
  return x > 0 && y > 0 && x < width && y < height;
}

/** The mark which lies farthest from another, at the other end of the map. */
async function farthestFrom(page: Page, song: number) {
  const places = await Promise.all(run.songs.map((_, at) => placeOf(page, at)));
  const far = places.map((place) => distance(place, places[song]));
  return far.indexOf(Math.max(...far));
}

/** Waits until the window shows or no longer shows a mark. */
const untilInside = (page: Page, song: number, inside: boolean) =>
  until(async () => await isInside(page, song) === inside, `song ${song} inside: ${inside}`);

pageTest("the wheel zooms about the pointer: the mark under it stays there", async (page) => {
  const before = await placeOf(page, SONG);
  const size = await mark(page, SONG).evaluate((shape) =>
    /scale\(.*\)/.exec(shape.getAttribute("transform")!)?.[0]
  );
  const wide = await apart(page);
  const pointer = await pointAt(page, before);
  await wheel(page, -200);
  const scale = 2 ** (200 / 500);
  const after = await placeOf(page, SONG);
  for (const axis of [0, 1]) {
    const beside = before[axis] - pointer[axis]; // less than a pixel
    assertAlmostEquals(after[axis], pointer[axis] + beside * scale, 2 * PIXELS);
  }
  assertAlmostEquals(await apart(page) / wide, scale, 0.01);
  const sizeAfter = await mark(page, SONG).evaluate((shape) =>
    /scale\(.*\)/.exec(shape.getAttribute("transform")!)?.[0]
  );
  assertEquals(sizeAfter, size);
});

pageTest("the wheel stops at 40 times and at the whole map", async (page) => {
  const others = run.songs.map((_, song) => song).filter((song) => song !== SONG);
  const places = await Promise.all(others.map((song) => placeOf(page, song)));
  const here = await placeOf(page, SONG);
  const far = places.map((place) => distance(place, here));
  const nearest = others[far.indexOf(Math.min(...far))];
  const before = await Promise.all(run.songs.map((_, song) => placeOf(page, song)));
  await pointAt(page, here);
  for (let turn = 0; turn < 8; turn++) await wheel(page, -500);
  const [dx, dy] = await placeOf(page, nearest);
  const near = await isInside(page, nearest);
  // The places of the whole map are rounded to 0.1 pixels, which is 4 pixels here.
  if (near) assertAlmostEquals(distance([dx, dy], here), 40 * Math.min(...far), 8);
  assertEquals(await button(page, "Zoom in").getAttribute("aria-disabled"), "true");
  for (let turn = 0; turn < 8; turn++) await wheel(page, 500);
  assert(await isWhole(page));
  assertEquals(await Promise.all(run.songs.map((_, song) => placeOf(page, song))), before);
});

pageTest(
  "outwards over the whole map, and beside the map, the wheel scrolls the page",
  async (page) => {
    const scrolled = () => page.evaluate("scrollY") as Promise<number>;
    await page.evaluate(`document.body.style.minHeight = "3000px"`);
    await pointAt(page, await placeOf(page, SONG));
    await wheel(page, -300);
    assert(!await isWhole(page));
    await wheel(page, 100);
    assertEquals(await scrolled(), 0);
    await wheel(page, 900);
    assert(await isWhole(page));
    assertEquals(await scrolled(), 0);
    await page.waitForTimeout(400); // of the same turn Chromium takes no step for the page
    await wheel(page, 150);
    await until(async () => await scrolled() > 0, "the page scrolls");
    const top = await scrolled();
    const box = (await page.locator("#cards").boundingBox())!;
    await page.mouse.move(box.x + 40, 400);
    await wheel(page, -50);
    await until(async () => await scrolled() < top, "the page scrolls beside the map");
    assert(await isWhole(page));
  },
);

pageTest("a drag moves the map, opens no song, and ends at the map's edge", async (page) => {
  await pointAt(page, await placeOf(page, SONG));
  for (let turn = 0; turn < 2; turn++) await wheel(page, -500);
  const before = await placeOf(page, SONG);
  const box = await mapBox(page);
  await pointAt(page, before);
  const by = [before[0] > box.width / 2 ? -60 : 60, before[1] > box.height / 2 ? -40 : 40];
  await page.mouse.down();
  await pointAt(page, [before[0] + by[0] / 2, before[1] + by[1] / 2]);
  await pointAt(page, [before[0] + by[0], before[1] + by[1]]);
  await page.mouse.up();
  const after = await placeOf(page, SONG);
  assertAlmostEquals(after[0], before[0] + by[0], PIXELS);
  assertAlmostEquals(after[1], before[1] + by[1], PIXELS);
  assertEquals(await page.locator("#map .mark[aria-selected=true]").count(), 0);
  for (let drag = 0; drag < 12; drag++) {
    await pointAt(page, [10, 10]);
    await page.mouse.down();
    await pointAt(page, [box.width - 10, box.height - 10]);
    await page.mouse.up();
  }
  const places = await Promise.all(run.songs.map((_, song) => placeOf(page, song)));
  const left = Math.min(...places.map(([x]) => x));
  assert(left >= 0 && left < box.width, `the leftmost mark is at ${left}`);
});

pageTest("a click after zoom and drag opens the mark under it", async (page) => {
  await pointAt(page, await placeOf(page, SONG));
  for (let turn = 0; turn < 4; turn++) await wheel(page, -500);
  await pointAt(page, await placeOf(page, SONG));
  await page.mouse.down();
  await page.mouse.up();
  await page.locator("#song h2", { hasText: run.songs[SONG].title }).waitFor();
  assertEquals(await mark(page, SONG).getAttribute("aria-selected"), "true");
  assertEquals(await page.locator("#map .lines line").count(), 10);
});

pageTest("the buttons zoom about the open song, and show the whole map again", async (page) => {
  await openSong(page, SONG);
  const before = await placeOf(page, SONG);
  const wide = await apart(page);
  assert(await isWhole(page));
  await button(page, "Zoom in").click();
  assertAlmostEquals(await apart(page) / wide, 1.6, 0.02);
  for (let press = 0; press < 4; press++) await button(page, "Zoom in").click();
  const [x, y] = await placeOf(page, SONG);
  const { width, height } = await mapBox(page);
  assert(Math.abs(x - width / 2) < 0.4 * width && Math.abs(y - height / 2) < 0.4 * height);
  await button(page, "Zoom out").click();
  assert(!await isWhole(page));
  await button(page, "Whole map").click();
  assert(await isWhole(page));
  assertEquals(await placeOf(page, SONG), before);
});

pageTest("the keys + - 0 zoom while a mark has the focus", async (page) => {
  const wide = await apart(page);
  await mark(page, SONG).focus();
  await page.keyboard.press("+");
  assertAlmostEquals(await apart(page) / wide, 1.6, 0.02);
  await page.keyboard.press("=");
  await page.keyboard.press("-");
  assertAlmostEquals(await apart(page) / wide, 1.6, 0.02);
  await page.keyboard.press("0");
  assert(await isWhole(page));
  await page.keyboard.press("-");
  assertEquals(await apart(page), wide);
  await page.focus("#search-field");
  await page.keyboard.press("+");
  assert(await isWhole(page));
});

pageTest("a mark that gets the focus outside of the window comes into view", async (page) => {
  const far = await farthestFrom(page, SONG);
  await mark(page, SONG).focus();
  for (let press = 0; press < 5; press++) await page.keyboard.press("+");
  assertEquals(await isInside(page, far), false);
  await mark(page, far).focus();
  await untilInside(page, far, true);
  await page.keyboard.press("0");
  await page.keyboard.press("+");
  for (let press = 0; press < 6; press++) await page.keyboard.press("+");
  for (const arrow of ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]) {
    await page.keyboard.press(arrow);
    const label = await page.evaluate("document.activeElement.getAttribute('aria-label')");
    const song = run.songs.findIndex(({ title }) => `${label}`.startsWith(`${title} by`));
    assert(await isInside(page, song), `${label} after ${arrow}`);
  }
  assertEquals(await page.evaluate("scrollX + scrollY"), 0);
});

pageTest("a song that is searched for comes into view", async (page) => {
  const far = await farthestFrom(page, SONG);
  await openSong(page, SONG);
  for (let press = 0; press < 5; press++) await button(page, "Zoom in").click();
  assertEquals(await isInside(page, far), false);
  await openSong(page, far);
  await untilInside(page, far, true);
  assert(!await isWhole(page), "the scale stays");
});

pageTest("without a wish for less motion the map glides there", async (page) => {
  const wide = await apart(page);
  await openSong(page, SONG);
  await button(page, "Zoom in").click();
  await until(async () => Math.abs(await apart(page) / wide - 1.6) < 0.02, "it arrives");
  await button(page, "Whole map").click();
  await until(async () => await apart(page) === wide, "it comes back");
}, { reducedMotion: false });

pageTest("two fingers zoom on a small touch screen, where all buttons fit", async (page) => {
  await page.locator("#map").scrollIntoViewIfNeeded();
  const box = await mapBox(page);
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...offsets: number[]) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: offsets.map((offset, id) => ({ x: middle[0] + offset, y: middle[1], id })),
    });
  const before = await Promise.all(run.songs.map((_, song) => placeOf(page, song)));
  await touch("touchStart", -20);
  await touch("touchStart", -20, 20);
  for (let reach = 24; reach <= 40; reach += 4) await touch("touchMove", -reach, reach);
  await touch("touchEnd");
  await until(async () => !await isWhole(page), "the pinch zooms");
  const after = await Promise.all(run.songs.map((_, song) => placeOf(page, song)));
  const seen = run.songs.map((_, song) => song).filter((song) =>
    after[song][0] > 0 && after[song][0] < box.width && after[song][1] > 0 &&
    after[song][1] < box.height
  );
  for (const song of seen) {
    assertAlmostEquals(
      after[song][0] - box.width / 2,
      2 * (before[song][0] - box.width / 2),
      1,
    );
  }
  assert(seen.length > 0);
  assertEquals(await overflow(page), 0);
  for (const name of ["Zoom in", "Zoom out", "Whole map"]) {
    const { x, width, height } = (await button(page, name).boundingBox())!;
    assert(width >= 32 && height >= 32 && x >= 0 && x + width <= 360, `${name}: ${width}`);
  }
  await button(page, "Whole map").click();
  assert(await isWhole(page));
}, { viewport: { width: 360, height: 740 }, hasTouch: true });
