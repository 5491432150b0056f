/**
 * What everything that is fitted promises, whatever it is: one list of checks over one table.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { Gpu } from "../gpu/gpu.ts";
import { key } from "../gpu/random.ts";
import { slice, take } from "../gpu/rows.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { arrays } from "../nn/data.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { fit } from "../nn/fit.ts";
import { mse } from "../nn/loss.ts";
import { Model } from "../nn/model.ts";
import { adam } from "../nn/optimizer.ts";
import { constantRate } from "../nn/schedule.ts";
import { sequential } from "../nn/sequential.ts";
import { fitFactors } from "../recsys/als.ts";
import { makeInteractions } from "../recsys/interactions.ts";
import { nearest } from "../recsys/nearest.ts";
import { sharedGpu, test } from "./check.ts";
import {
  CASES,
  D,
  IN_ORDER,
  labelsOf,
  MIXED,
  N,
  numbersOf,
  OTHERS,
  playsOf,
  ROWS,
} from "./fitted_things.ts";
import { rejects } from "./refusals.ts";

/** The rows on the device while something is done. */
async function onDevice<T>(rows: NdArray, use: (tensor: Tensor) => Promise<T>): Promise<T> {
  const gpu = await sharedGpu();
  const tensor = gpu.upload(rows);
  try {
    return await use(tensor);
  } finally {
    gpu.release(tensor);
  }
}

/** Rows with one number that is none. */
function spoilt(): NdArray {
  return { ...ROWS, data: ROWS.data.with(3 * D + 2, NaN) };
}

for (const one of CASES) {
  Deno.test(`${one.name}: the same key gives the same bits, another key others where it draws`, async () => {
    const { model } = await one.run(ROWS);
    assertEquals((await one.run(ROWS)).model, model);
    const { model: other } = await one.run(ROWS, { key: key(8) });
    const same = JSON.stringify(numbersOf(other)) === JSON.stringify(numbersOf(model));
    assert(!one.keyless || closeTo(numbersOf(other), numbersOf(model)));
    assert(one.keyless || !same);
  });

  Deno.test(`${one.name}: the order of the rows changes ${one.order} only`, async () => {
    const answers = (await (await one.run(ROWS)).apply(OTHERS)).data;
    const mixed = await one.run(take(ROWS, MIXED), { order: MIXED });
    const others = (await mixed.apply(OTHERS)).data;
    assertEquals(others.length, answers.length);
    others.forEach((value, i) => {
      const [a, b] = one.size ? [Math.abs(value), Math.abs(answers[i])] : [value, answers[i]];
      if (one.order === "rounding") assertAlmostEquals(a, b, 1e-3);
      else assert(Number.isFinite(a));
    });
  });

  Deno.test(`${one.name}: a single row is fitted, or told why not`, async () => {
    const run = () => one.run(slice(ROWS, 0, 1), { order: IN_ORDER.subarray(0, 1) });
    if (one.oneRow) await rejects(run, one.oneRow);
    else assertEquals((await (await run()).apply(OTHERS)).shape[0], 7);
  });

  Deno.test(`${one.name}: no rows, rows that are none, numbers and widths that are wrong are named`, async () => {
    const none = { shape: [0, D], data: new Float32Array(0) };
    const empty = IN_ORDER.subarray(0, 0);
    await rejects(() => one.run(none, { order: empty }), "is [0, 4], expected [");
    const flat = ndarray([N * D], ROWS.data);
    await rejects(() => one.run(flat), "rows is [96], expected [");
    await rejects(() => one.run(spoilt()), "row 3, column 2 is NaN, expected a f");
    await onDevice(
      spoilt(),
      (bad) => rejects(() => one.run(bad), "row 3, column 2 is NaN, expected a f"),
    );
    const { apply } = await one.run(ROWS);
    const wide = ndarray([5, D + 1], new Float32Array(5 * (D + 1)));
    await rejects(() => apply(wide), "rows is [5, 5], expected [n, 4]");
    await rejects(() => apply(none), "rows is [0, 4], expected [n, 4]");
    await rejects(() => apply(spoilt()), "row 3, column 2 is NaN, expected a f");
  });

  Deno.test(`${one.name}: saved and loaded it says the same`, async () => {
    const { apply, reloaded } = await one.run(ROWS);
    assertEquals(await reloaded(OTHERS), await apply(OTHERS));
  });

  test(`${one.name}: rows on host and device give the same bits, and leave nothing there`, async ({ gpu }) => {
    const host = await one.run(ROWS);
    const before = gpu.memory().liveBytes;
    await onDevice(ROWS, async (rows) => {
      assertEquals((await one.run(rows)).model, host.model);
      const chunks = [gpu.upload(slice(ROWS, 0, 20)), gpu.upload(slice(ROWS, 20, N))];
      assert(closeTo(numbersOf((await one.run(chunks)).model), numbersOf(host.model)));
      gpu.release(...chunks);
    });
    const expected = await host.apply(OTHERS);
    await onDevice(OTHERS, async (rows) => {
      const made = await host.applyOnDevice(rows);
      const read = await gpu.read(made);
      gpu.release(made);
      assertEquals(read.shape, expected.shape);
      assertEquals([...read.data], Array.from(expected.data, Math.fround));
    });
    assertEquals(gpu.memory().liveBytes, before);
  });

  Deno.test(`${one.name}: an abort ends the fit, and progress ends at all of all`, async () => {
    const signal = AbortSignal.abort(new Error("late"));
    await assertRejects(() => one.run(ROWS, { signal }), Error, "late");
    const told: [number, number][] = [];
    await one.run(ROWS, { progress: (done, total) => told.push([done, total]) });
    const [done, total] = told.at(-1)!;
    assertEquals(done, total);
    told.forEach(([now], i) => assert(i === 0 || now > told[i - 1][0], `${told}`));
    assert(told.every(([, all]) => all === total));
    if (told.length === 1) return;
    const controller = new AbortController();
    const progress = () => controller.abort(new Error("enough"));
    await assertRejects(
      () => one.run(ROWS, { progress, signal: controller.signal }),
      Error,
      "enough",
    );
  });
}

/** A network trained for some steps: the losses on the way, and what it says in the end. */
async function trained(gpu: Gpu): Promise<unknown> {
  const network = sequential([
    dense({ units: 8, activation: "relu" }),
    dropout(0.2),
    dense({ units: 1 }),
  ]);
  using model = new Model(gpu, network, { inputShape: [D], key: key(4) });
  const losses: number[] = [];
  const training = fit(model, {
    data: arrays({ x: ROWS, target: ndarray([N, 1], Float32Array.from(labelsOf(IN_ORDER))) }),
    loss: mse(),
    optimizer: adam(),
    schedule: constantRate(0.01),
    steps: 40,
    batchSize: 8,
    key: key(5),
  });
  for await (const { loss } of training) losses.push(loss);
  return [losses, await model.predict(ROWS)];
}

test("fits under way at once on one device give the bits that each gives alone", async ({ gpu }) => {
  const plays = playsOf(IN_ORDER);
  const work: (() => Promise<unknown>)[] = [
    ...CASES.map((one) => async () => {
      const { model, apply } = await one.run(ROWS);
      return [model, await apply(OTHERS)];
    }),
    () => fitFactors(gpu, plays, { factors: 3, key: key(1), sweeps: 4 }),
    () => nearest(gpu, OTHERS, ROWS, { k: 5 }),
    () => trained(gpu),
  ];
  const before = gpu.memory().liveBytes;
  const alone = [];
  for (const run of work) alone.push(await run());
  const together = await Promise.all(work.map((run) => run()));
  assertEquals(together.length, 13);
  assertEquals(together, alone);
  assertEquals(gpu.memory().liveBytes, before);
});

test("factors, which are fitted to plays: same key, progress, abort, no users", async ({ gpu }) => {
  const plays = playsOf(IN_ORDER);
  const told: [number, number][] = [];
  const options = { factors: 3, key: key(1), sweeps: 9, tolerance: 0.1 };
  const progress = (done: number, total: number) => told.push([done, total]);
  const once = await fitFactors(gpu, plays, { ...options, progress });
  assertEquals(await fitFactors(gpu, plays, options), once);
  assertEquals(told.at(-1), [9, 9]);
  const signal = AbortSignal.abort(new Error("late"));
  await assertRejects(() => fitFactors(gpu, plays, { ...options, signal }), Error, "late");
  const nobody = makeInteractions({ users: [], items: [], counts: [] }, { users: 0, items: 3 });
  await rejects(
    () => fitFactors(gpu, nobody, options),
    "Cannot fit factors: the number of users is 0, expected a whole number from 1 on",
  );
});

function closeTo(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) < 1e-4);
}
