import { assert, assertEquals } from "@std/assert";
import { readSafetensors } from "../../../files/disk/safetensors.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { key } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { arrays } from "../../../nn/data.ts";
import { dense } from "../../../nn/dense.ts";
import { fit } from "../../../nn/fit.ts";
import { mse } from "../../../nn/loss.ts";
import { Model } from "../../../nn/model.ts";
import { nesterov } from "../../../nn/optimizer.ts";
import { constantRate } from "../../../nn/schedule.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { RunFolder } from "../../../tasks/run/run_folder.ts";
import { TrainingLog } from "../../../tasks/run/training_log.ts";
import { sharedGpu } from "../../check.ts";
import { inFolder } from "../../files/samples.ts";

/** What a process does to the disk, one by one. */
const ACTS = ["open", "rename", "mkdir", "remove"] as const;

/**
 * Runs work as in a process that is killed before its act number `after`: the last bytes are written by
 * half, and nothing reaches the disk any more. Gives how many acts there were.
 */
async function killed(after: number, work: () => Promise<unknown>): Promise<number> {
  let acts = 0;
  const act = () => {
    if (acts++ >= after) throw new Error("killed");
  };
  const { sync, write } = Deno.FsFile.prototype;
  const kept = ACTS.map((name) => [name, Deno[name]] as const);
  try {
    for (const [name, real] of kept) {
      Reflect.set(Deno, name, (...args: unknown[]) => {
        act();
        return Reflect.apply(real, Deno, args);
      });
    }
    Deno.FsFile.prototype.write = async function (bytes) {
      if (acts === after) await write.call(this, bytes.subarray(0, bytes.length / 2));
      act();
      return await write.call(this, bytes);
    };
    Deno.FsFile.prototype.sync = () => Promise.resolve(); // half of the time, and no power fails here
    await work();
  } finally {
    for (const [name, real] of kept) Reflect.set(Deno, name, real);
    Object.assign(Deno.FsFile.prototype, { sync, write });
  }
  return acts;
}

/** A short training with reports and checkpoints. */
async function train(gpu: Gpu, path: string, resume: boolean): Promise<void> {
  const folder = await RunFolder.open(path, { seed: 1 }, { resume, force: false });
  const progress = new Progress({ write: () => {}, isTerminal: false });
  const log = new TrainingLog(
    { folder, progress },
    ({ step, loss, checkpoint }) => ({ step, loss, checkpoint }),
  );
  const x = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  const data = arrays({
    x: ndarray([16, 1], x),
    target: ndarray([16, 1], x.map((value) => 2 * value + 1)),
  });
  using model = new Model(gpu, dense({ units: 1 }), { inputShape: [1], key: key(1) });
  const reports = fit(model, {
    data,
    loss: mse(),
    optimizer: nesterov(),
    schedule: constantRate(0.05),
    steps: 3,
    batchSize: 4,
    key: key(2),
    reportEvery: 1,
    checkpoint: { path: folder.file("checkpoint.safetensors"), every: 2 },
    resume,
    resumed: log.resumed,
  });
  for await (const report of reports) await log.add(report);
  await folder.writeJson("result.json", {});
}

inFolder.test("a run killed at any of its acts on the disk goes on to the same log and bits", async (folder) => {
  const gpu = await sharedGpu();
  const leftBy = async (path: string) => {
    using file = await readSafetensors(`${path}/checkpoint.safetensors`);
    return [await Deno.readTextFile(`${path}/metrics.jsonl`), file.sha256];
  };
  const acts = await killed(Infinity, () => train(gpu, `${folder}/whole`, false));
  const whole = await leftBy(`${folder}/whole`);
  assert(acts > 30, `${acts}`);
  for (let after = 0; after < acts; after++) {
    const path = `${folder}/killed${after}`;
    await killed(after, () => train(gpu, path, false)).catch(({ message }) => {
      assertEquals(message, "killed");
    });
    await killed(Infinity, () => train(gpu, path, true));
    assertEquals(await leftBy(path), whole, `killed before act ${after}`);
  }
});
