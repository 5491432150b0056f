/** `deno task music` as a user meets it: a whole run, what is asked of it, and what is refused. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeWav } from "../../../audio/wav.ts";
import { rowOf } from "../../../recsys/interactions.ts";
import { readNpy } from "../../../files/disk/npy.ts";
import type { MusicResult } from "../../../tasks/music/result.ts";
import { studySongs } from "../../../tasks/music/search_problem.ts";
import { drawMusic } from "../../../tasks/music/synthetic_set.ts";
import { ends, runCommandLine } from "../run_command.ts";
import { allPlayed } from "./sample_run.ts";
import { TINY_RUN } from "./tiny_run.ts";

const songName = (song: number) => `SYN${`${song + 1}`.padStart(4, "0")}`;

const folder = await Deno.makeTempDir();
const music = (...args: string[]) => runCommandLine("tasks/music/main.ts", folder, ...args);

Deno.test("train writes a run that answers, and the same bits for the same seed", async () => {
  const first = await ends(music(...TINY_RUN, "--out", "a", "--json"), 0);
  const result: MusicResult = JSON.parse(first.stdout);
  assertEquals(result.coldSongs + result.trainSongs <= 24, true);
  assert(result.rows.bound!.map > result.rows.random!.map, "the bound knows the plays");
  assertEquals((await music(...TINY_RUN, "--out", "b")).code, 0);
  const bytes = (name: string) => Deno.readFile(`${folder}/${name}`);
  for (const name of ["model.safetensors", "factors/predicted_songs.npy", "factors/map.npy"]) {
    assertEquals(await bytes(`a/${name}`), await bytes(`b/${name}`), name);
  }
  await ends(music(...TINY_RUN, "--out", "a"), 1, "it holds a finished run");
});

Deno.test("the songs that a run hides are in no study with its seed and settings", async () => {
  const { seed, ...config } = JSON.parse(await Deno.readTextFile(`${folder}/a/config.json`));
  const { songs, seconds, artists, listeners, hard } = config;
  const drawn = drawMusic({ seed, songs, seconds, artists, listeners, hard });
  const { catalogue } = studySongs(
    {
      songs: drawn.songs,
      listeners: drawn.audience.names,
      ...allPlayed(drawn.audience.plays),
      synthetic: true,
      badFiles: [],
      samples: () => Promise.reject(new Error("nobody listens")),
    },
    config,
    seed,
  );
  const lines = (await Deno.readTextFile(`${folder}/a/catalogue.jsonl`)).trimEnd().split("\n");
  const known = lines.map((line) => JSON.parse(line)).filter(({ cold }) => !cold);
  assert(known.length > 0 && known.length < 24);
  assertEquals(catalogue.songs.map(({ id }) => id), known.map(({ id }) => id));
});

Deno.test("a run's own factors go in again and give the figures of the run that made them", async () => {
  const { stdout, stderr } = await ends(
    music(...TINY_RUN, "--factors", "a/factors", "--out", "c", "--json"),
    0,
  );
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
  const result: MusicResult = JSON.parse(stdout);
  assertEquals(result.rows, (await read("a/result.json")).rows);
  const from = `${folder}/a/factors`;
  assertEquals(result.importedFactors, { from, all: true, coldKnown: 0 });
  assertEquals((await read("c/config.json")).factorsFrom, from);
  assertStringIncludes(stderr, `imported from ${from}`);
  const report = await Deno.readTextFile(`${folder}/c/report.html`);
  assertStringIncludes(report, `imported from ${from}`);
  assertStringIncludes(report, `--factors ${from}`);
});

Deno.test("similar, recommend and predict answer from a run", async () => {
  const similarTo = ["similar", "--run", "a", "--song", "SYN0001"];
  const similar = await music(...similarTo, "--count", "3", "--json");
  const { content, usage } = JSON.parse(similar.stdout);
  assertEquals([content.length, usage.length], [3, 3]);
  const lists = await music(...similarTo);
  assertMatch(lists.stdout, /sounds alike\n[^]*played by the same people/);
  const { seed, ...config } = JSON.parse(await Deno.readTextFile(`${folder}/a/config.json`));
  const { songs: count, seconds, artists, listeners, hard } = config;
  const { audience } = drawMusic({ seed, songs: count, seconds, artists, listeners, hard });
  const played = Array.from(rowOf(audience.plays.byUser, 0).indices, songName);
  const unplayed = Array.from({ length: count }, (_, song) => song)
    .filter((song) => rowOf(audience.plays.byItem, song).indices.length === 0).map(songName);
  const ask = async (...args: string[]) =>
    await music("recommend", "--run", "a", "--listener", audience.names[0], ...args);
  const names = async (...args: string[]) =>
    JSON.parse((await ask(...args, "--count", "99", "--json")).stdout).songs
      .map(({ id }: { id: string }) => id).sort();
  assertEquals(await names(), unplayed);
  const unheard = await names("--among", "unheard");
  assertEquals(unheard.length, count - played.length);
  assert(unheard.every((id: string) => !played.includes(id)));
  const heading = unplayed.length > 0
    ? `songs that nobody has played, for ${audience.names[0]}`
    : "none is new";
  assertStringIncludes((await ask()).stdout, heading);
  assertStringIncludes((await ask("--among", "unheard")).stdout, "has not played, for");
  const samples = Float64Array.from({ length: 80_000 }, (_, i) => Math.sin(i / 8) / 2);
  await Deno.mkdir(`${folder}/new`);
  await Deno.writeFile(`${folder}/new/tone.wav`, encodeWav({ rate: 22_050, channels: [samples] }));
  await Deno.writeFile(`${folder}/new/tone.wav`, Uint8Array.of(1, 2, 3), { append: true });
  await Deno.writeTextFile(`${folder}/new/bad.wav`, "no sound");
  await ends(music("predict", "--run", "a", "--data", "new", "--out", "p.csv"), 1, "bad.wav");
  const args = ["predict", "--run", "a", "--data", "new", "--out", "p.csv", "--on-bad", "skip"];
  const { code, stderr } = await music(...args);
  assertEquals(code, 0);
  assertStringIncludes(stderr, "new/tone.wav: its last 3 bytes are none of its chunks");
  const table = (await Deno.readTextFile(`${folder}/p.csv`)).trimEnd().split("\n");
  assertEquals([table[0], table.length], ["file,rank,song_id,title,artist,similarity", 11]);
  assertEquals((await readNpy(`${folder}/p.csv.factors.npy`)).shape, [1, 8]);
});

Deno.test("what is missing or unknown is named, with exit code 2 or 1", async () => {
  assertStringIncludes((await music("--help")).stdout, "deno task music");
  const cases: [string[], number, string][] = [
    [["similar", "--song", "SYN0001"], 2, "--run is missing"],
    [["similar", "--run", "a", "--song", "nothing"], 1, 'Cannot find song "nothing"'],
    [["recommend", "--run", "a", "--listener", "nobody"], 1, 'Cannot find listener "nobody"'],
    [["train", "--data", "nowhere"], 1, "nowhere"],
    [
      ["evaluate", "--data", "nowhere", "--out", "p.csv"],
      1,
      "p.csv: it is there already; overwrite it with --force",
    ],
    [["evaluate", "--data", "nowhere", "--out", "p.csv", "--force"], 1, "nowhere"],
    [["train", "--set", "factors=x"], 2, 'factors is "x", expected a whole number from 1 to 512'],
  ];
  for (const [args, code, message] of cases) {
    await ends(music(...args), code, message);
  }
  await Deno.remove(folder, { recursive: true });
});
