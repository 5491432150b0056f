/**
 * Work under way at the same time on one device does not meet: each gives the bits it gives alone, and
 * gives its memory back.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fitBagOfWords } from "../audio/bag_of_words.ts";
import { fitPca } from "../audio/pca.ts";
import { applySphericalKMeans, fitSphericalKMeans } from "../audio/spherical_kmeans.ts";
import { applyCodebook, fitCodebook } from "../audio/vector_quantiser.ts";
import { applyWhitening, fitWhitening } from "../audio/whitening.ts";
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { key } from "../gpu/random.ts";
import { ndarray } from "../gpu/tensor.ts";
import { fitLinear } from "../nn/classifiers/linear.ts";
import { arrays } from "../nn/data.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { fit } from "../nn/fit.ts";
import { mse } from "../nn/loss.ts";
import { Model } from "../nn/model.ts";
import { adam } from "../nn/optimizer.ts";
import { constantRate } from "../nn/schedule.ts";
import { sequential } from "../nn/sequential.ts";
import { applyFactors, fitFactors } from "../recsys/als.ts";
import { makeInteractions } from "../recsys/interactions.ts";
import { fitMetric } from "../recsys/metric_learning.ts";
import { nearest } from "../recsys/nearest.ts";
import { applyTsne } from "../recsys/place_points.ts";
import { fitTsne } from "../recsys/tsne.ts";
import { randomArray } from "./check.ts";

const ROWS = randomArray([96, 10], 1);
const SONGS = [2, 3, 4].map((seed) => randomArray([40, 10], seed));
const LABELS = Array.from(ROWS.data.subarray(0, 96), (_, i) => ROWS.data[10 * i] > 0 ? 1 : 0);
const TARGETS = ndarray([96, 1], Float32Array.from(LABELS));
const PLAYS = makeInteractions({
  users: Uint32Array.from({ length: 400 }, (_, i) => i % 40),
  items: Uint32Array.from({ length: 400 }, (_, i) => (i * i * 7 + i % 40) % 96),
  counts: Uint32Array.from({ length: 400 }, (_, i) => 1 + i % 5),
}, { users: 40, items: 96 });

/** What is fitted, and used where it is used on the device. */
const WORK: Readonly<Record<string, (gpu: Gpu) => Promise<unknown>>> = {
  async sphericalKMeans(gpu) {
    const fitted = await fitSphericalKMeans(gpu, ROWS, { k: 7, key: key(1), iterations: 6 });
    return [fitted, await applySphericalKMeans(gpu, fitted, ROWS)];
  },
  async whitening(gpu) {
    const fitted = await fitWhitening(gpu, ROWS, { retain: 0.9 });
    return [fitted, await applyWhitening(gpu, fitted, ROWS)];
  },
  principalComponents: (gpu) => fitPca(gpu, ROWS, { retain: 0.8 }),
  async codebook(gpu) {
    const fitted = await fitCodebook(gpu, ROWS, { k: 9, key: key(2), iterations: 8 });
    return [fitted, await applyCodebook(gpu, fitted, ROWS)];
  },
  bagOfWords: (gpu) => fitBagOfWords(gpu, SONGS, { k: 5, key: key(3), iterations: 5 }),
  metric: (gpu) => fitMetric(gpu, ROWS, { plays: PLAYS, key: key(4), steps: 120 }),
  async factors(gpu) {
    const fitted = await fitFactors(gpu, PLAYS, { factors: 6, key: key(5), sweeps: 5 });
    return [fitted, await applyFactors(gpu, fitted.items, PLAYS.byUser)];
  },
  async tsne(gpu) {
    const map = await fitTsne(gpu, ROWS, { key: key(6), perplexity: 8, iterations: 120 });
    return [map, await applyTsne(gpu, map, ROWS, { iterations: 40 })];
  },
  nearest: (gpu) => nearest(gpu, ROWS, ROWS, { k: 5, excludeSelf: true }),
  linearClassifier: (gpu) =>
    fitLinear(gpu, ROWS, { labels: LABELS, loss: "logistic", cost: 1, on: "device" }),
  async network(gpu) {
    const network = sequential([
      dense({ units: 12, activation: "relu" }),
      dropout(0.2),
      dense({ units: 1 }),
    ]);
    using model = new Model(gpu, network, { inputShape: [10], key: key(7) });
    const losses: number[] = [];
    const training = fit(model, {
      data: arrays({ x: ROWS, target: TARGETS }),
      loss: mse(),
      optimizer: adam(),
      schedule: constantRate(0.01),
      steps: 60,
      batchSize: 16,
      key: key(8),
    });
    for await (const { loss } of training) losses.push(loss);
    return [losses, await model.predict(ROWS)];
  },
};

Deno.test("fitted things under way at once on one device give the bits that each gives alone", async () => {
  const alone: Record<string, unknown> = {};
  for (const [name, work] of Object.entries(WORK)) {
    using gpu = await openGpu();
    alone[name] = await work(gpu);
  }
  await using gpu = await openGpu();
  const together = await Promise.all(Object.values(WORK).map((work) => work(gpu)));
  Object.keys(WORK).forEach((name, i) => assertEquals(together[i], alone[name], name));
  assertEquals(gpu.memory().byLabel, []);
});
