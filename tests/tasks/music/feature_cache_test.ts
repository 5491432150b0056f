/**
 * Features on disk: found by their content, never damaged in silence.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { FeatureCache, featureKey } from "../../../tasks/music/feature_cache.ts";

const SOUND = Float32Array.of(0, 0.5, -0.25);
const FEATURES = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

/** A cache in a folder of its own, and what it noted. */
async function openCache(): Promise<{ cache: FeatureCache; folder: string; notes: string[] }> {
  const folder = `${await Deno.makeTempDir()}/cache`;
  const notes: string[] = [];
  return { cache: await FeatureCache.open(folder, (note) => notes.push(note)), folder, notes };
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
  const { cache, folder, notes } = await openCache();
  const key = await featureKey({}, SOUND);
  assertEquals(await cache.read(key), undefined);
  await cache.write(key, FEATURES);
  const again = await FeatureCache.open(folder, (note) => notes.push(note));
  const { shape, data } = (await again.read(key))!;
  assertEquals([shape, data], [FEATURES.shape, FEATURES.data]);
  assertEquals(notes, []);
});

Deno.test("a damaged or truncated file is noted, removed, and can be written anew", async () => {
  const { cache, folder, notes } = await openCache();
  const key = await featureKey({}, SOUND);
  const path = `${folder}/features-${key}.npz`;
  await cache.write(key, FEATURES);
  const whole = await Deno.readFile(path);
  const flipped = whole.slice();
  flipped[whole.indexOf(0x80, 128)] ^= 1; // a byte of the float 1
  for (const bytes of [flipped, whole.slice(0, -9), new Uint8Array(0)]) {
    await Deno.writeFile(path, bytes);
    assertEquals(await cache.read(key), undefined);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  }
  assertEquals(notes.length, 3);
  assert(notes.every((note) => note.includes(path) && note.endsWith("made anew")), notes.join());
  await cache.write(key, FEATURES);
  assertEquals((await cache.read(key))?.data, FEATURES.data);
});

Deno.test("what is no key is refused", async () => {
  const { cache } = await openCache();
  await assertRejects(() => cache.read("../x"), RangeError, 'the key is "../x", expected 64');
});
