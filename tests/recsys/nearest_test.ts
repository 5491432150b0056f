import { assert, assertEquals, assertRejects } from "@std/assert";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { nearest, type NearestOptions } from "../../recsys/nearest.ts";
import { bestRef, scoresRef } from "../../recsys/nearest_ref.ts";
import { exclude, LOWEST } from "../../recsys/nearest_step.ts";
import { checkExclude, checkNearest } from "../../tasks/doctor/recsys_checks.ts";
import { randomArray, test, testCheck } from "../check.ts";
import { rejects } from "../refusals.ts";

/** Small whole numbers: their inner products are exact in f32, and many are equal. */
function wholeRows(n: number, f: number, seed: number): NdArray<Float64Array> {
  const { data } = randomArray([n, f], seed, 1.5);
  return ndarray([n, f], data.map(Math.round));
}

/** What the reference finds, in the form that `nearest` gives. */
function expectedLists(queries: NdArray, items: NdArray, options: NearestOptions) {
  const n = items.shape[0];
  const scores = scoresRef(queries, items, options.by ?? "cosine").data;
  return Array.from({ length: queries.shape[0] }, (_, i) => {
    const excluded = new Set(Array.from(options.exclude?.[i] ?? []));
    if (options.excludeSelf) excluded.add(i);
    const row = scores.subarray(i * n, (i + 1) * n);
    const list = bestRef(row, options.k, excluded);
    return { list, scores: list.map((item) => row[item]) };
  });
}

test("nearest() finds the exact lists over awkward shapes, ties by the lower item", async ({ gpu }) => {
  const shapes = [[1, 1, 1, 1], [3, 2, 5, 7], [5, 65, 3, 10], [2, 129, 4, 64], [1, 2011, 8, 67]];
  shapes.push([67, 577, 7, 500], [2, 1500, 2, 768], [1025, 131, 5, 3]);
  for (const [q, n, f, k] of shapes) {
    const [queries, items] = [wholeRows(q, f, 1), wholeRows(n, f, 2)];
    const options = { k, by: "innerProduct" } as const;
    const { indices, scores, counts } = await nearest(gpu, queries, items, options);
    expectedLists(queries, items, options).forEach((expected, i) => {
      const name = `query ${i} of ${q}, ${n} items, k ${k}`;
      assertEquals(counts[i], expected.list.length, name);
      const at = i * k;
      assertEquals([...indices.data.subarray(at, at + counts[i])], expected.list, name);
      assertEquals([...scores.data.subarray(at, at + counts[i])], expected.scores, name);
      assert(scores.data.subarray(at + counts[i], at + k).every((score) => score === -Infinity));
    });
  }
});

test("nearest() by cosine agrees with float64", async ({ gpu }) => {
  for (const [q, n, f, k] of [[7, 67, 50, 10], [64, 400, 24, 400], [2, 5003, 9, 500]]) {
    const [queries, items] = [randomArray([q, f], 1), randomArray([n, f], 2, 30)];
    items.data.fill(0, f, 2 * f);
    const { indices, scores } = await nearest(gpu, queries, items, { k });
    const exact = scoresRef(queries, items, "cosine").data;
    expectedLists(queries, items, { k }).forEach((expected, i) => {
      expected.scores.forEach((score, place) => {
        const at = i * k + place;
        assert(Math.abs(scores.data[at] - score) < 5e-7, `${scores.data[at]}, ${score}`);
        assert(Math.abs(exact[i * n + indices.data[at]] - score) < 5e-7, "an item of that score");
      });
    });
    const first = new Set(indices.data.subarray(0, k));
    assertEquals(first.size, k, "no item twice");
  }
});

test("nearest() leaves out what a query excludes, and itself", async ({ gpu }) => {
  const [n, f] = [131, 3];
  const items = wholeRows(n, f, 3);
  const excluded = Array.from({ length: n }, (_, i) => i === 4 ? [130, 0, 0, 77] : [(7 * i) % n]);
  excluded[9] = Array.from({ length: n - 2 }, (_, i) => i);
  const options = { k: 5, by: "innerProduct", exclude: excluded, excludeSelf: true } as const;
  const { indices, counts } = await nearest(gpu, items, items, options);
  expectedLists(items, items, options).forEach(({ list }, i) => {
    assertEquals(counts[i], list.length);
    assertEquals([...indices.data.subarray(5 * i, 5 * i + counts[i])], list, `query ${i}`);
  });
  assertEquals(counts[9], 2);
});

testCheck("lists go on over tiles, whether or not all that reaches the floor fits", checkNearest);
testCheck("exclude() leaves all other scores", checkExclude);

test("exclude() takes out the named scores and no other", async ({ gpu, scope }) => {
  const scores = scope.upload(ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
  exclude(scope, scores, scope.upload(ndarray([2, 2], Uint32Array.of(0, 1, 1, 2))));
  const { data } = await gpu.read(scores);
  assertEquals([...data], [1, LOWEST, 3, 4, 5, LOWEST]);
});

test("nearest() gives the same bits again, reports, stops when told, and keeps no memory", async ({ gpu }) => {
  const before = gpu.memory().liveBytes;
  const [queries, items] = [randomArray([1030, 6], 1), randomArray([300, 6], 2)];
  const told: number[][] = [];
  const progress = (...counts: number[]) => told.push(counts);
  const first = await nearest(gpu, queries, items, { k: 20, progress });
  assertEquals(await nearest(gpu, queries, items, { k: 20 }), first);
  assertEquals(told, [[1024, 1030], [1030, 1030]]);
  const stop = new AbortController();
  const stopping = nearest(gpu, queries, items, {
    k: 20,
    signal: stop.signal,
    progress: () => stop.abort(new Error("enough")),
  });
  await assertRejects(() => stopping, Error, "enough");
  assertEquals(gpu.memory().liveBytes, before);
});

test("nearest() refuses what does not fit", async ({ gpu }) => {
  const [queries, items] = [randomArray([2, 3], 1), randomArray([5, 3], 2)];
  const refuses = (
    message: string,
    options: Partial<NearestOptions>,
    of: NdArray = queries,
    among: NdArray = items,
  ) => rejects(() => nearest(gpu, of, among, { k: 2, ...options }), message);
  await refuses("k is 0, expected a whole number from 1 to 768", { k: 0 });
  await refuses("k is 769", { k: 769 });
  await refuses("items is [5, 3], expected [n, 4]", {}, randomArray([2, 4], 1));
  await refuses("lists to exclude is 1, expected 2", { exclude: [[1]] });
  await refuses("an item that query 1 excludes is 5, expected a whole number from 0 to 4", {
    exclude: [[], [5]],
  });
  await refuses(
    "each an item, is 5, expected a whole number from 1 to 2",
    { excludeSelf: true },
    items,
    queries,
  );
  const bad = ndarray([1, 3], Float32Array.of(1, NaN, 2));
  await refuses("of queries is NaN", {}, bad);
  const large = ndarray([1, 3], Float64Array.of(1e38, 0, 1e38));
  await refuses(
    "the largest possible score is",
    { by: "innerProduct" },
    large,
    randomArray([5, 3], 2, 1e3),
  );
});
