/**
 * Features on disk: found by their content, never damaged in silence.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { key, uniform } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { makeInteractions } from "../../../recsys/interactions.ts";
import type { Catalogue } from "../../../tasks/music/catalogue.ts";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { FeatureCache, featureKey } from "../../../tasks/music/feature_cache.ts";
import { describeSongs } from "../../../tasks/music/spectrograms.ts";
import { test } from "../../check.ts";
import { rejects, unreadable } from "../../refusals.ts";
import { allPlayed } from "./sample_run.ts";

const SOUND = Float32Array.of(0, 0.5, -0.25);
const FEATURES = {
  bands: ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
  words: ndarray([1, 2], Float32Array.of(7, 8)),
};
const NAMES = ["bands", "words"] as const;

/** A cache in a folder of its own, the folder of its files, and what it noted. */
async function openCache() {
  const root = `${await Deno.makeTempDir()}/cache`;
  const notes: string[] = [];
  const cache = await FeatureCache.open(root, (note) => notes.push(note));
  return { cache, root, folder: `${root}/music-features`, notes };
}

Deno.test("featureKey() depends on the settings and on each byte of the sound, and on nothing else", async () => {
  const key = await featureKey({ bands: 128 }, SOUND);
  assert(/^[0-9a-f]{64}$/.test(key));
  assertEquals(await featureKey({ bands: 128 }, SOUND.slice()), key);
  const bytes = new Uint8Array(SOUND.buffer);
  assertEquals(await featureKey({ bands: 128 }, bytes), key);
  assertNotEquals(await featureKey({ bands: 127 }, SOUND), key);
  assertNotEquals(await featureKey({ bands: 128 }, SOUND.with(2, 0)), key);
});

Deno.test("the cache gives back what was written, in another process's cache too", async () => {
  const { cache, root, notes } = await openCache();
  const key = await featureKey({}, SOUND);
  assertEquals(await cache.read(key, NAMES), undefined);
  await cache.write(key, FEATURES);
  const again = await FeatureCache.open(root, (note) => notes.push(note));
  assertEquals(await again.read(key, NAMES), FEATURES);
  assertEquals(notes, []);
});

Deno.test("features that cannot be opened because the machine lacks something are not lost", async () => {
  const { cache, folder, notes } = await openCache();
  const key = await featureKey({}, SOUND);
  await cache.write(key, FEATURES);
  const { open } = Deno;
  const full = Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
  try {
    Reflect.set(Deno, "open", () => Promise.reject(full));
    await unreadable(() => cache.read(key, NAMES), `${folder}/${key}.npz: too many files are open`);
  } finally {
    Reflect.set(Deno, "open", open);
  }
  assertEquals([await cache.read(key, NAMES), notes], [FEATURES, []]);
});

Deno.test("a damaged or truncated file is noted, removed, and can be written anew", async () => {
  const { cache, folder, notes } = await openCache();
  const key = await featureKey({}, SOUND);
  const path = `${folder}/${key}.npz`;
  await cache.write(key, FEATURES);
  const whole = await Deno.readFile(path);
  const flipped = whole.slice();
  flipped[whole.indexOf(0x80, 128)] ^= 1; // a byte of the float 1
  for (const bytes of [flipped, whole.slice(0, -9), new Uint8Array(0)]) {
    await Deno.writeFile(path, bytes);
    assertEquals(await cache.read(key, NAMES), undefined);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  }
  assertEquals(notes.length, 3);
  assert(notes.every((note) => note.includes(path) && note.endsWith("made anew")), notes.join());
  await cache.write(key, FEATURES);
  assertEquals(await cache.read(key, NAMES), FEATURES);
  assertEquals(await cache.read(key, [...NAMES, "more"]), undefined);
  assertMatch(notes[3], /there is no array "more".*made anew/);
});

Deno.test("what is no key is refused", async () => {
  const { cache } = await openCache();
  await rejects(() => cache.read("../x", NAMES), 'key is "../x", expected 64 hexadecimal digits');
});

/** Six songs of noise in two lengths. */
function noiseCatalogue(): Catalogue {
  const songs = Array.from({ length: 6 }, (_, i) => ({
    id: `N${i}`,
    artist: "",
    title: "",
    genre: "",
  }));
  return {
    songs,
    listeners: ["one"],
    ...allPlayed(
      makeInteractions({ users: [0], items: [0], counts: [1] }, { users: 1, items: 6 }),
    ),
    synthetic: true,
    badFiles: [],
    samples: (song) =>
      Promise.resolve(
        Float32Array.from(
          { length: song < 4 ? 9_000 : 12_000 },
          (_, i) => (1 + song) * (uniform(key(song), i) - 0.5) / 50,
        ),
      ),
  };
}

test("a second description comes from the cache in the same bits; lost and damaged songs are made anew", async ({ gpu }) => {
  const { cache, folder, notes } = await openCache();
  const [catalogue, config] = [noiseCatalogue(), MUSIC_PRESETS.small];
  const files = async () =>
    (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  const made = await describeSongs(gpu, catalogue, config);
  assertEquals(await describeSongs(gpu, catalogue, config, { cache }), made);
  const kept = await files();
  assertEquals(kept.length, 6);
  const done: number[] = [];
  const progress = (songs: number) => done.push(songs);
  assertEquals(await describeSongs(gpu, catalogue, config, { cache, progress }), made);
  assertEquals(done, [1, 2, 3, 4, 5, 6]);
  // Batches of other songs than at first must give the same bits, or the key would lack something.
  await Deno.remove(`${folder}/${kept[1]}`);
  await Deno.writeTextFile(`${folder}/${kept[4]}`, "damaged");
  assertEquals(await describeSongs(gpu, catalogue, config, { cache }), made);
  assertEquals([await files(), notes.length], [kept, 1]);
  assert(notes[0].includes(kept[4]), notes[0]);
  await describeSongs(gpu, catalogue, { ...config, bands: 64 }, { cache });
  assertEquals((await files()).length, 12, "other settings are other features");
  const [first, second] = [0, 1].map((at) => kept[at].slice(0, -".npz".length));
  const other = (await cache.read(first, ["logMel", "cepstra"]))!;
  await cache.write(second, other);
  const swapped = await describeSongs(gpu, catalogue, config, { cache });
  const twice = swapped.filter(({ logMel }) => logMel.data[0] === other.logMel.data[0]);
  assertEquals(twice.length, 2, "what is on disk is what is taken");
  await Deno.remove(folder, { recursive: true });
});
