/**
 * Spherical K-means beside ml-kmeans in one process, its objective beside the float64 reference, and
 * where a pass spends its time: the same rows, the same start, the same number of passes. ml-kmeans
 * looks for the nearest centroid by distance and takes means, which is the same work: rows x centroids
 * x columns products a pass.
 *
 * `deno run -A bench/kmeans.ts [rows] [columns] [centroids] [iterations] [rounds]`
 *
 * @module
 */
import {
  fitSphericalKMeans,
  kMeansState,
  kMeansStep,
  startCentroids,
} from "../audio/spherical_kmeans.ts";
import { sphericalKMeansRef } from "../audio/spherical_kmeans_ref.ts";
import { openGpu } from "../gpu/gpu.ts";
import { key } from "../gpu/random.ts";
import { mlKMeans } from "./deps.ts";
import { compiled, noise, printProfile, printTurns, takeTurns } from "./timing.ts";

const [n = 20_000, d = 128, k = 256, iterations = 5, rounds = 5] = Deno.args.map(Number);
using gpu = await openGpu();
console.log(`${gpu.name}; ${n} x ${d}, K ${k}, ${iterations} iterations, ${rounds} rounds`);
const host = noise([n, d], 1);
const rows = gpu.upload(host);
const options = { k, iterations, key: key(2) };
const start = startCentroids(options, d);
const asRows = (data: ArrayLike<number>, count: number) =>
  Array.from({ length: count }, (_, r) => Array.from({ length: d }, (_, c) => data[r * d + c]));
const [peerRows, initialization] = [asRows(host.data, n), asRows(start.data, k)];

const times = await takeTurns({
  cetus: () => fitSphericalKMeans(gpu, rows, options),
  "ml-kmeans": () =>
    mlKMeans(peerRows, k, { initialization, maxIterations: iterations, tolerance: 0 }),
}, rounds);
printTurns(times);
const rate = 2 * n * d * k * iterations / times.cetus.median / 1e6;
console.log(`products of the assignment: ${rate.toFixed(1)} GFLOP/s`);

const { objective } = await fitSphericalKMeans(gpu, rows, options);
const reference = sphericalKMeansRef(host, options).objective;
const apart = objective.map((value, i) => Math.abs(value - reference[i]) / reference[i]);
console.log(
  `objective ${objective.at(-1)!.toFixed(6)}, float64 reference ${reference.at(-1)!.toFixed(6)},`,
  `largest relative difference of a pass ${Math.max(...apart).toExponential(1)}`,
);

const centroids = gpu.upload(start);
using program = await compiled(
  gpu,
  (context) => kMeansStep(context, kMeansState(context, [rows], centroids, 1), options, 0),
);
await printProfile(program);
