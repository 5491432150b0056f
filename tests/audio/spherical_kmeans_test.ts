import { assert, assertEquals } from "@std/assert";
import { fitSphericalKMeans } from "../../audio/spherical_kmeans.ts";
import { sphericalKMeansRef } from "../../audio/spherical_kmeans_ref.ts";
import { key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { checkKMeans } from "../../tasks/doctor/audio_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { rejects } from "../refusals.ts";
import { pattern } from "./signal.ts";

/** Rows of one of three directions in the plane, of lengths from 1 to 3, with a little noise. */
function threeDirections(n: number): NdArray<Float64Array> {
  const noise = randomArray([n, 2], 4, 0.05).data;
  const data = Float64Array.from({ length: 2 * n }, (_, at) => {
    const i = at >> 1;
    const angle = 0.3 + (i % 3) * 2 * Math.PI / 3;
    return Math.fround((1 + i % 7 / 3) * (at & 1 ? Math.sin(angle) : Math.cos(angle)) + noise[at]);
  });
  return ndarray([n, 2], data);
}

/** Numbers of rows to chunks of those rows. */
function split(x: NdArray<Float64Array>, counts: readonly number[]): NdArray[] {
  const d = x.shape[1];
  let first = 0;
  return counts.map((count) => {
    const data = x.data.slice(first * d, (first + count) * d);
    first += count;
    return ndarray([count, d], data);
  });
}

/**
 * NumPy 1.24.2 over `pattern([40, 3])`, from the rows of `START` as unit vectors, three times:
 * S = X @ D.T; a = S.argmax(1); C one-hot of a times S; D = D + C.T @ X, rows divided by
 * numpy.linalg.norm. The objective is ((X - s[:, None] * D[a]) ** 2).sum(1).mean() before the update.
 */
// deno-fmt-ignore
const GOLDEN = {
  centroids: [
    0.8523757341359999, 0.364377993288491, -0.3750790394879027,
    -0.6138724718954617, 0.7792518651568165, 0.12620268974383278,
    0.35536819829368466, -0.5262793869634351, 0.7724917154888403,
    -0.8197875402487745, -0.41460970189015206, -0.39502807995308775,
  ],
  objective: [12.504166666666666, 9.933257102807062, 8.883727005033593],
  members: [11, 9, 11, 9],
};
const START = [1, 0, 0, 0, 1, 0, 0, 0, 1, -1, -1, -1];

test("spherical K-means gives NumPy's centroids after three passes", async ({ gpu, scope }) => {
  const start = ndarray([4, 3], Float64Array.from(START));
  const options = { k: 4, key: key(1), iterations: 3, start };
  const expected = ndarray([4, 3], Float64Array.from(GOLDEN.centroids));
  const objective = ndarray([3], Float64Array.from(GOLDEN.objective));
  const ref = sphericalKMeansRef(pattern([40, 3]), options);
  assertClose(ref.centroids, expected, { relative: 1e-12 });
  assertClose(ndarray([3], ref.objective), objective, { relative: 1e-12 });
  const ours = await fitSphericalKMeans(gpu, scope.upload(pattern([40, 3])), options);
  assertClose(ours.centroids, expected, { relative: 1e-5 });
  assertClose(ndarray([3], ours.objective), objective, { relative: 1e-5 });
  assertEquals([...ours.members], GOLDEN.members);
});

test("fitSphericalKMeans() finds three well separated directions", async ({ gpu, scope }) => {
  const rows = scope.upload(threeDirections(600));
  const { centroids, members } = await fitSphericalKMeans(gpu, rows, { k: 3, key: key(3) });
  const { data } = centroids;
  const angles = [0, 1, 2].map((i) => Math.atan2(data[2 * i + 1], data[2 * i]));
  const found = angles.map((angle) => (angle + 2 * Math.PI) % (2 * Math.PI)).sort((a, b) => a - b);
  const expected = [0, 1, 2].map((i) => 0.3 + i * 2 * Math.PI / 3);
  found.forEach((angle, i) => assert(Math.abs(angle - expected[i]) < 0.01, `${found}`));
  assertEquals([...members], [200, 200, 200]);
});

test("fitSphericalKMeans() follows float64 with every option, in chunks and in one", async ({ gpu }) => {
  const [n, d, k] = [700, 6, 9];
  const x = randomArray([n, d], 8);
  for (const damped of [true, false]) {
    for (const oneHot of [true, false]) {
      const options = { k, key: key(11), iterations: 6, damped, oneHot };
      const expected = sphericalKMeansRef(x, options);
      for (const counts of [[n], [300, 1, 399]]) {
        using scope = gpu.scope();
        const chunks = split(x, counts).map((chunk) => scope.upload(chunk));
        const { centroids, objective, members } = await fitSphericalKMeans(gpu, chunks, options);
        const name = `damped ${damped}, one-hot ${oneHot}, ${counts}`;
        assertClose(centroids, expected.centroids, { absolute: 1e-4, name });
        const [ours, theirs] = [objective, expected.objective].map((o) => ndarray([6], o));
        assertClose(ours, theirs, { relative: 1e-4, name });
        assertEquals(members, expected.members, name);
      }
    }
  }
});

testCheck("passes of spherical K-means agree with float64", checkKMeans);

test("the objective of spherical K-means with projections falls from pass to pass", async ({ gpu, scope }) => {
  const x = randomArray([500, 8], 2).data.map((value, i) => value * (1 + i % 8));
  const rows = scope.upload(ndarray([500, 8], x));
  const { objective } = await fitSphericalKMeans(gpu, rows, { k: 12, key: key(5), iterations: 12 });
  assert(objective.at(-1)! < 0.9 * objective[0], `${objective}`);
  objective.forEach((value, i) => assert(i === 0 || value <= objective[i - 1] * (1 + 1e-5)));
});

test("a dead centroid is put on a row drawn by key, and the others stay", async ({ gpu, scope }) => {
  const x = threeDirections(300);
  // The last two centroids point away from every row of the first two directions' neighbourhood.
  const start = ndarray([5, 2], Float64Array.of(1, 0.3, -0.7, 0.7, -0.3, -0.9, 0.01, -1, 0.02, -1));
  const options = { k: 5, key: key(2), iterations: 1, start };
  const expected = sphericalKMeansRef(x, options);
  assert(expected.members.some((count) => count === 0), `${expected.members}`);
  const chunks = split(x, [120, 180]).map((chunk) => scope.upload(chunk));
  const { centroids, members } = await fitSphericalKMeans(gpu, chunks, options);
  assertEquals(members, expected.members);
  assertClose(centroids, expected.centroids, { absolute: 1e-5 });
});

test("the same key gives the same centroids of spherical K-means to the bit over many rows", async ({ gpu }) => {
  const run = async (seed: number) => {
    const { centroids, objective } = await fitSphericalKMeans(gpu, randomArray([400, 7], 1), {
      k: 20,
      key: key(seed),
    });
    return [...centroids.data, ...objective];
  };
  const first = await run(1);
  assertEquals(await run(1), first);
  assert((await run(2)).some((value, i) => value !== first[i]));
});

test("fitSphericalKMeans() names what does not fit", async ({ gpu, scope }) => {
  const rows = scope.upload(randomArray([10, 4], 1));
  const run = (options: object) => fitSphericalKMeans(gpu, rows, { k: 2, key: key(1), ...options });
  await rejects(() => run({ k: 0 }), "k is 0, expected a whole number from 1 on");
  await rejects(() => run({ start: randomArray([2, 5]) }), "start is [2, 5], expected [2, 4]");
});
