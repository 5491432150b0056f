/** `deno task music analyse` as a user meets it, on a whole run of seconds. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ndarray } from "../../../../gpu/tensor.ts";
import type { MusicAnalysis } from "../../../../tasks/music/analysis/facts.ts";
import { coldNeighbours } from "../../../../tasks/music/analysis/neighbour_lists.ts";
import { tagsOf } from "../../../../tasks/music/analysis/tag_sources.ts";
import { ends, runCommandLine } from "../../run_command.ts";
import { sampleRun } from "../sample_run.ts";
import { TINY_RUN } from "../tiny_run.ts";

const folder = await Deno.makeTempDir();
const music = (...args: string[]) => runCommandLine("tasks/music/main.ts", folder, ...args);

Deno.test("analyse writes a page and prints figures, the same for the same run", async () => {
  await ends(music(...TINY_RUN, "--out", "a"), 0);
  const analyse = ["analyse", "--run", "a", "--count", "3"];
  await Deno.mkdir(`${folder}/new`);
  const { stdout } = await ends(music(...analyse, "--out", "new/a.html", "--json"), 0);
  const { seconds: _, out, ...facts }: MusicAnalysis & { out: string } = JSON.parse(stdout);
  assertEquals(out, `${folder}/new/a.html`);
  assertEquals(facts.layers.map(({ layer, units }) => [layer, units]), [
    ["filters", 64],
    ["hidden", 256],
  ]);
  const [filters, hidden] = facts.layers;
  assertEquals(facts.selectiveUnits, filters.selective + hidden.selective);
  assert(filters.selective >= Math.max(filters.max.selective, filters.mean.selective));
  assertEquals(filters.max.correlations.length, 10);
  assert(filters.max.chanceRho! > 0 && filters.max.chanceRho! <= 1 + 1e-9);
  assert(facts.outliers.length > 0 && facts.outliers[0].distance >= facts.outliers[1].distance);
  assert(facts.tags!.all.plays.tags.length > 0);
  const page = await Deno.readTextFile(out);
  for (const text of ["Units with a genre", facts.outliers[0].title, "tempo", "bag of words"]) {
    assertStringIncludes(page, text);
  }
  assertEquals(/<script|src="http/.test(page), false);
  const table = await music(...analyse, "--out", "b.html");
  assertStringIncludes(table.stdout, "farthest from their listeners");
  await ends(music(...analyse, "--out", "b.html"), 1, "b.html: it is there already");
  const forced = await music(...analyse, "--out", "b.html", "--force", "--json");
  const { seconds: __, out: ___, ...again } = JSON.parse(forced.stdout);
  assertEquals(again, facts);
});

Deno.test("songs that are not those of the run are refused", async () => {
  const config = JSON.parse(await Deno.readTextFile(`${folder}/a/config.json`));
  await Deno.writeTextFile(`${folder}/a/config.json`, JSON.stringify({ ...config, songs: 23 }));
  await ends(music("analyse", "--run", "a", "--out", "c.html"), 1, "Cannot analyse");
});

Deno.test("what is missing is named, with exit code 2 or 1", async () => {
  const cases: [string[], number, string][] = [
    [["analyse", "--out", "c.html"], 2, "--run is missing"],
    [["analyse", "--run", "a"], 2, "--out is missing"],
    [["analyse", "--run", "nowhere", "--out", "c.html"], 1, "nowhere"],
  ];
  for (const [args, code, message] of cases) {
    await ends(music(...args), code, message);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tagsOf() puts genres and parameters side by side, and has none where there are neither", () => {
  const song = { artist: "", title: "" };
  const songs = ["folk", "", "rock"].map((genre, i) => ({ ...song, id: `${i}`, genre }));
  const audible = ndarray([3, 1], Float64Array.of(0.1, 0.5, 0.9));
  const truth = { names: ["tempo"], audible, inaudible: audible, taste: audible };
  const both = tagsOf(songs, truth)!;
  assertEquals(both.names, ["folk", "rock", "tempo above median"]);
  assertEquals([...both.values.data], [1, 0, 0, 0, 0, 0, 0, 1, 1]);
  assertEquals(tagsOf(songs)!.names, ["folk", "rock"]);
  assertEquals(tagsOf(songs.map((song) => ({ ...song, genre: "" }))), undefined);
});

Deno.test("coldNeighbours() asks for cold songs only, two of each genre, and compares both sources", () => {
  const run = sampleRun();
  const { shown, sound, plays } = coldNeighbours({ ...run, predicted: run.strict.songs }, 3);
  assert(shown.every(({ song }) => run.cold[song] === 1));
  assertEquals(shown.length, 8);
  const same = { ...run, predicted: run.all.songs, strict: { ...run.all } };
  const equal = coldNeighbours(same, 3);
  assertEquals(equal.sound, equal.plays);
  assert(sound.genre >= 0 && sound.genre <= 1 && plays.artist >= 0 && plays.artist <= 1);
});
