/** Dictionaries and codes, against the same steps in float64. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type DictionaryRef, encodeRef } from "../../../audio/encode_ref.ts";
import { normaliseContrastRef } from "../../../audio/contrast_ref.ts";
import { logCompressRef, spectrogramRef } from "../../../audio/spectrogram_ref.ts";
import { key } from "../../../gpu/random.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { memberConfigs } from "../../../tasks/whale/config.ts";
import {
  clipImages,
  encodeClips,
  learnDictionary,
  prepareFront,
  uploadClips,
  type WhaleDictionary,
} from "../../../tasks/whale/features.ts";
import { assertClose, test } from "../../check.ts";
import { sampleRecordings, TINY } from "./samples.ts";

/** A dictionary as the reference takes it. */
function inFloat64({ mean, matrix, centroids }: WhaleDictionary): DictionaryRef {
  const wide = ({ shape, data }: NdArray) => ndarray(shape, Float64Array.from(data));
  return { mean: wide(mean), matrix: wide(matrix), centroids: wide(centroids) };
}

const [CONFIG] = memberConfigs(TINY);
const { samples } = sampleRecordings(20);

test("clipImages() is the spectrogram, its logarithm and its contrast, as specified", async ({ gpu, scope }) => {
  const images = await gpu.read(
    clipImages(scope, uploadClips(scope, samples, 3, 2), prepareFront(scope, CONFIG)),
  );
  assertEquals(images.shape, [2, 30, 65]);
  for (const clip of [0, 1]) {
    const x = samples.subarray((3 + clip) * 2000, (4 + clip) * 2000);
    const log = logCompressRef(
      spectrogramRef(x, { windowLength: 128, hopLength: 64 }),
      CONFIG.compression,
    );
    const expected = normaliseContrastRef(
      ndarray([1, 30, 65], Float64Array.from(log.data)),
      CONFIG,
    );
    assertClose(
      ndarray([30 * 65], images.data.slice(clip * 1950, (clip + 1) * 1950)),
      ndarray([30 * 65], expected.data as Float64Array),
      { relative: 0, absolute: 2e-4 },
    );
  }
});

test("a dictionary depends on clips and key alone; codes are those of the reference", async ({ gpu }) => {
  const learnt = await learnDictionary(gpu, samples, CONFIG, key(7));
  const again = await learnDictionary(gpu, samples, CONFIG, key(7));
  assertEquals([...learnt.centroids.data], [...again.centroids.data]);
  const other = await learnDictionary(gpu, samples, CONFIG, key(8));
  assert(other.centroids.data[0] !== learnt.centroids.data[0]);
  const d = CONFIG.patchBins * CONFIG.patchFrames;
  assertEquals(learnt.matrix.shape[0], d);
  assertEquals(learnt.centroids.shape, [CONFIG.filters, learnt.matrix.shape[1]]);
  assertEquals(learnt.objective.length, CONFIG.iterations);
  assertEquals(learnt.patchCounts.reduce((sum, count) => sum + count, 0), CONFIG.patches);
  assert(learnt.objective.at(-1)! < learnt.objective[0]);

  const features = await encodeClips(gpu, samples, learnt, CONFIG);
  assertEquals(features.shape, [20, 5 * CONFIG.filters]);
  using scope = gpu.scope();
  const image = await gpu.read(
    clipImages(scope, uploadClips(scope, samples, 19, 1), prepareFront(scope, CONFIG)),
  );
  const codes = encodeRef(image, inFloat64(learnt), {
    frames: CONFIG.patchFrames,
    bins: CONFIG.patchBins,
  });
  codes.data.forEach((code, i) =>
    assertAlmostEquals(features.data[19 * features.shape[1] + i], code, 2e-3)
  );
});
