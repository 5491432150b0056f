/** Synthetic songs and listeners, and the folder that they are written to and read from. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { rowLengths, rowOf } from "../../../recsys/interactions.ts";
import { openMusicFolder } from "../../../tasks/music/data.ts";
import { synthesiseMusic } from "../../../tasks/music/synthesise.ts";
import { openSyntheticCatalogue } from "../../../tasks/music/synthetic_set.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";

const MUSIC = { songs: 16, seconds: 3, artists: 8, listeners: 60 };
const said: string[] = [];
const progress = new Progress({ write: (text) => said.push(text), isTerminal: false });

const opened = (cache: string, seed: number, workers = 2) =>
  openSyntheticCatalogue({ ...MUSIC, seed, workers, cache, progress });

inFolder.test("a seed gives the same songs and plays whatever the number of workers", async (folder) => {
  const [one, two, other] = [
    await opened(`${folder}/one`, 1, 1),
    await opened(`${folder}/two`, 1, 2),
    await opened(`${folder}/other`, 2),
  ];
  for (const song of [0, 7, 15]) {
    assertEquals(await one.samples(song), await two.samples(song));
  }
  assertNotEquals(await one.samples(3), await other.samples(3));
  assertEquals(one.plays, two.plays);
  assertNotEquals(one.plays, other.plays);
});

inFolder.test("songs are equally loud, nobody plays all of them, some songs are popular", async (cache) => {
  const catalogue = await opened(cache, 3);
  for (let song = 0; song < MUSIC.songs; song++) {
    const samples = await catalogue.samples(song);
    const square = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    assert(Math.abs(Math.sqrt(square) - 0.1) < 1e-3, `song ${song} has ${Math.sqrt(square)}`);
  }
  assert(rowLengths(catalogue.plays.byUser).every((count) => count >= 1 && count < MUSIC.songs));
  const listeners = rowLengths(catalogue.plays.byItem).toSorted();
  assert(listeners[15] > listeners[8], "popularity falls with rank");
});

inFolder.test("a damaged cache is said, and made anew with the same sound", async (cache) => {
  const catalogue = await opened(cache, 4);
  const before = await catalogue.samples(5);
  const [{ name }] = await Array.fromAsync(Deno.readDir(cache));
  await Deno.truncate(`${cache}/${name}`, 1000);
  said.length = 0;
  const again = await openSyntheticCatalogue({ ...MUSIC, seed: 4, cache, progress });
  assertEquals(await again.samples(5), before);
  assert(said.join("").includes(name), said.join(""));
});

inFolder.test("a folder that was written reads back: the same songs, sound and plays", async (folder) => {
  const catalogue = await opened(`${folder}/cache`, 5);
  const out = `${folder}/out`;
  await synthesiseMusic({ ...MUSIC, seed: 5, out, evaluation: 0 });
  const options = { data: out, leastPlays: 1, leastListeners: 1, progress };
  const read = await openMusicFolder(options);
  const places = catalogue.songs.map(({ id }) => read.songs.findIndex((song) => song.id === id));
  assertEquals(places.map((place) => read.songs[place]), [...catalogue.songs]);
  assertEquals(await read.samples(places[2]), await catalogue.samples(2));
  const user = read.listeners.indexOf(catalogue.listeners[7]);
  const played = Array.from(rowOf(read.plays.byUser, user).indices, (at) => read.songs[at].id);
  const expected = Array.from(
    rowOf(catalogue.plays.byUser, 7).indices,
    (at) => catalogue.songs[at].id,
  );
  assertEquals(played.sort(), expected.sort());
  await unreadable(() => synthesiseMusic({ ...MUSIC, seed: 5, out }));
  await Deno.writeTextFile(`${out}/audio/${catalogue.songs[0].id}.wav`, "no sound");
  await unreadable(() => openMusicFolder(options), catalogue.songs[0].id);
  const rest = await openMusicFolder({ ...options, onBad: "skip" });
  assertEquals([rest.songs.length, rest.badFiles.length], [15, 1]);
});
