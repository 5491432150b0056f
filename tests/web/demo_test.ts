/** The demo's page as a user meets it, in a browser without a window. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { encodeWav } from "../../audio/wav.ts";
import { rowOf } from "../../recsys/interactions.ts";
import { writeMusicRun } from "../../tasks/music/run_files.ts";
import { RunFolder } from "../../tasks/run/run_folder.ts";
import type { Page } from "../deps.ts";
import { runCommandLine } from "../tasks/run_command.ts";
import { tone, UNPLAYED } from "../tasks/music/demo/sample_demo.ts";
import { demo, mark, openSong, overflow, pageTest, until } from "./demo_page.ts";

const { run, recommender } = demo;

/** A click in the middle of a mark, where no other is drawn above it. */
async function clickMark(page: Page, song: number) {
  await mark(page, song).click({ force: true });
}

async function chooseListener(page: Page, name: string) {
  await page.fill("#listener-field", name);
  await page.press("#listener-field", "Enter");
  await page.locator("#listener .songs").first().waitFor();
}

const idsOf = (page: Page, list: string) =>
  page.locator(`${list} li`).evaluateAll((rows) =>
    rows.map((row) => row.getAttribute("data-song"))
  );

const names = (found: readonly { readonly song: number }[]) =>
  found.map(({ song }) => run.songs[song].id);

const secondsPlayed = (page: Page) =>
  page.locator("#audio").evaluate((audio) =>
    (audio as unknown as { currentTime: number }).currentTime
  );

const isPlaying = (page: Page) =>
  until(async () => await secondsPlayed(page) > 0.05, "time of the player grows");

const unplayed = names(
  run.songs.map((_, song) => ({ song })).filter(({ song }) => run.use[song].listeners === 0),
);
const LISTENER = run.listeners.findIndex((_, at) =>
  rowOf(recommender.known.byUser, at).indices.length > 3
);
const NAME = run.listeners[LISTENER];
const SOUND_LIST = "#song ol[aria-label='Sounds alike']";
const PLAYS_LIST = "#song ol[aria-label='Played by the same people']";
const FOUND_LIST = `#listener ol[aria-label='Songs for ${NAME}']`;

pageTest(
  "the map has a mark a song, hollow for new ones, and says what is synthetic",
  async (page) => {
    assertEquals(await page.locator("#map .mark").count(), run.songs.length);
    const cold = run.cold.filter((value) => value === 1).length;
    assertEquals(await page.locator("#map .mark.cold").count(), cold);
    const facts = await page.locator("#facts").innerText();
    assertStringIncludes(facts, "60 synthetic songs and 12 synthetic listeners");
    assertStringIncludes(facts, "plays of 12 songs (hollow marks) were hidden from it");
    assertStringIncludes(facts, "0.25; random order gives 0.13");
  },
);

pageTest("a click on a mark plays the song and opens it", async (page) => {
  const song = 14;
  await clickMark(page, song);
  await isPlaying(page);
  const title = await page.locator("#song h2").innerText();
  assertEquals(
    await page.locator("#playing").innerText(),
    `${title} by Artist ${+title.split(" ")[1] % 7}`,
  );
  assertEquals(await page.locator("#map .mark[aria-selected=true]").count(), 1);
  assertEquals(await page.locator("#map .lines line").count(), 10);
});

pageTest("each row of a list plays its song, and pauses it", async (page) => {
  await openSong(page, 3);
  assertEquals(await secondsPlayed(page), 0);
  const button = page.locator(`${SOUND_LIST} .play`).nth(2);
  await button.click();
  await isPlaying(page);
  assertMatch((await button.getAttribute("aria-label"))!, /^Pause Title/);
  await button.click();
  await until(async () => /^Play /.test((await button.getAttribute("aria-label"))!), "it pauses");
});

pageTest("both lists are the command line's", async (page) => {
  const folder = await Deno.makeTempDir();
  const written = await RunFolder.open(`${folder}/run`, run.config, {
    resume: false,
    force: false,
  });
  await writeMusicRun(written, run);
  await written.writeJson("result.json", {});
  const args = ["similar", "--run", "run", "--song", "SONG7", "--json"];
  const { stdout, stderr } = await runCommandLine("tasks/music/main.ts", folder, ...args);
  const { content, usage } = JSON.parse(stdout || stderr);
  await openSong(page, 7);
  const ids = (list: { id: string }[]) => list.map(({ id }) => id);
  assertEquals(await idsOf(page, SOUND_LIST), ids(content));
  assertEquals(await idsOf(page, PLAYS_LIST), ids(usage));
  assertEquals(content.length, 10);
  await Deno.remove(folder, { recursive: true });
});

pageTest("of a song that nobody has played the page says so", async (page) => {
  await openSong(page, UNPLAYED);
  assertStringIncludes(await page.locator("#song").innerText(), "Nobody has played it");
  assertEquals(await page.locator(PLAYS_LIST).count(), 0);
  assertEquals((await idsOf(page, SOUND_LIST)).length, 10);
});

pageTest(
  "a listener gets songs that nobody has played, best first, beside what they played",
  async (page) => {
    await chooseListener(page, NAME);
    const found = await idsOf(page, FOUND_LIST);
    assertEquals(found, names(recommender.recommend(LISTENER, { among: "new" })));
    assert(found.length > 2 && found.every((id) => unplayed.includes(id!)));
    const played = names(
      Array.from(rowOf(run.plays.byUser, LISTENER).indices, (song) => ({ song })),
    );
    assertEquals((await idsOf(page, "#listener .scroll")).sort(), played.sort());
  },
);

pageTest("the sliders change the list and say what counts", async (page) => {
  await chooseListener(page, NAME);
  await page.getByLabel("all songs they have not played").check();
  const slide = (id: string, value: number) => page.locator(id).fill(`${value}`);
  const expectList = async (mix: { popularity: number; usage: number; content: number }) => {
    const expected = names(recommender.recommend(LISTENER, { mix })).join();
    await until(
      async () => (await idsOf(page, FOUND_LIST)).join() === expected,
      JSON.stringify(mix),
    );
    return expected;
  };
  const sound = await expectList({ popularity: 0, usage: 0, content: 1 });
  await slide("#sound-slider", 0);
  const plays = await expectList({ popularity: 0, usage: 1, content: 0 });
  await slide("#popularity-slider", 100);
  const popular = await expectList({ popularity: 1, usage: 0, content: 0 });
  assertEquals(new Set([sound, plays, popular]).size, 3);
  assertEquals(
    await page.locator("#mix-words").innerText(),
    "Counts: only how many people play the songs.",
  );
  await page.getByLabel("songs that nobody has played").check();
  await page.getByText("Plays say nothing of these songs").waitFor();
});

pageTest("the run's test ranks hidden songs and marks those that were played", async (page) => {
  await chooseListener(page, NAME);
  await page.getByLabel("songs whose plays were hidden").check();
  await page.getByText("Found among hidden songs").waitFor();
  const found = recommender.findHidden(LISTENER);
  await until(
    async () => (await idsOf(page, FOUND_LIST)).join() === names(found).join(),
    "the list of the test",
  );
  const right = found.filter(({ played }) => played).length;
  assertEquals(await page.locator(`${FOUND_LIST} .value.good`).count(), right);
});

pageTest(
  "a song's plays can be removed: its place by plays moves, by sound it stays",
  async (page) => {
    const song = 11;
    await openSong(page, song);
    await page.locator("#removal-switch").check();
    await page.getByText("Choose a listener below").waitFor();
    await chooseListener(page, NAME);
    const table = page.locator(".removal table");
    await table.waitFor();
    const { usage, content, of } = recommender.withoutPlays(song, LISTENER);
    const cells = async (row: number) =>
      await table.locator("tbody tr").nth(row).locator("td").allInnerTexts();
    assertEquals((await cells(0)).slice(0, 2), [`${usage.before}`, `${usage.after}`]);
    assertEquals((await cells(1)).slice(0, 2), [`${content.before}`, `${content.after}`]);
    assertStringIncludes(await table.innerText(), `Place among ${of} songs for ${NAME}`);
    assertStringIncludes(
      await page.locator(".why").innerText(),
      `By sound it stays at ${content.before}`,
    );
    await page.locator("#removal-switch").uncheck();
    await until(async () => await table.count() === 0, "the table goes");
  },
);

const wav = (samples: Float32Array) =>
  encodeWav({ rate: 22_050, channels: [Float64Array.from(samples)] });
const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: "audio/wav",
  buffer: Buffer.from(bytes),
});

pageTest(
  "a song of the run that is chosen as a file finds itself first, with a star on its mark",
  async (page) => {
    await page.setInputFiles("#file-field", file("mine.wav", wav(tone(23))));
    await page.locator("#drop .songs").waitFor();
    const rows = page.locator("#drop .songs li");
    assertEquals(await rows.first().getAttribute("data-song"), "SONG23");
    assertEquals(await rows.first().locator(".value").innerText(), "1.00");
    const place = (selector: string) =>
      page.locator(selector).evaluate((shape) =>
        /translate\(([^)]*)\)/.exec(shape.getAttribute("transform")!)![1]
      );
    assertEquals(await place("#map .star"), await place(`#map .mark[aria-label^="Title 23 "]`));
    await page.locator("#drop .song-title .play").click();
    await isPlaying(page);
    await page.getByLabel("Take the file off the map").click();
    assertEquals(await page.locator("#map .star").isVisible(), false);
  },
);

pageTest("a file can be dropped anywhere on the page", async (page) => {
  const bytes = Array.from(wav(tone(8)));
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array([${bytes}])], "dropped.wav"));
    return transfer;
  })()`);
  await page.dispatchEvent("#map", "drop", { dataTransfer: transfer });
  await page.locator("#drop .songs").waitFor();
  assertEquals((await idsOf(page, "#drop .songs"))[0], "SONG8");
});

pageTest("without a mouse: to the map, along it, play, on to a list, and back", async (page) => {
  const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
  await page.focus("#search-field");
  const genres = new Set(run.songs.map(({ genre }) => genre)).size;
  for (let i = 0; i < genres + 1; i++) await page.keyboard.press("Tab");
  const start = await focused();
  assertMatch(`${start}`, /^Title \d+ by/);
  const seen = new Set([start]);
  for (const arrow of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight"]) {
    await page.keyboard.press(arrow);
    seen.add(await focused());
  }
  assert(seen.size >= 3, `${seen.size} marks had the focus`);
  const tip = await page.locator(".tip").innerText();
  const here = `${await focused()}`;
  assert(here.startsWith(tip.split("\n")[0]), `${here} has the tip ${tip}`);
  await page.keyboard.press("Enter");
  await isPlaying(page);
  await page.locator("#song .songs").first().waitFor();
  const nearest = run.songs.find(({ title }) => here.startsWith(`${title} by`));
  const [next] = recommender.contentNeighbours(run.songs.indexOf(nearest!));
  // Three buttons of the map; play, close, play, open.
  for (let i = 0; i < 7; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("#song h2", { hasText: run.songs[next.song].title }).waitFor();
  await until(
    async () => `${await focused()}`.startsWith(`Play ${run.songs[next.song].title} by`),
    "focus",
  );
  await page.keyboard.press("Escape");
  await page.getByText("No song is open").waitFor();
  assertMatch(`${await focused()}`, new RegExp(`^${run.songs[next.song].title} by`));
});

pageTest("the search field finds by words, and is left by Escape", async (page) => {
  await page.fill("#search-field", "artist 3");
  const found = page.locator("#search .results button");
  assert(await found.count() === 8);
  await page.fill("#search-field", "no such song");
  await page.getByText("No song or artist has “no such song” in its name.").waitFor();
  await page.fill("#search-field", "title 42");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("#song h2", { hasText: "Title 42" }).waitFor();
  await page.fill("#search-field", "title");
  await page.keyboard.press("Escape");
  assertEquals(await page.locator("#search .results").isVisible(), false);
  assertEquals(await page.locator("#song h2").innerText(), "Title 42");
});

pageTest("a genre can be taken off the map", async (page) => {
  const folk = run.songs.filter(({ genre }) => genre === "folk").length;
  await page.getByRole("button", { name: "folk", exact: true }).click();
  assertEquals(await page.locator("#map .mark:visible").count(), run.songs.length - folk);
  await page.getByRole("button", { name: "folk", exact: true }).click();
  assertEquals(await page.locator("#map .mark:visible").count(), run.songs.length);
});

/** All that a page can show at once. */
async function showEverything(page: Page) {
  await openSong(page, 11);
  await page.locator("#removal-switch").check();
  await chooseListener(page, NAME);
  await page.locator(".removal table").waitFor();
  await page.setInputFiles("#file-field", file(`${"long".repeat(30)}.wav`, wav(tone(23))));
  await page.locator("#drop .songs").waitFor();
}

for (const width of [360, 700, 1100]) {
  pageTest(`${width} px are wide enough for all that it shows`, async (page) => {
    assertEquals(await overflow(page), 0);
    await showEverything(page);
    assertEquals(await overflow(page), 0);
  }, { viewport: { width, height: 740 } });
}

pageTest("a dark system gets a dark page", async (page) => {
  const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  const [red] = /\d+/.exec(`${ground}`)!;
  assert(Number(red) < 60, `${ground}`);
}, { colorScheme: "dark" });

pageTest(
  "what goes wrong is said: a wrong file, an unknown listener, a server that is gone",
  async (page) => {
    await page.setInputFiles("#file-field", file("notes.txt", new TextEncoder().encode("hello")));
    await page.getByText(`Cannot read notes.txt: it is a file that begins with "hell"`).waitFor();
    assertEquals(await page.locator("#alert").isVisible(), false);
    await page.fill("#listener-field", "nobody");
    await page.press("#listener-field", "Enter");
    await page.getByText("There is no listener “nobody” in this run.").waitFor();
    await page.route("**/api/**", (route) => route.abort());
    await clickMark(page, 3);
    const alert = page.locator("#alert");
    await alert.getByText("The demo's server does not answer").waitFor();
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.getByText("The demo's server does not answer").waitFor();
    await page.unroute("**/api/**");
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor({ state: "hidden" });
    await openSong(page, 3);
  },
  { failing: true },
);
