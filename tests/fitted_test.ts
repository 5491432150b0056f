/**
 * What everything that is fitted promises, whatever it is: one list of checks over one table.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { applyCodebook, fitCodebook } from "../audio/vector_quantiser.ts";
import { applyPca, fitPca } from "../audio/pca.ts";
import { applySphericalKMeans, fitSphericalKMeans } from "../audio/spherical_kmeans.ts";
import { applyWhitening, fitWhitening } from "../audio/whitening.ts";
import { readSafetensors, writeSafetensors } from "../files/disk/safetensors.ts";
import { hostTensor } from "../files/safetensors.ts";
import type { Apply, Hooks, Rows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type Key, key, normal, permutation } from "../gpu/random.ts";
import { slice, take } from "../gpu/rows.ts";
import { type HostData, type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { fitGradientBoosting } from "../nn/classifiers/gradient_boosting.ts";
import { fitLinear } from "../nn/classifiers/linear.ts";
import { applyLinear } from "../nn/classifiers/linear_model.ts";
import { fitRandomForest } from "../nn/classifiers/random_forest.ts";
import { applyRidge, fitRidge } from "../nn/classifiers/ridge.ts";
import { applyTrees } from "../nn/classifiers/tree_ensemble.ts";
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
import { applyMetric, fitMetric } from "../recsys/metric_learning.ts";
import { nearest } from "../recsys/nearest.ts";
import { applyTsne } from "../recsys/place_points.ts";
import { fitTsne } from "../recsys/tsne.ts";
import { sharedGpu, test } from "./check.ts";
import { rejects } from "./refusals.ts";

const [N, D] = [24, 4];
const ROWS = ndarray([N, D], Float32Array.from({ length: N * D }, (_, i) => normal(key(1), i)));
const OTHERS = ndarray([7, D], Float32Array.from({ length: 7 * D }, (_, i) => normal(key(2), i)));
const IN_ORDER = Uint32Array.from({ length: N }, (_, row) => row);
const MIXED = permutation(key(3), N);

/** What a fit is asked for: rows, which of the 24 each of them is, and how. */
type Fit<X> = (
  gpu: Gpu,
  rows: Rows,
  options: Hooks & { readonly key: Key; readonly order: Uint32Array },
) => Promise<X>;

/** One thing that is fitted, and what it promises. */
interface Case<X> {
  readonly name: string;
  readonly fit: Fit<X>;
  readonly apply: Apply<X>;
  /**
   * What the order of the rows changes: nothing but rounding, or also what the key draws by the number
   * of a row, so that nothing is promised but as good a fit.
   */
  readonly order: "rounding" | "draws";
  /** What an answer is compared by, where its sign is free. */
  readonly size?: true;
  /** What a single row is told where it does not suffice. */
  readonly oneRow?: string;
  /** Whether the key changes nothing, as of fits without chance. */
  readonly keyless?: true;
}

const labelsOf = (order: Uint32Array) => Uint8Array.from(order, (row) => row % 3 === 0 ? 1 : 0);
const targetsOf = (order: Uint32Array): NdArray => ({
  shape: [order.length, 1],
  data: Float64Array.from(order, (row) => Math.sin(row)),
});

function playsOf(order: Uint32Array) {
  const plays = Array.from(order, (row, item) => ({ user: row % 4, item }));
  return makeInteractions({
    users: plays.map(({ user }) => user),
    items: plays.map(({ item }) => item),
    counts: plays.map(() => 1),
  }, { users: 4, items: order.length });
}

function fitted<X extends object>(about: Case<X>) {
  return {
    ...about,
    /** Fits, and hands out what can be done with it, whatever it is. */
    async run(rows: Rows, hooks: Hooks & { key?: Key; order?: Uint32Array } = {}) {
      const gpu = await sharedGpu();
      const options = { key: key(7), order: IN_ORDER, ...hooks };
      const model = await about.fit(gpu, rows, options);
      return {
        model,
        apply: (others: NdArray) => about.apply(gpu, model, others),
        applyOnDevice: (others: Tensor) => about.apply(gpu, model, others),
        reloaded: async (others: NdArray) => about.apply(gpu, await saveAndLoad(model), others),
      };
    },
  };
}

const CASES = [
  fitted({
    name: "whitening",
    fit: (gpu, rows, { signal, progress }) =>
      fitWhitening(gpu, rows, { kind: "zca", signal, progress }),
    apply: applyWhitening,
    order: "rounding",
    keyless: true,
  }),
  fitted({
    name: "principal components",
    fit: (gpu, rows, { signal, progress }) => fitPca(gpu, rows, { retain: 0.9, signal, progress }),
    apply: applyPca,
    order: "rounding",
    size: true,
    oneRow: "the variance of the rows, in float32, is 0, expected a number above 0",
    keyless: true,
  }),
  fitted({
    name: "spherical K-means",
    fit: (gpu, rows, options) => fitSphericalKMeans(gpu, rows, { k: 3, ...options }),
    apply: applySphericalKMeans,
    order: "rounding",
  }),
  fitted({
    name: "codebook",
    fit: (gpu, rows, options) => fitCodebook(gpu, rows, { k: 3, iterations: 5, ...options }),
    apply: applyCodebook,
    order: "draws",
    oneRow: "k is 3, expected a whole number from 1 to 1",
  }),
  fitted({
    name: "linear classifier",
    fit: (gpu, rows, { order, signal, progress }) =>
      fitLinear(gpu, rows, {
        labels: labelsOf(order),
        loss: "logistic",
        cost: 1,
        on: "device",
        signal,
        progress,
      }),
    apply: applyLinear,
    order: "rounding",
    oneRow: "the number of positive labels is 1, expected both classes among 1",
    keyless: true,
  }),
  fitted({
    name: "random forest",
    fit: (gpu, rows, { order, ...options }) =>
      fitRandomForest(gpu, rows, { labels: labelsOf(order), trees: 5, ...options }),
    apply: applyTrees,
    order: "draws",
    oneRow: "the number of positive labels is 1, expected both classes among 1",
  }),
  fitted({
    name: "gradient boosting",
    fit: (gpu, rows, { order, ...options }) =>
      fitGradientBoosting(gpu, rows, { labels: labelsOf(order), rounds: 5, ...options }),
    apply: applyTrees,
    order: "rounding",
    oneRow: "the number of positive labels is 1, expected both classes among 1",
    keyless: true, // nothing is drawn where all rows and features are used
  }),
  fitted({
    name: "ridge",
    fit: (gpu, rows, { order, signal, progress }) =>
      fitRidge(gpu, rows, { targets: targetsOf(order), signal, progress }),
    apply: applyRidge,
    order: "rounding",
    keyless: true,
  }),
  fitted({
    name: "metric",
    fit: (gpu, rows, { order, ...options }) =>
      fitMetric(gpu, rows, { plays: playsOf(order), rank: 2, steps: 70, ...options }),
    apply: applyMetric,
    order: "draws",
    oneRow: "the number of users who played two items and left another is 0, expected 1 or more",
  }),
  fitted({
    name: "t-SNE",
    fit: (gpu, rows, options) =>
      fitTsne(gpu, rows, { iterations: 60, perplexity: 4, reportEvery: 20, ...options }),
    apply: applyTsne,
    order: "draws",
    oneRow: "rows is [1, 4], expected [n, d] with n from 5 on",
  }),
];

/** Writes plain data to a file of named arrays and reads it back; what is no array goes as JSON. */
async function saveAndLoad<X extends object>(model: X): Promise<X> {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  const arrays = new Map<string, NdArray>();
  const plain = JSON.stringify(model, (_, value) => {
    if (!isArray(value) && !isData(value)) return value;
    const name = `${arrays.size}`;
    arrays.set(name, isArray(value) ? value : ndarray([value.length], value));
    return { array: name, bare: isData(value) };
  });
  await writeSafetensors(path, {
    tensors: [...arrays].map(([name, array]) => hostTensor(name, array)),
  });
  using file = await readSafetensors(path);
  const read = new Map<string, NdArray>();
  for (const name of arrays.keys()) read.set(name, await file.read(name));
  await Deno.remove(path);
  return JSON.parse(plain, (_, value) => {
    if (value?.array === undefined) return value;
    const array = read.get(value.array)!;
    return value.bare ? array.data : array;
  });
}

function isData(value: unknown): value is HostData {
  return ArrayBuffer.isView(value);
}

function isArray(value: unknown): value is NdArray {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}

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

/** All numbers of plain data, in order. */
function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (isData(value)) return Array.from(value);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

function closeTo(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) < 1e-4);
}
