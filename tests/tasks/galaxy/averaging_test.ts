/** Averaging over transformed copies. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { key, uniform } from "../../../gpu/random.ts";
import { IDENTITY_PERTURBATION } from "../../../nn/perturbation.ts";
import { predictAveraged, testTransforms } from "../../../tasks/galaxy/averaging.ts";
import { GALAXY_PRESETS } from "../../../tasks/galaxy/config.ts";
import { galaxyDataset, PHOTO_SIDE } from "../../../tasks/galaxy/dataset.ts";
import { newModel } from "../../../tasks/galaxy/train_split.ts";
import { sharedGpu } from "../../check.ts";

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
  const config = { ...GALAXY_PRESETS.smoke, constraints: "none" };
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
  assertEquals(new Set(testTransforms(60).map((t) => JSON.stringify(t))).size, 60);
  assertThrows(() => testTransforms(7), RangeError, "expected 1 or 60");
});
