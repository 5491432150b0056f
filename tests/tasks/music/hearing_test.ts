import { assert, assertEquals } from "@std/assert";
import { fold, key } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { mse } from "../../../nn/loss.ts";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { Hearing } from "../../../tasks/music/hearing.ts";
import { randomArray, sharedGpu } from "../../check.ts";

const config = { ...MUSIC_PRESETS.smoke, factors: 4, epochs: 1, batchSize: 4 };
const { frames, bands } = config;

function learn(learningRate: number): Promise<Hearing> {
  return sharedGpu().then((gpu) =>
    Hearing.learn(gpu, {
      spectrograms: [1, 2, 3, 4].map((seed) => randomArray([frames, bands], seed))
        .map(({ shape, data }) => ndarray(shape, Float32Array.from(data))),
      songs: Uint32Array.of(0, 1, 2, 3),
      fields: { target: ndarray([4, 4], new Float32Array(16).fill(1)) },
      loss: mse(),
      config: { ...config, learningRate },
      key: key(3),
    })
  );
}

Deno.test("learntFilters() leaves out how the filters of the first layer began", async () => {
  const largest = async (learningRate: number, stream = key(3)) => {
    using hearing = await learn(learningRate);
    const { shape, data } = await hearing.learntFilters(stream);
    assertEquals(shape, [4, bands, 64]);
    return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  };
  assert(await largest(1e-9) < 1e-7);
  // Two steps of Adam, each as long as the rate and half of it, along a cosine.
  const moved = await largest(1e-3);
  assert(moved > 5e-4 && moved < 2.1e-3, `${moved}`);
  assert(await largest(1e-9, fold(key(3), "other")) > 0.05);
});
