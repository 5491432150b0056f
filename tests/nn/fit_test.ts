import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { key, normal } from "../../gpu/random.ts";
import { type NdArray, ndarray, type Tensor } from "../../gpu/tensor.ts";
import { arrays, type Dataset } from "../../nn/data.ts";
import { dense } from "../../nn/dense.ts";
import { dropout } from "../../nn/dropout.ts";
import { fit, type FitOptions } from "../../nn/fit.ts";
import type { FitReport } from "../../nn/fit_report.ts";
import { mse } from "../../nn/loss.ts";
import { limitNorms } from "../../nn/max_norm.ts";
import { maxout } from "../../nn/maxout.ts";
import { Model } from "../../nn/model.ts";
import { adam, nesterov } from "../../nn/optimizer.ts";
import { constantRate } from "../../nn/schedule.ts";
import { sequential } from "../../nn/sequential.ts";
import { test } from "../check.ts";
import { refuses, rejects } from "../refusals.ts";

/** y = |x0| - 2 x1 + 0.5: a kink that a maxout unit can learn exactly. */
function kink(length: number, seed: number): Dataset {
  return arrays(kinkFields(length, seed));
}

function kinkFields(length: number, seed: number) {
  const x = Float32Array.from({ length: 2 * length }, (_, i) => normal(key(seed), i));
  const target = Float32Array.from(
    { length },
    (_, i) => Math.abs(x[2 * i]) - 2 * x[2 * i + 1] + 0.5,
  );
  return { x: ndarray([length, 2], x), target: ndarray([length, 1], target) };
}

/** An array with another number at one place. */
function spoiltAt({ shape, data }: NdArray<Float32Array>, place: number, value = NaN): NdArray {
  return ndarray(shape, data.with(place, value));
}

function network() {
  return sequential([dense({ units: 16 }), maxout(2), dropout(0.1), dense({ units: 1 })]);
}

function newModel(gpu: Gpu, seed = 1): Model {
  return new Model(gpu, network(), { inputShape: [2], key: key(seed) });
}

const BASE: Omit<FitOptions, "data"> = {
  loss: mse(),
  optimizer: adam(),
  schedule: constantRate(0.02),
  steps: 60,
  batchSize: 16,
  key: key(3),
  reportEvery: 20,
};

async function train(model: Model, options: FitOptions): Promise<FitReport[]> {
  const reports: FitReport[] = [];
  for await (const report of fit(model, options)) reports.push(report);
  return reports;
}

async function weights(model: Model): Promise<number[]> {
  const values = await Promise.all(model.params.map(({ value }) => model.gpu.read(value)));
  return values.flatMap(({ data }) => [...data]);
}

test("fit() learns a kink and reports steps, epochs and a falling loss", async ({ gpu }) => {
  using model = new Model(
    gpu,
    sequential([dense({ units: 16 }), maxout(2), dense({ units: 1 })]),
    { inputShape: [2], key: key(1) },
  );
  const reports = await train(model, { ...BASE, data: kink(64, 5), steps: 300, reportEvery: 100 });
  assertEquals(reports.map(({ step, epoch }) => [step, epoch]), [[100, 24], [200, 49], [300, 74]]);
  assert(reports[2].loss < 0.02, `${reports[2].loss}`);
  assert(reports[2].loss < reports[0].loss);
  assertEquals(reports[2].ended, "steps");
});

test("the same key gives the same bits, another key others", async ({ gpu }) => {
  const run = async (seed: number) => {
    using model = newModel(gpu);
    await train(model, { ...BASE, data: kink(37, 5), key: key(seed) });
    return await weights(model);
  };
  const [first, again, other] = [await run(3), await run(3), await run(4)];
  assertEquals(first, again);
  assert(first.some((value, i) => value !== other[i]));
});

test("a ragged last batch counts its examples only", async ({ gpu }) => {
  // 5 examples in batches of 4: one step on 4, one on 1; a rate of 0 leaves the loss as it is.
  const data = kink(5, 9);
  const options = { ...BASE, data, schedule: constantRate(0), batchSize: 4, steps: 2 };
  const bare = sequential([dense({ units: 1 })]);
  using plain = new Model(gpu, bare, { inputShape: [2], key: key(1) });
  const [{ loss }] = await train(plain, { ...options, reportEvery: 2 });
  const predicted = await plain.predict(data);
  const all = await data.read(Uint32Array.of(0, 1, 2, 3, 4), 5);
  const expected = predicted.data.reduce((sum, y, i) => sum + (y - all.target[i]) ** 2, 0) / 5;
  assert(Math.abs(loss - expected) < 1e-6 * expected, `${loss} against ${expected}`);
});

test("training stopped by its signal and resumed ends in the same bits", async ({ gpu }) => {
  const folder = await Deno.makeTempDir();
  const data = kink(37, 5);
  const validation = { data: kink(11, 6), every: 15 };
  const checkpointAt = (name: string) => ({
    path: `${folder}/${name}.safetensors`,
    every: 10,
    best: `${folder}/${name}-best.safetensors`,
  });
  using whole = newModel(gpu);
  const full = await train(whole, { ...BASE, data, validation, checkpoint: checkpointAt("whole") });

  const controller = new AbortController();
  const checkpoint = checkpointAt("parts");
  using first = newModel(gpu);
  for await (
    const { step } of fit(first, {
      ...BASE,
      data,
      validation,
      checkpoint,
      signal: controller.signal,
    })
  ) if (step >= 20) controller.abort();
  using second = newModel(gpu, 77); // other weights: the checkpoint must replace them
  const rest = await train(second, { ...BASE, data, validation, checkpoint, resume: true });
  assert(rest[0].resumedFrom! >= 20 && rest[0].resumedFrom! < 60, `${rest[0].resumedFrom}`);
  assertEquals(await weights(second), await weights(whole));
  assertEquals(rest.at(-1)!.checkpoint, full.at(-1)!.checkpoint);
  assertEquals(rest.at(-1)!.validationLoss, full.at(-1)!.validationLoss);
  const once = await train(second, { ...BASE, data, checkpoint, resume: true });
  assertEquals(once.map(({ step, epoch, ended }) => [step, epoch, ended]), [[60, 19, "steps"]]);
  assertEquals(once[0].checkpoint, full.at(-1)!.checkpoint);
  await Deno.remove(folder, { recursive: true });
});

test("early stopping ends after so many validations without progress", async ({ gpu }) => {
  using model = newModel(gpu);
  const reports = await train(model, {
    ...BASE,
    data: kink(32, 5),
    schedule: constantRate(0), // nothing can improve
    validation: { data: kink(8, 6), every: 5 },
    patience: 3,
  });
  const last = reports.at(-1)!;
  assertEquals([last.step, last.ended], [20, "patience"]);
});

test("a training that early stopping ended does not go on when it is resumed", async ({ gpu }) => {
  const folder = await Deno.makeTempDir();
  const options = {
    ...BASE,
    data: kink(32, 5),
    schedule: constantRate(0),
    validation: { data: kink(8, 6), every: 5 },
    patience: 3,
    checkpoint: { path: `${folder}/checkpoint.safetensors`, every: 5 },
  };
  using model = newModel(gpu);
  const full = await train(model, options);
  const [only, ...others] = await train(model, { ...options, resume: true });
  assertEquals([only.step, only.ended, others], [20, "patience", []]);
  assertEquals(only.checkpoint, full.at(-1)!.checkpoint);
  await Deno.remove(folder, { recursive: true });
});

test("resuming without a checkpoint is told as step 0", async ({ gpu }) => {
  const folder = await Deno.makeTempDir();
  const told: number[] = [];
  using model = newModel(gpu);
  await train(model, {
    ...BASE,
    steps: 1,
    data: kink(32, 5),
    checkpoint: { path: `${folder}/checkpoint.safetensors`, every: 1 },
    resume: true,
    resumed: ({ step }) => void told.push(step),
  });
  assertEquals(told, [0]);
  await Deno.remove(folder, { recursive: true });
});

test("norms are limited in the steps asked for, without a report of their own", async ({ gpu }) => {
  using model = newModel(gpu);
  const limits = { "dense1/weight": 0.01 };
  const options = { ...BASE, data: kink(32, 5), afterStep: limitNorms({ every: 3, limits }) };
  const reports = await train(model, { ...options, steps: 9 });
  assertEquals(reports.map(({ step }) => step), [9]);
  const { shape: [d, k], data } = await gpu.read(model.params[0].value);
  for (let column = 0; column < k; column++) {
    let sum = 0;
    for (let row = 0; row < d; row++) sum += data[row * k + column] ** 2;
    assert(Math.sqrt(sum / d) < 0.010001, `column ${column}: ${Math.sqrt(sum / d)}`);
  }
});

Deno.test("a training that cannot begin leaves no memory behind", async () => {
  using gpu = await openGpu();
  using model = newModel(gpu);
  const before = gpu.memory().liveBytes;
  const data = kink(8, 1);
  const lacking = arrays({ x: ndarray([2, 2], new Float32Array(4)) });
  const wrong: Partial<FitOptions>[] = [
    { data: lacking },
    { afterStep: limitNorms({ every: 1, limits: { nothing: 1 } }) },
    { validation: { data: lacking, every: 1 } },
  ];
  for (const change of wrong) {
    await rejects(() => train(model, { ...BASE, data, ...change }));
    assertEquals(gpu.memory().liveBytes, before);
  }
});

test("a loss that is not finite stops training and names step and layer", async ({ gpu }) => {
  using model = newModel(gpu);
  const error = await assertRejects(
    () =>
      train(model, {
        ...BASE,
        optimizer: nesterov(),
        data: kink(32, 5),
        schedule: (step) => step < 7 ? 0.001 : 1e30,
      }),
    Error,
    "Training stopped: the loss of step 8 is not finite",
  );
  assert(
    /"dense\d\/weight" has a (value|gradient) that is not finite/.test(error.message),
    error.message,
  );
});

test("a number of the data that is not finite is named with its example, and a learning rate that is none", async ({ gpu }) => {
  const { x, target } = kinkFields(32, 5);
  for (
    const [fields, said] of [
      [{ x: spoiltAt(x, 29), target }, 'example 14 has NaN in "x"'],
      [{ x, target: spoiltAt(target, 9, Infinity) }, 'example 9 has Infinity in "target"'],
    ] as const
  ) {
    using model = newModel(gpu);
    const training = () => train(model, { ...BASE, data: arrays(fields) });
    const { message } = await assertRejects(training, Error, "Training stopped: the loss of step ");
    assert(message.includes(` is not finite (${said}); nothing of it was saved`), message);
  }
  using model = newModel(gpu);
  const held = arrays({ x, target: spoiltAt(target, 9) });
  const validating = { ...BASE, data: kink(32, 5), validation: { data: held, every: 4 } };
  await assertRejects(
    () => train(model, validating),
    Error,
    'the validation loss of step 4 is not finite (example 9 has NaN in "target"); nothing of it',
  );
  const schedule = (step: number) => step < 3 ? 0.01 : NaN;
  await rejects(
    () => train(model, { ...BASE, data: kink(32, 5), schedule }),
    "Cannot train: the learning rate of step 3 is NaN, expected a number from 0 on",
  );
  const none = { shape: [0, 2], data: new Float32Array(0) };
  await rejects(() => model.predict(none), "Cannot predict: the number of examples is 0");
});

Deno.test("a device lost in training is said with the last checkpoint", async () => {
  const gpu = await openGpu();
  const folder = await Deno.makeTempDir();
  const model = newModel(gpu);
  const checkpoint = { path: `${folder}/checkpoint.safetensors`, every: 20 };
  await assertRejects(
    async () => {
      for await (const { step } of fit(model, { ...BASE, data: kink(32, 5), checkpoint })) {
        if (step === 40) gpu.device.destroy();
        await new Promise((resolve) => setTimeout(resolve, 1)); // the loss is told later
      }
    },
    Error,
    `the last checkpoint is of step 40: ${folder}/checkpoint.safetensors`,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a device lost at any moment is said in the same words", async () => {
  const data = kink(32, 5);
  for (let delay = 0; delay < 24; delay++) {
    const gpu = await openGpu();
    const model = newModel(gpu);
    const options = { ...BASE, data, reportEvery: 2, validation: { data, every: 4 } };
    setTimeout(() => gpu.device.destroy(), 3 * delay);
    const error = await assertRejects(async () => {
      for await (const _ of fit(model, { ...options, steps: 100_000 }));
    });
    const { message } = error as Error;
    const words = /^The GPU device was lost \(destroyed\): .*(; nothing of it was saved)?$/;
    assert(words.test(message), `${delay}: ${message}`);
  }
});

Deno.test("what is asked of a lost device says that it was lost", async () => {
  for (
    const ask of [
      (gpu: Gpu, x: Tensor) => gpu.read(x),
      (gpu: Gpu) => gpu.sync(),
      (gpu: Gpu, x: Tensor) => Array.fromAsync(gpu.readChunks(x)),
      (gpu: Gpu) => train(newModel(gpu), { ...BASE, data: kink(32, 5) }),
    ]
  ) {
    for (const isBefore of [true, false]) {
      const gpu = await openGpu();
      const x = gpu.upload(ndarray([4], new Float32Array(4)));
      if (isBefore) gpu.device.destroy();
      const asked = ask(gpu, x);
      if (!isBefore) gpu.device.destroy();
      await assertRejects(() => asked, Error, "The GPU device was lost (destroyed)");
    }
  }
});

Deno.test("600 steps with validation create nothing after the first epoch", async () => {
  using gpu = await openGpu();
  using model = newModel(gpu);
  const options = {
    ...BASE,
    data: kink(37, 5),
    steps: 600,
    validation: { data: kink(11, 6), every: 50 },
    reportEvery: 50,
  };
  let after: string | undefined;
  for await (const { step } of fit(model, options)) {
    const counts = JSON.stringify(gpu.counts());
    if (step === 50) after = undefined;
    else after ??= counts;
    if (after) assertEquals(counts, after, `step ${step}`);
  }
});

test("fit() refuses an empty set, no steps and a missing field", async ({ gpu }) => {
  using model = newModel(gpu);
  const data = kink(8, 1);
  await rejects(
    () => train(model, { ...BASE, data, steps: 0 }),
    "Cannot train: steps is 0, expected a whole number from 1 on",
  );
  const lacking = arrays({ x: ndarray([2, 2], new Float32Array(4)) });
  await rejects(
    () => train(model, { ...BASE, data: lacking }),
    'fields is [x], expected a field "target" among them',
  );
  refuses(() =>
    new Model(gpu, sequential([dense({ units: 16 }), maxout(3)]), {
      inputShape: [2],
      key: key(1),
    }), '(layer 2, "maxout1")');
});
