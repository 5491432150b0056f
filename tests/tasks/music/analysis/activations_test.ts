import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../../gpu/random.ts";
import { readSafetensors } from "../../../../files/disk/safetensors.ts";
import { ndarray } from "../../../../gpu/tensor.ts";
import { dense } from "../../../../nn/dense.ts";
import { mse } from "../../../../nn/loss.ts";
import { Model } from "../../../../nn/model.ts";
import { sequential } from "../../../../nn/sequential.ts";
import { conv1d } from "../../../../nn/temporal.ts";
import {
  maxOverWindows,
  networkUpTo,
  unitActivations,
} from "../../../../tasks/music/analysis/activations.ts";
import { MUSIC_PRESETS, NETWORKS } from "../../../../tasks/music/config.ts";
import { Hearing, hearingNetwork } from "../../../../tasks/music/hearing.ts";
import { assertClose, randomArray, sharedGpu } from "../../../check.ts";
import { refuses } from "../../../refusals.ts";

const config = { ...MUSIC_PRESETS.smoke, factors: 4, epochs: 1, batchSize: 4 };
const { frames, bands } = config;
/** Songs of two windows, and of one. */
const spectrograms = [2, 1, 2].map((windows, seed) => {
  const { shape, data } = randomArray([windows * frames, bands], seed + 1);
  return ndarray(shape, Float32Array.from(data));
});
const folder = await Deno.makeTempDir();
const path = `${folder}/model.safetensors`;
const gpu = await sharedGpu();

async function learntHearing(): Promise<Hearing> {
  const target = randomArray([3, config.factors], 9);
  const hearing = await Hearing.learn(gpu, {
    spectrograms,
    songs: Uint32Array.of(0, 1, 2),
    fields: { target: ndarray(target.shape, Float32Array.from(target.data)) },
    loss: mse(),
    config,
    key: key(3),
  });
  await hearing.write(path);
  return hearing;
}

Deno.test("the hidden units of the learnt network are those that its factors are made of", async () => {
  using hearing = await learntHearing();
  const heard = await hearing.predict(spectrograms);
  const { mean } = await unitActivations(gpu, "hidden", spectrograms, { model: path, config });
  using file = await readSafetensors(path);
  const [weight, bias] = [await file.read("dense2/weight"), await file.read("dense2/bias")];
  const [units, f] = weight.shape;
  assertEquals(mean.shape, [3, units]);
  const factors = Float64Array.from({ length: 3 * f }, (_, i) => {
    const [song, column] = [Math.floor(i / f), i % f];
    let sum = bias.data[column];
    for (let unit = 0; unit < units; unit++) {
      sum += mean.data[song * units + unit] * weight.data[unit * f + column];
    }
    return sum;
  });
  assertClose(heard, ndarray([3, f], factors), { relative: 1e-4, absolute: 1e-5 });
});

Deno.test("activations of a song are the largest and the mean of those of its windows", async () => {
  const halves = [0, 1].map((half) =>
    ndarray(
      [frames, bands],
      spectrograms[0].data.slice(half * frames * bands, (half + 1) * frames * bands),
    )
  );
  for (const layer of ["filters", "hidden"] as const) {
    const whole = await unitActivations(gpu, layer, spectrograms, { model: path, config });
    const parts = await unitActivations(gpu, layer, halves, { model: path, config });
    const units = whole.max.shape[1];
    for (let unit = 0; unit < units; unit++) {
      const [maxima, means] = [parts.max.data, parts.mean.data];
      const largest = Math.max(maxima[unit], maxima[units + unit]);
      assertAlmostEquals(whole.max.data[unit], largest, 1e-5);
      assertAlmostEquals(whole.mean.data[unit], (means[unit] + means[units + unit]) / 2, 1e-5);
    }
    assert(whole.mean.data.every((mean, i) => mean >= 0 && mean <= whole.max.data[i] + 1e-5));
  }
});

Deno.test("an untrained network answers otherwise, and the same for the same key", async () => {
  const ask = async (untrained?: ReturnType<typeof key>) =>
    (await unitActivations(gpu, "filters", spectrograms, { model: path, config, untrained })).mean;
  const [learnt, first, again] = [await ask(), await ask(key(1)), await ask(key(1))];
  assertEquals(first, again);
  assert(learnt.data.some((value, i) => Math.abs(value - first.data[i]) > 1e-3));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("networkUpTo() gives maxima before means over the frames of the last convolution", async () => {
  const network = sequential([
    conv1d({ length: 1, filters: 2, activation: "relu" }),
    dense({ units: 1 }),
  ]);
  using model = new Model(gpu, networkUpTo("filters", network), {
    inputShape: [3, 1],
    key: key(5),
  });
  const x = ndarray([1, 3, 1], Float32Array.of(-1, 2, 0.5));
  const { data } = await model.predict(x);
  const { data: weight } = await gpu.read(model.params[0].value);
  for (const filter of [0, 1]) {
    const answers = Array.from(x.data, (value) => Math.max(0, value * weight[filter]));
    assertAlmostEquals(data[filter], Math.max(...answers), 1e-6);
    assertAlmostEquals(data[2 + filter], answers.reduce((a, b) => a + b) / 3, 1e-6);
  }
});

Deno.test("networkUpTo() keeps the topmost hidden layer of each network, and names what it lacks", () => {
  const widths = NETWORKS.map((network) => {
    const whole = hearingNetwork({ ...MUSIC_PRESETS.small, network });
    const input = [1, network === "convnet2014" ? 599 : 128, 128];
    return (["filters", "hidden"] as const).map((layer) =>
      networkUpTo(layer, whole).outputShape(input)[1]
    );
  });
  assertEquals(widths, [[128, 256], [256, 400], [1024, 2048]]);
  const bare = sequential([dense({ units: 1 })]);
  refuses(() => networkUpTo("filters", bare), "is dense, expected a conv1d");
});

Deno.test("maxOverWindows() keeps songs apart", () => {
  const rows = ndarray([3, 2], Float32Array.of(1, 5, 3, 2, 0, 0));
  assertEquals([...maxOverWindows(rows, [0, 0, 1], 2).data], [3, 5, 0, 0]);
});
