import { assert, assertEquals } from "@std/assert";
import { applyCodebook, fitCodebook } from "../../audio/vector_quantiser.ts";
import { fitCodebookRef, nearestRef } from "../../audio/vector_quantiser_ref.ts";
import { key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { checkQuantiserStep } from "../../tasks/doctor/audio_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { rejects } from "../refusals.ts";
import { pattern } from "./signal.ts";

/** Rows near (1010, 500), (1000, 510) and (990, 490) in turn: far from the origin. */
function threeClusters(n: number): NdArray<Float64Array> {
  const centres = [[1010, 500], [1000, 510], [990, 490]];
  const { data } = randomArray([n, 2], 4, 0.5);
  return ndarray([n, 2], data.map((value, at) => value + centres[(at >> 1) % 3][at & 1]));
}

test("fitCodebook() finds three separated clusters, in their own units", async ({ gpu }) => {
  const rows = threeClusters(600);
  for (const standardise of [true, false]) {
    const codebook = await fitCodebook(gpu, rows, { k: 3, key: key(3), standardise });
    const { mean, deviation, centroids } = codebook;
    const found = [0, 1, 2].map((word) =>
      [0, 1].map((j) => centroids.data[2 * word + j] * deviation[j] + mean[j])
    ).sort(([a], [b]) => a - b);
    const expected = [[990, 490], [1000, 510], [1010, 500]];
    expected.flat().forEach((value, i) =>
      assert(Math.abs(found.flat()[i] - value) < 0.15, `${found}`)
    );
    assertEquals([...codebook.members], [200, 200, 200]);
    const { data: words } = await applyCodebook(gpu, codebook, rows);
    words.forEach((word, row) => assertEquals(word, words[row % 3]));
    assertEquals(new Set(words).size, 3);
  }
});

testCheck("a pass of the quantiser agrees with float64", checkQuantiserStep);

test("fitCodebook() follows float64 over awkward shapes", async ({ gpu }) => {
  for (const [n, d, k] of [[1, 1, 1], [67, 3, 5], [300, 7, 17], [700, 39, 9]]) {
    for (const standardise of [true, false]) {
      const rows = randomArray([n, d], 8);
      const options = { k, key: key(11), iterations: 5, tolerance: 0, standardise };
      const expected = fitCodebookRef(rows, options);
      const { centroids, objective, members } = await fitCodebook(gpu, rows, options);
      const name = `[${n}, ${d}], ${k} words, standardised ${standardise}`;
      assertClose(centroids, expected.centroids, { absolute: 2e-5, name });
      const [ours, theirs] = [objective, expected.objective].map((o) => ndarray([o.length], o));
      assertClose(ours, theirs, { relative: 1e-5, absolute: 1e-5, name });
      assertEquals(members, expected.members, name);
    }
  }
});

/** What one pass of ours over `pattern([40, 3])` leaves with key(2), to four digits. */
// deno-fmt-ignore
const START = [
  1.2538, 1.2923, -2.2692, -1.7833, -1.9833, 0.6417, 2.8, -2.0571, 3.5714, -2.8375, 3.625, 0.775,
];

/**
 * scikit-learn 1.2.1, X = pattern([40, 3]), S = START: m = KMeans(4, init=S, n_init=1, max_iter=300, tol=0,
 * algorithm="lloyd").fit(X); m.cluster_centers_, m.inertia_ / 40, numpy.bincount(m.labels_)
 */
// deno-fmt-ignore
const GOLDEN = {
  centroids: [
    1.1153846153846159, 0.707692307692308, -2.6999999999999993,
    -1.7615384615384615, -2.1538461538461537, 1.2,
    3.8166666666666664, -0.433333333333333, 3.783333333333333,
    -2.8375, 3.625, 0.7750000000000001,
  ],
  objective: 10.140699519230768,
  members: [13, 13, 6, 8],
};

test("fitCodebook() ends where scikit-learn's KMeans does from the same start", async ({ gpu }) => {
  const options = { k: 4, key: key(2), standardise: false };
  const first = await fitCodebook(gpu, pattern([40, 3]), { ...options, iterations: 1 });
  const inOwnUnits = ({ centroids, mean }: typeof first) =>
    ndarray([4, 3], centroids.data.map((value, i) => value + mean[i % 3]));
  assertClose(inOwnUnits(first), ndarray([4, 3], Float64Array.from(START)), { absolute: 1e-4 });
  const last = await fitCodebook(gpu, pattern([40, 3]), options);
  assertClose(inOwnUnits(last), ndarray([4, 3], Float64Array.from(GOLDEN.centroids)));
  assert(Math.abs(last.objective.at(-1)! / GOLDEN.objective - 1) < 1e-6, `${last.objective}`);
  assertEquals([...last.members], GOLDEN.members);
});

test("the objective falls from pass to pass, and the fit ends where it settles", async ({ gpu }) => {
  const rows = randomArray([500, 8], 2);
  const seen: number[] = [];
  const { objective } = await fitCodebook(gpu, rows, {
    k: 12,
    key: key(5),
    iterations: 200,
    progress: (iteration) => seen.push(iteration),
  });
  assert(objective.length > 3 && objective.length < 100, `${objective.length} passes`);
  assert(objective.at(-1)! < 0.95 * objective[0], `${objective}`);
  objective.forEach((value, i) => assert(i === 0 || value <= objective[i - 1] * (1 + 1e-6)));
  assertEquals(seen, [...Array.from(objective, (_, i) => i + 1), 200]);
});

test("more words than distinct rows leave the others empty, and no NaN", async ({ gpu }) => {
  const rows = ndarray([6, 1], Float64Array.of(1, 1, 1, 5, 5, 5));
  const { members, objective, centroids } = await fitCodebook(gpu, rows, { k: 4, key: key(1) });
  assertEquals([...members].sort(), [0, 0, 3, 3]);
  assert(objective.at(-1)! < 1e-6 && centroids.data.every(Number.isFinite));
});

test("applyCodebook() gives the nearest word by distance, beyond one block of rows", async ({ gpu }) => {
  const n = 2 ** 16 + 5;
  const rows = randomArray([n, 2], 6);
  const [k, d] = [19, 2];
  const mean = new Float64Array(d);
  const deviation = new Float64Array(d).fill(1);
  const codebook = { centroids: randomArray([k, d], 7), mean, deviation };
  const { place, squared } = nearestRef(rows, codebook.centroids);
  const { data: words } = await applyCodebook(gpu, codebook, rows);
  const distance = (row: number, word: number) =>
    (rows.data[2 * row] - codebook.centroids.data[2 * word]) ** 2 +
    (rows.data[2 * row + 1] - codebook.centroids.data[2 * word + 1]) ** 2;
  let other = 0; // rows that f32 cannot tell apart
  words.forEach((word, row) => {
    if (word === place[row]) return;
    other++;
    assert(distance(row, word) - squared[row] < 1e-5, `row ${row}`);
  });
  assert(other < 10, `${other}`);
});

test("the same key gives the same code words to the bit over many rows", async ({ gpu }) => {
  const run = async (seed: number) => {
    const { centroids, objective } = await fitCodebook(gpu, randomArray([400, 7], 1), {
      k: 20,
      key: key(seed),
    });
    return [...centroids.data, ...objective];
  };
  const first = await run(1);
  assertEquals(await run(1), first);
  assert((await run(2)).some((value, i) => value !== first[i]));
});

test("fitCodebook() names what does not fit", async ({ gpu }) => {
  const rows = randomArray([10, 4], 1);
  const run = (options: object) => fitCodebook(gpu, rows, { k: 2, key: key(1), ...options });
  await rejects(() => run({ k: 11 }), "k is 11, expected");
  await rejects(() => run({ iterations: 0 }), "iterations is 0");
});
