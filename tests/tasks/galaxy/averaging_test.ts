/** Averaging over transformed copies. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, uniform } from "../../../gpu/random.ts";
import { IDENTITY_PERTURBATION } from "../../../nn/perturbation.ts";
import { predictAveraged, testTransforms } from "../../../tasks/galaxy/averaging.ts";
import { GALAXY_PRESETS } from "../../../tasks/galaxy/config.ts";
import { COLOUR_VECTOR, galaxyDataset, PHOTO_SIDE } from "../../../tasks/galaxy/dataset.ts";
import { newModel } from "../../../tasks/galaxy/train_split.ts";
import { sharedGpu } from "../../check.ts";
import { refuses } from "../../refusals.ts";

/** Photographs of noise, so that turning and mirroring them matters. */
function noise(seed: number): Uint8Array {
  const side = PHOTO_SIDE * PHOTO_SIDE * 3;
  return Uint8Array.from({ length: side }, (_, i) => 255 * uniform(key(seed), i >> 4));
}

const PHOTOS = [noise(1), noise(2)];

function readPhotos(indices: Uint32Array, into: Uint8Array): Promise<void> {
  indices.forEach((index, i) => into.set(PHOTOS[index], i * PHOTOS[0].length));
  return Promise.resolve();
}

Deno.test("predictAveraged() is the mean of predictions under each transformation", async () => {
  const config = { ...GALAXY_PRESETS.smoke, constraints: "none" } as const;
  using model = newModel(await sharedGpu(), config, key(3));
  const galaxies = { length: 2, pixels: readPhotos };
  const sums = new Float64Array(2 * 37);
  for (const transform of testTransforms(60)) {
    const dataset = galaxyDataset({ ...galaxies, fixed: [transform] });
    const { data } = await model.predict(dataset, { batchSize: 2 });
    data.forEach((value, i) => sums[i] += value / 60);
  }
  const shown: number[] = [];
  const averaged = await predictAveraged(model, galaxies, {
    transforms: 60,
    batchSize: 7, // batches end within a galaxy
    progress: (done) => shown.push(done),
  });
  averaged.forEach((value, i) => assertAlmostEquals(value, sums[i], 1e-6));
  assertEquals([shown.length, shown.at(-1)], [18, 2]);

  const plain = await predictAveraged(model, galaxies);
  const { data } = await model.predict(galaxyDataset(galaxies));
  assertEquals(plain, data as Float32Array<ArrayBuffer>);
});

Deno.test("testTransforms() knows 1 and 60", () => {
  assertEquals(testTransforms(1), [IDENTITY_PERTURBATION]);
  refuses(() => testTransforms(7), "expected 1 or 60");
});

Deno.test("the 60 transformations differ, without translation or colour", () => {
  const all = testTransforms(60);
  assertEquals(new Set(all.map((p) => JSON.stringify(p))).size, 60);
  assertEquals(all.filter(({ flip }) => flip).length, 30);
  assertEquals(new Set(all.map(({ zoom }) => zoom)), new Set([1 / 1.2, 1, 1.2]));
  assertEquals(new Set(all.map(({ rotation }) => rotation)).size, 10);
  assert(all.every(({ translateX: x, translateY: y, alpha }) => x === 0 && y === 0 && alpha === 0));
  assertEquals(all[20], IDENTITY_PERTURBATION);
  const { rotation, zoom, flip } = all[59];
  assertEquals([rotation, zoom, flip], [324, 1.2, true]);
});

Deno.test("COLOUR_VECTOR has the published length and direction", () => {
  const length = Math.hypot(...COLOUR_VECTOR);
  assert(Math.abs(length - 0.02203) < 5e-6, `${length}`);
  const direction = COLOUR_VECTOR.map((x) => Math.round(1000 * x / length) / 1000);
  assertEquals(direction, [0.673, 0.569, 0.472]);
});
