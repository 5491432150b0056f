/**
 * Ten thousand steps of a tiny network with augmentation, dropout, validation and a ragged last
 * batch: objects counted, resident memory watched.
 *
 *     deno run -A bench/soak.ts [steps=10000]
 */
import { openGpu } from "../gpu/gpu.ts";
import { bits, key } from "../gpu/random.ts";
import { viewMatrices } from "../nn/affine.ts";
import { augment } from "../nn/augment.ts";
import { conv2d } from "../nn/conv2d.ts";
import type { Dataset } from "../nn/data.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { fit } from "../nn/fit.ts";
import { mse } from "../nn/loss.ts";
import { maxout } from "../nn/maxout.ts";
import { Model } from "../nn/model.ts";
import { adam } from "../nn/optimizer.ts";
import { drawPerturbation, IDENTITY_PERTURBATION } from "../nn/perturbation.ts";
import { fold } from "../gpu/random.ts";
import { maxPool } from "../nn/pool.ts";
import { constantRate } from "../nn/schedule.ts";
import { sequential } from "../nn/sequential.ts";
import { mergeParts } from "../nn/view_pool.ts";
import { views } from "../nn/views.ts";

const STEPS = Number(Deno.args[0] ?? 10_000);
const SIDE = 24;
const CROP = { inputSize: SIDE, outputSize: 11, factor: 2 } as const;

/** Noise images whose answer is their mean red. */
function noise(length: number, seed: number): Dataset {
  const bytes = SIDE * SIDE * 3;
  const images = Uint8Array.from({ length: length * bytes }, (_, i) => bits(key(seed), i));
  const red = (index: number) => {
    let sum = 0;
    for (let i = 0; i < bytes; i += 3) sum += images[index * bytes + i];
    return sum / (bytes / 3) / 255;
  };
  return {
    length,
    fields: {
      images: { shape: [SIDE, SIDE, 3], dtype: "u8" },
      matrices: { shape: [2, 6], dtype: "f32" },
      alphas: { shape: [], dtype: "f32" },
      target: { shape: [1], dtype: "f32" },
    },
    read(indices, size, stream) {
      const batch = new Uint8Array(size * bytes);
      const target = new Float32Array(size);
      indices.forEach((index, i) => {
        batch.set(images.subarray(index * bytes, (index + 1) * bytes), i * bytes);
        target[i] = red(index);
      });
      const drawn = Array.from(
        { length: size },
        (_, i) => stream ? drawPerturbation(fold(stream, i)) : IDENTITY_PERTURBATION,
      );
      const alphas = Float32Array.from(drawn, ({ alpha }) => alpha);
      return Promise.resolve({
        images: batch,
        matrices: viewMatrices(drawn, { ...CROP, turns: [0, 45] }),
        alphas,
        target,
      });
    },
  };
}

using gpu = await openGpu();
using model = new Model(
  gpu,
  sequential([
    views({ part: 7 }),
    conv2d({ filters: 4, size: 3, bias: "untied", activation: "relu" }),
    maxPool(),
    mergeParts({ merge: "concat", parts: 16 }),
    dropout(0.5),
    dense({ units: 8 }),
    maxout(2),
    dense({ units: 1 }),
  ]),
  {
    inputShape: [2, 11, 11, 3],
    key: key(1),
    inputs: ["images", "matrices", "alphas"],
    prepare: (context, { images, matrices, alphas }) =>
      augment(context, { images, matrices, alphas }, { size: 11 }),
  },
);

let counts = "";
let moved = 0;
const resident: number[] = [];
for await (
  const { step, loss, validationLoss } of fit(model, {
    data: noise(37, 1),
    validation: { data: noise(11, 2), every: 500 },
    loss: mse(),
    optimizer: adam(),
    schedule: constantRate(1e-3),
    steps: STEPS,
    batchSize: 8,
    key: key(3),
    reportEvery: 500,
  })
) {
  const now = JSON.stringify(gpu.counts());
  if (step > 500 && now !== counts) moved++;
  counts = now;
  resident.push(Deno.memoryUsage().rss / 2 ** 20);
  console.log(
    `step ${step}  loss ${loss.toExponential(2)}  validation ${
      validationLoss?.toExponential(2)
    }  ` +
      `resident ${resident.at(-1)!.toFixed(1)} MiB  ${now}`,
  );
}
console.log(`objects ${moved ? `created after the first report ${moved} times` : "flat"}`);
console.log(`resident memory from ${resident[1].toFixed(1)} to ${resident.at(-1)!.toFixed(1)} MiB`);
