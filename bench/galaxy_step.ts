/**
 * One training step of the galaxy net: GFLOP/s, and where the time goes by kernel.
 *
 *     deno run -A bench/galaxy_step.ts [preset=small] [batch=32] [rounds=5]
 *
 * The galaxies are noise: only the work counts.
 */
import { bits, key } from "../gpu/random.ts";
import { openGpu } from "../gpu/gpu.ts";
import { summary } from "../nn/summary.ts";
import { adam, nesterov } from "../nn/optimizer.ts";
import { constantRate } from "../nn/schedule.ts";
import { mse } from "../nn/loss.ts";
import { Trainer } from "../nn/fit.ts";
import { GALAXY_PRESETS } from "../tasks/galaxy/config.ts";
import { galaxyDataset, PHOTO_SIDE } from "../tasks/galaxy/dataset.ts";
import { GALAXY_INPUT, galaxyNetwork } from "../tasks/galaxy/model.ts";
import { newModel } from "../tasks/galaxy/train_split.ts";
import { showStep } from "./step.ts";

const [preset = "small", batch = "32", rounds = "5"] = Deno.args;
const config = GALAXY_PRESETS[preset];
const batchSize = Number(batch);
const optimizer = config.optimizer === "adam" ? adam() : nesterov();

using gpu = await openGpu();
const figures = summary(galaxyNetwork(config), GALAXY_INPUT, { batch: batchSize, optimizer });
console.log(figures.text);

const pixels = new Uint8Array(PHOTO_SIDE * PHOTO_SIDE * 3).map((_, i) => bits(key(1), i));
const data = galaxyDataset({
  length: batchSize,
  labels: new Float32Array(batchSize * 37).fill(0.1),
  pixels: (indices, into) => {
    indices.forEach((_, i) => into.set(pixels, i * pixels.length));
    return Promise.resolve();
  },
});
using model = newModel(gpu, config, key(1));
using trainer = await Trainer.create(model, {
  data,
  loss: mse(),
  optimizer,
  schedule: constantRate(1e-4),
  steps: 1000,
  batchSize,
  key: key(2),
});

await showStep(gpu, trainer, {
  title: `${preset}, batch ${batchSize}`,
  rounds: Number(rounds),
  flops: batchSize * (figures.forwardFlops + figures.backwardFlops),
});
