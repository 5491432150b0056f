/** The layer of the guide to layers, in a network that learns a sine: `deno run -A` this file. */
import * as cetus from "../../mod.ts";
import { swish as forward, swishBackward } from "./swish.ts";

/** Swish as a layer. */
export function swish(): cetus.LayerSpec {
  return cetus.layerOf("swish", (input) => input, (x, { context }) => ({
    y: forward(context, x),
    backward: (dy) => swishBackward(context, x, dy),
  }));
}

/** Learns sin(x) between -3 and 3, and gives the root of the mean squared error. */
export async function learnSine(gpu: cetus.Gpu, steps: number): Promise<number> {
  const x = Float32Array.from({ length: 64 }, (_, i) => i / 10.5 - 3);
  const data = cetus.arrays({
    x: cetus.ndarray([64, 1], x),
    target: cetus.ndarray([64, 1], x.map((value) => Math.sin(value))),
  });
  const network = cetus.sequential([
    cetus.dense({ units: 16 }),
    swish(),
    cetus.dense({ units: 1 }),
  ]);
  using model = new cetus.Model(gpu, network, { inputShape: [1], key: cetus.key(1) });
  const training = cetus.fit(model, {
    data,
    loss: cetus.mse(),
    optimizer: cetus.adam(),
    schedule: cetus.constantRate(0.02),
    steps,
    batchSize: 32,
    key: cetus.key(2),
    reportEvery: 50,
  });
  let error = NaN;
  for await (const { loss } of training) error = Math.sqrt(loss);
  return error;
}

if (import.meta.main) {
  using gpu = await cetus.openGpu();
  console.log(`error ${(await learnSine(gpu, 400)).toFixed(3)}, where zero has 0.72`);
}
