/** Synthetic songs and listeners, and the folder that they are written to and read from. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { rowLengths, rowOf } from "../../../recsys/interactions.ts";
import { openMusicFolder } from "../../../tasks/music/data.ts";
import { synthesiseMusic } from "../../../tasks/music/synthesise.ts";
import { openSyntheticCatalogue } from "../../../tasks/music/synthetic_set.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { unreadable } from "../../refusals.ts";

const MUSIC = { songs: 16, seconds: 3, artists: 8, listeners: 60 };
const said: string[] = [];
const progress = new Progress({ write: (text) => said.push(text), isTerminal: false });

async function opened(seed: number, workers = 2) {
  const cache = await Deno.makeTempDir();
  const catalogue = await openSyntheticCatalogue({ ...MUSIC, seed, workers, cache, progress });
  return { cache, catalogue };
}

Deno.test("a seed gives the same songs and plays whatever the number of workers", async () => {
  const [one, two, other] = [await opened(1, 1), await opened(1, 2), await opened(2)];
  for (const song of [0, 7, 15]) {
    assertEquals(await one.catalogue.samples(song), await two.catalogue.samples(song));
  }
  assertNotEquals(await one.catalogue.samples(3), await other.catalogue.samples(3));
  assertEquals(one.catalogue.plays, two.catalogue.plays);
  assertNotEquals(one.catalogue.plays, other.catalogue.plays);
  for (const { cache } of [one, two, other]) await Deno.remove(cache, { recursive: true });
});

Deno.test("songs are equally loud, nobody plays all of them, some songs are popular", async () => {
  const { cache, catalogue } = await opened(3);
  for (let song = 0; song < MUSIC.songs; song++) {
    const samples = await catalogue.samples(song);
    const square = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    assert(Math.abs(Math.sqrt(square) - 0.1) < 1e-3, `song ${song} has ${Math.sqrt(square)}`);
  }
  assert(rowLengths(catalogue.plays.byUser).every((count) => count >= 1 && count < MUSIC.songs));
  const listeners = rowLengths(catalogue.plays.byItem).toSorted();
  assert(listeners[15] > listeners[8], "popularity falls with rank");
  await Deno.remove(cache, { recursive: true });
});

Deno.test("a damaged cache is said, and made anew with the same sound", async () => {
  const { cache, catalogue } = await opened(4);
  const before = await catalogue.samples(5);
  const [{ name }] = await Array.fromAsync(Deno.readDir(cache));
  await Deno.truncate(`${cache}/${name}`, 1000);
  said.length = 0;
  const again = await openSyntheticCatalogue({ ...MUSIC, seed: 4, cache, progress });
  assertEquals(await again.samples(5), before);
  assert(said.join("").includes(name), said.join(""));
  await Deno.remove(cache, { recursive: true });
});

Deno.test("a folder that was written reads back: the same songs, sound and plays", async () => {
  const { cache, catalogue } = await opened(5);
  const out = await Deno.makeTempDir();
  await synthesiseMusic({ ...MUSIC, seed: 5, out, evaluation: 0 });
  const read = await openMusicFolder({
    data: out,
    leastPlays: 1,
    leastListeners: 1,
    progress,
  });
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
  const options = { data: out, leastPlays: 1, leastListeners: 1, progress };
  await unreadable(() => openMusicFolder(options), catalogue.songs[0].id);
  const rest = await openMusicFolder({ ...options, onBad: "skip" });
  assertEquals([rest.songs.length, rest.badFiles.length], [15, 1]);
  for (const path of [cache, out]) await Deno.remove(path, { recursive: true });
});
