import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { key, normal } from "../../gpu/random.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { affinities } from "../../recsys/affinities.ts";
import { fitTsne, tsneAffinities, type TsneReport, tsneStart } from "../../recsys/tsne.ts";
import {
  affinitiesRef,
  denseRef,
  klGradRef,
  klRef,
  normaliserRef,
  tsneRef,
} from "../../recsys/tsne_ref.ts";
import { makeTsneState, tsneCost } from "../../recsys/tsne_step.ts";
import { checkTsneCost, checkTsneStep } from "../../tasks/doctor/recsys_checks.ts";
import { assertClose, checkGradient, randomArray, test, testCheck } from "../check.ts";

/** Normal clusters about normal centres three times as wide, row i in cluster i % count. */
function clusters(n: number, d: number, count: number): NdArray<Float64Array> {
  const centres = Array.from({ length: count * d }, (_, i) => 3 * normal(key(9), i));
  const data = Float64Array.from(
    { length: n * d },
    (_, i) => normal(key(8), i) + centres[(Math.floor(i / d) % count) * d + i % d],
  );
  return ndarray([n, d], data);
}

Deno.test("klGradRef() agrees with finite differences", () => {
  const p = affinitiesRef(randomArray([7, 3], 1), 2);
  const y = randomArray([7, 2], 2);
  checkGradient(() => klRef(p, y), y, klGradRef(p, y));
});

Deno.test("klRef() and klGradRef() agree with scikit-learn", () => {
  // sklearn.manifold._t_sne._kl_divergence(y, P, 1, 7, 2) of scikit-learn 1.2.1, with P of
  // _joint_probabilities as in affinities_test.ts, good to 1e-5 nats.
  const x = ndarray([7, 3], Float64Array.from({ length: 21 }, (_, i) => 2 * Math.sin(1.7 * i)));
  const y = ndarray([7, 2], Float64Array.from({ length: 14 }, (_, i) => Math.cos(0.9 * i)));
  const p = affinitiesRef(x, 2.5);
  assert(Math.abs(klRef(p, y) - 1.117267866940912) < 1e-4);
  // deno-fmt-ignore
  const golden = Float64Array.of(
    0.015823451925, 0.0795420925, 0.019704724762, -0.13126915909, -0.003278077071, -0.032783596526,
    0.003646647329, 0.010963587377, -0.038563742578, -0.025440997633, -0.07165877464,
    -0.009195431637, 0.074325770274, 0.108183505009,
  );
  assertClose(klGradRef(p, y), ndarray([7, 2], golden), { relative: 0, absolute: 2e-5 });
});

testCheck("tsneStep() agrees with float64 over awkward numbers of points", checkTsneStep);
testCheck("tsneCost() and the totals agree with float64", checkTsneCost);

test("affinities of all points, or of few points, are a matrix", ({ gpu }) => {
  for (
    const [n, neighbours] of [[5, 4], [7, 3], [64, 3], [64, 63], [67, 3], [259, 15], [257, 256]]
  ) {
    using scope = gpu.scope();
    const perplexity = Math.min(5, neighbours / 1.5);
    const p = affinities(randomArray([n, 3], n), { perplexity, neighbours });
    const state = makeTsneState(scope, p, randomArray([n, 2], 2, 2));
    assertEquals("matrix" in state.affinities, neighbours === n - 1 || n === 7);
  }
});

for (const profile of ["software", "card"] as const) {
  Deno.test(`tsneCost() agrees with float64, for a ${profile} adapter`, async () => {
    await using gpu = await openGpu({ profile });
    for (const n of [5, 66, 131]) {
      using scope = gpu.scope();
      const p = affinities(randomArray([n, 3], n), { perplexity: Math.min(5, n / 4) });
      const y = randomArray([n, 2], 2, 3);
      const state = makeTsneState(scope, p, y);
      tsneCost(scope, state);
      const [costs, totals] = await gpu.readAll([state.costs, state.totals]);
      assert(Math.abs(totals.data[2] / normaliserRef(y) - 1) < 1e-5);
      const entropy = p.values.reduce((sum, value) => sum + value * Math.log(value), 0);
      const kl = entropy + Float64Array.from(costs.data).reduce((a, b) => a + b) +
        Math.log(totals.data[2]);
      assert(Math.abs(kl - klRef(denseRef(p), y)) < 1e-5, `${n} points: ${kl}`);
    }
  });
}

test("fitTsne() reaches the divergence of exact float64 from the same start", async ({ gpu }) => {
  const [n, perplexity, iterations, exaggeratedIterations, learningRate] = [151, 30, 400, 100, 10];
  const x = clusters(n, 6, 5); // far apart, else so few points have many optima of other depths
  const options = { key: key(1), perplexity, iterations, exaggeratedIterations, learningRate };
  const { embedding, kl, history } = await fitTsne(gpu, x, options);
  const p = affinitiesRef(x, perplexity);
  const late = iterations - exaggeratedIterations;
  const reference = tsneRef(p, tsneStart(n, options), [
    {
      iterations: exaggeratedIterations,
      settings: { exaggeration: 12, momentum: 0.5, learningRate },
    },
    { iterations: late, settings: { exaggeration: 1, momentum: 0.8, learningRate } },
  ]);
  const [exact, wanted] = [klRef(p, embedding), klRef(p, reference)];
  assert(Math.abs(exact / wanted - 1) < 0.02, `${exact} against ${wanted} of float64`);
  assert(Math.abs(kl - exact) < 5e-3, `reported ${kl}, over all pairs ${exact}`);
  assertEquals(history.map(({ iteration }) => iteration), [50, 100, 150, 200, 250, 300, 350, 400]);
  assertEquals(history.at(-1)!.kl, kl);
  const mean = [0, 1].map((axis) =>
    embedding.data.reduce((sum, value, i) => i % 2 === axis ? sum + value / n : sum, 0)
  );
  assert(mean.every((value) => Math.abs(value) < 1e-4), `mean ${mean}`);
});

test("fitTsne() makes as many iterations of each kind as asked for", async ({ gpu }) => {
  const [n, perplexity, learningRate] = [41, 5, 3];
  const x = clusters(n, 4, 2);
  const start = randomArray([n, 2], 6);
  const p = affinities(x, { perplexity, neighbours: n - 1 });
  for (const [iterations, exaggeratedIterations] of [[13, 7], [13, 10], [9, 20], [6, 0]]) {
    const { embedding, history } = await fitTsne(gpu, x, {
      ...{ key: key(1), perplexity, learningRate, start, iterations, exaggeratedIterations },
      ...{ exaggeration: 6, momentum: [0.4, 0.7], reportEvery: 5 },
    });
    const early = Math.min(iterations, exaggeratedIterations);
    const reference = tsneRef(denseRef(p), start, [
      { iterations: early, settings: { exaggeration: 6, momentum: 0.4, learningRate } },
      {
        iterations: iterations - early,
        settings: { exaggeration: 1, momentum: 0.7, learningRate },
      },
    ]);
    const mean = [0, 1].map((axis) =>
      reference.data.reduce((sum, value, i) => i % 2 === axis ? sum + value / n : sum, 0)
    );
    const centred = ndarray([n, 2], reference.data.map((value, i) => value - mean[i % 2]));
    const name = `${iterations}, ${exaggeratedIterations}`;
    assertClose(embedding, centred, { relative: 1e-4, absolute: 1e-4, name });
    const kl = klRef(denseRef(p), reference);
    assert(Math.abs(history.at(-1)!.kl - kl) < 1e-4, `${name}: ${history.at(-1)!.kl}, ${kl}`);
  }
});

test("fitTsne() of equal rows, more than the perplexity too, ends where scikit-learn does", async ({ gpu }) => {
  // TSNE(method="exact", perplexity=(n - 1) / 3 up to 30, init="random", learning_rate="auto") of
  // scikit-learn 1.2.1 on these rows, divergence and largest coordinate by random_state: of 60 rows of
  // which 20 are equal 0.263 to 0.273 and 4.1 to 7.1, of which 21 are 0.256 to 0.277 and 4.1 to 6.5, of
  // 200 rows of which 31 are equal 0.656 to 0.684 and 10.2 to 12.5.
  const d = 5;
  for (
    const { n, same, golden, within, farthest } of [
      { n: 60, same: 20, golden: 0.265, within: 0.01, farthest: 8 },
      { n: 60, same: 21, golden: 0.258, within: 0.01, farthest: 8 },
      { n: 200, same: 31, golden: 0.67, within: 0.025, farthest: 14 },
    ]
  ) {
    const x = ndarray(
      [n, d],
      Float32Array.from({ length: n * d }, (_, i) => i < same * d ? 1 : normal(key(1), i)),
    );
    for (const seed of [1, 3]) {
      const { kl, embedding } = await fitTsne(gpu, x, { key: key(seed) });
      const largest = embedding.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert(Math.abs(kl - golden) < within, `${same} equal rows, key ${seed}: ${kl}`);
      assert(largest < farthest, `${same} equal rows, key ${seed}: a point at ${largest}`);
    }
  }
});

test("fitTsne() of few rows reports the divergence over all pairs", async ({ gpu }) => {
  const n = 53;
  const x = clusters(n, 4, 1);
  const options = { key: key(1), perplexity: 5, iterations: 60, exaggeratedIterations: 20 };
  const { embedding, kl } = await fitTsne(gpu, x, options);
  assert(Math.abs(kl - klRef(affinitiesRef(x, 5), embedding)) < 1e-4);
});

test("fitTsne() lays the rows of a cluster together", async ({ gpu }) => {
  const [n, count] = [90, 3];
  const { embedding: { data } } = await fitTsne(gpu, clusters(n, 8, count), {
    key: key(2),
    iterations: 300,
    exaggeratedIterations: 100,
  });
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const distances = Array.from(
      { length: n },
      (_, j) =>
        j === i
          ? Infinity
          : Math.hypot(data[2 * i] - data[2 * j], data[2 * i + 1] - data[2 * j + 1]),
    );
    const nearest = distances.indexOf(Math.min(...distances));
    if (nearest % count === i % count) kept++;
  }
  assert(kept >= 0.97 * n, `the nearest point of ${kept} of ${n} is of their cluster`);
});

test("fitTsne() gives the same bits for the same key and others for another", async ({ gpu }) => {
  const x = clusters(41, 5, 2);
  const options = { iterations: 37, exaggeratedIterations: 11, reportEvery: 10 };
  const run = (seed: number, more = {}) => fitTsne(gpu, x, { ...options, key: key(seed), ...more });
  const first = await run(3);
  assertEquals(await run(3), first);
  assertNotEquals((await run(4)).embedding.data, first.embedding.data);
  const again = await run(4, { start: tsneStart(41, { key: key(3) }) });
  assertEquals(again, first, "a given start stands for the key");
  const seldom = await run(3, { reportEvery: 100 });
  assertEquals(seldom.embedding, first.embedding, "reports change nothing");
  assertEquals(first.history.map(({ iteration }) => iteration), [10, 20, 30, 37]);
});

test("fitTsne() reports as it goes and gives its memory back", async ({ gpu }) => {
  const before = gpu.memory();
  const reports: TsneReport[] = [];
  const { history } = await fitTsne(gpu, clusters(23, 4, 2), {
    key: key(1),
    iterations: 20,
    reportEvery: 5,
    report: (report) => reports.push(report),
  });
  assertEquals(reports, history);
  assertEquals(gpu.memory().liveBytes, before.liveBytes);
});

test("fitTsne() stops when told, and gives its memory back then too", async ({ gpu }) => {
  const before = gpu.memory();
  const told: number[][] = [];
  const stop = new AbortController();
  const run = (signal: AbortSignal) =>
    fitTsne(gpu, clusters(23, 4, 2), {
      ...{ key: key(1), iterations: 25, reportEvery: 10, signal },
      progress: (done, total) => {
        told.push([done, total]);
        if (done === 20) stop.abort(new Error("enough"));
      },
    });
  await assertRejects(() => run(stop.signal), Error, "enough");
  assertEquals(told, [[10, 25], [20, 25]]);
  await assertRejects(() => run(stop.signal), Error, "enough", "before it starts");
  assertEquals(told.length, 2);
  assertEquals(gpu.memory().liveBytes, before.liveBytes);
});

Deno.test("all pairs of up to 4,000 rows attract, and 3 perplexity neighbours of more", () => {
  const all = tsneAffinities(4000, { perplexity: 30 });
  assertEquals(all.neighbours, 3999);
  assert(all.negligible! <= 1e-6);
  assertEquals(tsneAffinities(4001, { perplexity: 30 }), { perplexity: 30, neighbours: 90 });
  const asked = tsneAffinities(50, { perplexity: 5, neighbours: 9 });
  assertEquals(asked, { perplexity: 5, neighbours: 9 });
});

test("fitTsne() refuses what does not fit", async ({ gpu }) => {
  const x = randomArray([9, 3], 1);
  const refuses = (options: object, message: string, rows: NdArray = x) =>
    assertRejects(() => fitTsne(gpu, rows, { key: key(1), ...options }), Error, message);
  await refuses({}, "rows is [4, 3], expected [n, d] with n from 5 on", randomArray([4, 3], 1));
  await refuses({ iterations: 0 }, "iterations is 0, expected a whole number from 1 on");
  await refuses({ momentum: [0.5, 1] }, "momentum is 1, expected 0 up to below 1");
  await refuses({ perplexity: 9 }, "perplexity is 9");
  await refuses({ start: randomArray([9, 3], 1) }, "start is [9, 3], expected [9, 2]");
  const start = ndarray([9, 2], new Float32Array(18).with(7, Infinity));
  await refuses({ start }, "of start is Infinity");
  await refuses(
    { learningRate: 1e30, iterations: 50 },
    "Cannot fit t-SNE: the divergence after iteration 50 at learningRate 1e+30 is ",
  );
});
