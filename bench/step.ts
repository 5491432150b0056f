/**
 * One training step of the galaxy or the music network: GFLOP/s, and where the time goes by kernel.
 *
 *     deno run -A bench/step.ts galaxy [preset=small] [batch=32] [rounds=5]
 *     deno run -A bench/step.ts music [network=convnet] [batch=64] [rounds=5]
 *
 * Galaxies and windows are noise: only the work counts.
 *
 * @module
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { bits, key } from "../gpu/random.ts";
import { arrays, type Dataset } from "../nn/data.ts";
import { Trainer } from "../nn/fit.ts";
import { mse } from "../nn/loss.ts";
import { Model } from "../nn/model.ts";
import { adam, nesterov, type OptimizerSpec } from "../nn/optimizer.ts";
import { constantRate } from "../nn/schedule.ts";
import { type Summary, summary } from "../nn/summary.ts";
import { GALAXY_PRESETS } from "../tasks/galaxy/config.ts";
import { galaxyDataset, PHOTO_SIDE } from "../tasks/galaxy/dataset.ts";
import { GALAXY_INPUT, galaxyNetwork } from "../tasks/galaxy/model.ts";
import { newModel } from "../tasks/galaxy/train_split.ts";
import { MUSIC_PRESETS, MUSIC_TABLE } from "../tasks/music/config.ts";
import { hearingNetwork } from "../tasks/music/hearing.ts";
import { noise } from "./timing.ts";

/** A network that learns from noise. */
interface Subject {
  readonly figures: Summary;
  readonly model: Model;
  readonly data: Dataset;
  readonly optimizer: OptimizerSpec;
}

function galaxySubject(gpu: Gpu, preset: string, batch: number): Subject {
  const config = GALAXY_PRESETS[preset];
  const optimizer = config.optimizer === "adam" ? adam() : nesterov();
  const pixels = new Uint8Array(PHOTO_SIDE * PHOTO_SIDE * 3).map((_, i) => bits(key(1), i));
  const data = galaxyDataset({
    length: batch,
    labels: new Float32Array(batch * 37).fill(0.1),
    pixels: (indices, into) => {
      indices.forEach((_, i) => into.set(pixels, i * pixels.length));
      return Promise.resolve();
    },
  });
  const figures = summary(galaxyNetwork(config), GALAXY_INPUT, { batch, optimizer });
  return { figures, model: newModel(gpu, config, key(1)), data, optimizer };
}

function musicSubject(gpu: Gpu, name: string, batch: number): Subject {
  const network = MUSIC_TABLE.network.check("network", name);
  const config = { ...MUSIC_PRESETS[network === "convnet2014" ? "paper" : "small"], network };
  const inputShape = [config.frames, config.bands];
  const [spec, optimizer] = [hearingNetwork(config), adam()];
  const data = arrays({
    x: noise([batch, ...inputShape], 3),
    target: noise([batch, config.factors], 4),
  });
  const figures = summary(spec, inputShape, { batch, optimizer });
  return { figures, model: new Model(gpu, spec, { inputShape, key: key(1) }), data, optimizer };
}

/** The most memory that the process held, where the system tells; otherwise what it holds now. */
function peakResident(): string {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return `${(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024).toFixed(0)} MiB at most`;
  } catch {
    return `${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB now`;
  }
}

const [task, name = task === "music" ? "convnet" : "small", ...sizes] = Deno.args;
const [batchSize = task === "music" ? 64 : 32, rounds = 5] = sizes.map(Number);
using gpu = await openGpu();
const subject = (task === "music" ? musicSubject : galaxySubject)(gpu, name, batchSize);
const { figures, model, data, optimizer } = subject;
console.log(figures.text);
using trainer = await Trainer.create(model, {
  data,
  loss: mse(),
  optimizer,
  schedule: constantRate(1e-4),
  steps: 1000,
  batchSize,
  key: key(2),
});
const profiles = [];
for (let i = 0; i < rounds; i++) {
  const times = await trainer.profile();
  profiles.push({ times, total: times.reduce((sum, { milliseconds }) => sum + milliseconds, 0) });
}
const { times, total } = profiles.sort((a, b) => a.total - b.total)[rounds >> 1];
const flops = batchSize * (figures.forwardFlops + figures.backwardFlops);
console.log(
  `\n${gpu.name}, ${task} ${name}, batch ${batchSize}: a step takes ${total.toFixed(0)} ms`,
  `(median of ${rounds}), ${(flops / total / 1e6).toFixed(1)} GFLOP/s\n`,
);
for (const { name, calls, milliseconds, flops } of times) {
  const share = `${(100 * milliseconds / total).toFixed(1)} %`.padStart(7);
  const rate = flops > 1e7 ? `${(flops / milliseconds / 1e6).toFixed(1)} GFLOP/s` : "";
  console.log(
    `${name.padEnd(40)} ${calls} x ${milliseconds.toFixed(1).padStart(8)} ms ${share}  ${rate}`,
  );
}
const peak = (gpu.memory().peakBytes / 2 ** 20).toFixed(0);
console.log(`\nresident ${peakResident()}; device memory ${peak} MiB at most`);
