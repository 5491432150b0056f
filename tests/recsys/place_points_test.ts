import { assert, assertEquals, assertRejects } from "@std/assert";
import { key, normal } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { applyTsne, type PlaceOptions } from "../../recsys/place_points.ts";
import { placementKlGradRef, placementKlRef } from "../../recsys/place_points_ref.ts";
import { fitTsne } from "../../recsys/tsne.ts";
import { checkPlacePoints } from "../../tasks/doctor/recsys_checks.ts";
import { checkGradient, randomArray, sharedGpu, test, testCheck } from "../check.ts";
import { rejects } from "../refusals.ts";

const rowOf = ({ shape: [, d], data }: NdArray, i: number) => data.slice(i * d, (i + 1) * d);

Deno.test("placementKlGradRef() agrees with finite differences", () => {
  const map = randomArray([9, 2], 1, 2);
  const p = { neighbours: [1, 4, 7], values: [0.5, 0.3, 0.2] };
  const at = ndarray([2], Float64Array.of(0.4, -1.1));
  const gradient = ndarray([2], placementKlGradRef(map, p, at.data));
  checkGradient(() => placementKlRef(map, p, at.data), at, gradient);
});

testCheck("placeSteps() agrees with float64 over awkward numbers of points", checkPlacePoints);

/** Three clusters and their map. */
async function mapped() {
  const [n, d] = [90, 6];
  const data = Float64Array.from(
    { length: n * d },
    (_, i) => normal(key(1), i) + (Math.floor(i / d) % 3 === i % d ? 8 : 0),
  );
  const x = ndarray([n, d], data);
  const { embedding } = await fitTsne(await sharedGpu(), x, {
    key: key(2),
    perplexity: 10,
    iterations: 400,
    exaggeratedIterations: 100,
  });
  return { rows: x, embedding };
}

test("applyTsne() puts a copy of an old point beside it, and a new one into its cluster", async ({ gpu }) => {
  const map = await mapped();
  const copies = [0, 31, 62, 89];
  const fresh = Float64Array.from({ length: 18 }, (_, i) => i % 7 === 0 ? 8 : 0); // the centres
  const data = Float64Array.of(...copies.flatMap((i) => [...rowOf(map.rows, i)]), ...fresh);
  const points = ndarray([7, 6], data);
  const places = await applyTsne(gpu, map, points);
  const distance = (i: number, j: number) =>
    Math.hypot(
      places.data[2 * i] - map.embedding.data[2 * j],
      places.data[2 * i + 1] - map.embedding.data[2 * j + 1],
    );
  for (let i = 0; i < 7; i++) {
    const byDistance = [...Array(90).keys()].sort((a, b) => distance(i, a) - distance(i, b));
    const cluster = i < 4 ? copies[i] % 3 : i - 4;
    assert(byDistance.slice(0, 5).every((j) => j % 3 === cluster), `point ${i} among its own`);
    if (i >= 4) continue;
    const rank = byDistance.indexOf(copies[i]);
    assert(rank < 10, `${rank} points are nearer to the copy of ${copies[i]} than it is`);
  }
});

test("applyTsne() gives the same bits again, and alone as among others", async ({ gpu }) => {
  const map = await mapped();
  const points = randomArray([5, 6], 7, 3);
  const before = gpu.memory().liveBytes;
  const all = await applyTsne(gpu, map, points);
  assertEquals(await applyTsne(gpu, map, points), all);
  const alone = await applyTsne(gpu, map, ndarray([1, 6], rowOf(points, 3)));
  assertEquals(alone.data, all.data.slice(6, 8));
  assertEquals(gpu.memory().liveBytes, before);
});

test("applyTsne() reports, stops when told, and refuses what does not fit", async ({ gpu }) => {
  const map = { rows: randomArray([20, 3], 1), embedding: randomArray([20, 2], 2) };
  const points = randomArray([2, 3], 3);
  const told: number[][] = [];
  await applyTsne(gpu, map, points, { progress: (...counts) => told.push(counts) });
  assertEquals(told.at(-1), [250, 250]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => applyTsne(gpu, map, points, { signal }), Error, "enough");
  const refuses = (message: string, options: PlaceOptions, others: object = {}, x = points) =>
    rejects(() => applyTsne(gpu, { ...map, ...others }, x, options), message);
  await refuses("rows is [2, 4], expected [n, 3]", {}, {}, randomArray([2, 4], 3));
  const [few, wide] = [randomArray([19, 2], 3), randomArray([20, 3], 3)];
  await refuses("embedding is [19, 2], expected [20, 2]", {}, { embedding: few });
  await refuses("embedding is [20, 3], expected [20, 2]", {}, { embedding: wide });
  await refuses(
    "perplexity is 20, expected more than 1 and less than the 20 neighbours",
    { perplexity: 20 },
  );
  await refuses("momentum is 1, expected 0 up to below 1", { momentum: 1 });
});
