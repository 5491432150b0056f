/**
 * One training step of the galaxy net: GFLOP/s, and where the time goes by kernel.
 *
 *     deno run -A bench/galaxy_step.ts [preset=small] [batch=32] [rounds=5]
 *
 * The galaxies are noise: only the work counts.
 */
import { bits, key } from "../gpu/random.ts";
import { openGpu } from "../gpu/gpu.ts";
import { alignColumns, summary } from "../nn/summary.ts";
import { adam, nesterov } from "../nn/optimizer.ts";
import { constantRate } from "../nn/schedule.ts";
import { mse } from "../nn/loss.ts";
import { Trainer } from "../nn/fit.ts";
import { GALAXY_PRESETS } from "../tasks/galaxy/config.ts";
import { galaxyDataset, PHOTO_SIDE } from "../tasks/galaxy/dataset.ts";
import { GALAXY_INPUT, galaxyNetwork } from "../tasks/galaxy/model.ts";
import { newModel } from "../tasks/galaxy/train_split.ts";

const [preset = "small", batch = "32", rounds = "5"] = Deno.args;
const config = GALAXY_PRESETS[preset];
const batchSize = Number(batch);
const optimizer = config.optimizer === "adam" ? adam() : nesterov();

using gpu = await openGpu();
const figures = summary(galaxyNetwork(config), GALAXY_INPUT, { batch: batchSize, optimizer });
console.log(figures.text);

const noise = new Uint8Array(PHOTO_SIDE * PHOTO_SIDE * 3).map((_, i) => bits(key(1), i));
const data = galaxyDataset({
  length: batchSize,
  labels: new Float32Array(batchSize * 37).fill(0.1),
  pixels: (indices, into) => {
    indices.forEach((_, i) => into.set(noise, i * noise.length));
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

const flops = batchSize * (figures.forwardFlops + figures.backwardFlops);
const profiles = [];
for (let i = 0; i < Number(rounds); i++) profiles.push(await trainer.profile());
const totals = profiles.map((times) =>
  times.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
);
const middle = totals.map((_, i) => i).sort((a, b) => totals[a] - totals[b])[totals.length >> 1];
const total = totals[middle];

console.log(
  `\n${gpu.name}, ${preset}, batch ${batchSize}: a step takes ${
    total.toFixed(0)
  } ms (median of ${rounds})`,
);
console.log(
  `${(flops / 1e9).toFixed(1)} GFLOP a step: ${(flops / total / 1e6).toFixed(1)} GFLOP/s\n`,
);
const rows = profiles[middle].map(({ name, calls, milliseconds, flops: work }) => [
  name,
  `${calls}`,
  milliseconds.toFixed(1),
  `${(100 * milliseconds / total).toFixed(1)} %`,
  work > 1e7 ? (work / milliseconds / 1e6).toFixed(1) : "",
]);
console.log(
  alignColumns([["kernel", "calls", "ms", "share", "GFLOP/s"], ...rows], [1, 2, 3, 4]).join("\n"),
);
console.log(
  `\nresident ${peakResident()}; device memory ${
    (gpu.memory().peakBytes / 2 ** 20).toFixed(0)
  } MiB at most`,
);

/** The most memory that the process held, where the system tells; otherwise what it holds now. */
function peakResident(): string {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return `${(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024).toFixed(0)} MiB at most`;
  } catch {
    return `${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB now`;
  }
}
