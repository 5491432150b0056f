/** Readers of the files that a training goes on from, into tensors of a device. */
import { type Gpu, openGpu } from "../../../gpu/gpu.ts";
import { key } from "../../../gpu/random.ts";
import { dense } from "../../../nn/dense.ts";
import { Model } from "../../../nn/model.ts";
import { NO_LOSSES, TrainingCheckpoint } from "../../../nn/training_checkpoint.ts";
import type { FileBytes, FuzzedReader } from "../reader.ts";
import { scratch, unsealed } from "../tensor_files.ts";

const STEPS = 30;

let opened: Promise<TrainingCheckpoint> | undefined;

function checkpointOf(gpu: Gpu): TrainingCheckpoint {
  const model = new Model(gpu, dense({ units: 2 }), { inputShape: [3], key: key(1) });
  const path = scratch("training.safetensors");
  return new TrainingCheckpoint(gpu, { weights: model.weights, moments: {} }, { path, every: 10 });
}

/** The checkpoint of this process; its device stays open until it ends. */
function checkpoint(): Promise<TrainingCheckpoint> {
  return opened ??= openGpu().then(checkpointOf);
}

async function checkpoints(): Promise<FileBytes[]> {
  const best = { loss: 0.5, step: 10, waited: 0 };
  const losses = { sum: 1.5, count: 3, badStep: 0 };
  const report = { step: 20, epoch: 1, loss: 0.25, learningRate: 0.1 };
  const files: FileBytes[] = [];
  for (const more of [{ losses: NO_LOSSES }, { losses, report }]) {
    await (await checkpoint()).save({ step: 20, best, ...more });
    files.push(await Deno.readFile(scratch("training.safetensors")));
  }
  await Deno.remove(scratch("training_previous.safetensors")).catch(() => {});
  return [files[0], ...await Promise.all(files.map(unsealed))];
}

export const TRAINING_READERS: readonly FuzzedReader[] = [
  {
    name: "training",
    seeds: checkpoints,
    async read(bytes) {
      await Deno.writeFile(scratch("training.safetensors"), bytes);
      return await (await checkpoint()).load(STEPS);
    },
    mayHoldNaN: true, // a report that was not due has no loss
  },
];
