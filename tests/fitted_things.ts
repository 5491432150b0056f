/**
 * Everything that is fitted to rows, as one table for the tests of what it promises.
 *
 * @module
 */
import { applyCodebook, fitCodebook } from "../audio/vector_quantiser.ts";
import { applyPca, fitPca } from "../audio/pca.ts";
import { applySphericalKMeans, fitSphericalKMeans } from "../audio/spherical_kmeans.ts";
import { applyWhitening, fitWhitening } from "../audio/whitening.ts";
import { readSafetensors, writeSafetensors } from "../files/disk/safetensors.ts";
import { hostTensor } from "../files/safetensors.ts";
import type { Apply, Hooks, Rows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type Key, key, normal, permutation } from "../gpu/random.ts";
import { type HostData, type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { fitGradientBoosting } from "../nn/classifiers/gradient_boosting.ts";
import { fitLinear } from "../nn/classifiers/linear.ts";
import { applyLinear } from "../nn/classifiers/linear_model.ts";
import { fitRandomForest } from "../nn/classifiers/random_forest.ts";
import { applyRidge, fitRidge } from "../nn/classifiers/ridge.ts";
import { applyTrees } from "../nn/classifiers/tree_ensemble.ts";
import { makeInteractions } from "../recsys/interactions.ts";
import { applyMetric, fitMetric } from "../recsys/metric_learning.ts";
import { applyTsne } from "../recsys/place_points.ts";
import { fitTsne } from "../recsys/tsne.ts";
import { sharedGpu } from "./check.ts";

/** Rows and columns of the tables below. */
export const [N, D] = [24, 4];
/** What is fitted. */
export const ROWS = ndarray(
  [N, D],
  Float32Array.from({ length: N * D }, (_, i) => normal(key(1), i)),
);
/** Rows that were not there. */
export const OTHERS = ndarray(
  [7, D],
  Float32Array.from({ length: 7 * D }, (_, i) => normal(key(2), i)),
);
/** The numbers of the rows. */
export const IN_ORDER = Uint32Array.from({ length: N }, (_, row) => row);
/** The same in another order. */
export const MIXED = permutation(key(3), N);

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

/** Classes of rows by their numbers. */
export const labelsOf = (order: Uint32Array) =>
  Uint8Array.from(order, (row) => row % 3 === 0 ? 1 : 0);
const targetsOf = (order: Uint32Array): NdArray => ({
  shape: [order.length, 1],
  data: Float64Array.from(order, (row) => Math.sin(row)),
});

/** Plays of rows by their numbers: each by one of four users. */
export function playsOf(order: Uint32Array) {
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

/** Everything that is fitted to rows. */
export const CASES = [
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

/** Whether this is the data of an array. */
export function isData(value: unknown): value is HostData {
  return ArrayBuffer.isView(value);
}

function isArray(value: unknown): value is NdArray {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}

/** All numbers of plain data, in order. */
export function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (isData(value)) return Array.from(value);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}
