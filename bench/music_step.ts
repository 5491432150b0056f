/**
 * One training step of a music network: GFLOP/s, and where the time goes by kernel.
 *
 *     deno run -A bench/music_step.ts [network=convnet] [batch=64] [rounds=5]
 *
 * The windows are noise: only the work counts.
 */
import { openGpu } from "../gpu/gpu.ts";
import { key } from "../gpu/random.ts";
import { arrays } from "../nn/data.ts";
import { Trainer } from "../nn/fit.ts";
import { mse } from "../nn/loss.ts";
import { Model } from "../nn/model.ts";
import { adam } from "../nn/optimizer.ts";
import { constantRate } from "../nn/schedule.ts";
import { summary } from "../nn/summary.ts";
import { MUSIC_PRESETS, MUSIC_TABLE } from "../tasks/music/config.ts";
import { hearingNetwork } from "../tasks/music/hearing.ts";
import { noise, showStep } from "./step.ts";

const [name = "convnet", batch = "64", rounds = "5"] = Deno.args;
const network = MUSIC_TABLE.network.check("network", name);
const preset = MUSIC_PRESETS[network === "convnet2014" ? "paper" : "small"];
const config = { ...preset, network };
const batchSize = Number(batch);
const inputShape = [config.frames, config.bands];
const spec = hearingNetwork(config);

using gpu = await openGpu();
const figures = summary(spec, inputShape, { batch: batchSize, optimizer: adam() });
console.log(figures.text);

using model = new Model(gpu, spec, { inputShape, key: key(1) });
using trainer = await Trainer.create(model, {
  data: arrays({
    x: noise([batchSize, ...inputShape], 3),
    target: noise([batchSize, config.factors], 4),
  }),
  loss: mse(),
  optimizer: adam(),
  schedule: constantRate(1e-3),
  steps: 1000,
  batchSize,
  key: key(2),
});
await showStep(gpu, trainer, {
  title: `${network}, batch ${batchSize}`,
  rounds: Number(rounds),
  flops: batchSize * (figures.forwardFlops + figures.backwardFlops),
});
