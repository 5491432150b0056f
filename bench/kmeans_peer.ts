/**
 * Spherical K-means beside ml-kmeans in one process, and its objective beside the float64 reference:
 * the same rows, the same start, the same number of passes. ml-kmeans looks for the nearest centroid
 * by distance and takes means, which is the same work: rows x centroids x columns products a pass.
 *
 * `deno run -A bench/kmeans_peer.ts [rows] [columns] [centroids] [iterations] [rounds]`
 *
 * Rounds alternate, so that a machine that gets slower slows both. The best of each is compared, and
 * the medians.
 *
 * @module
 */
import { fitSphericalKMeans, startCentroids } from "../audio/spherical_kmeans.ts";
import { sphericalKMeansRef } from "../audio/spherical_kmeans_ref.ts";
import { openGpu } from "../gpu/gpu.ts";
import { key } from "../gpu/random.ts";
import { mlKMeans } from "./deps.ts";
import { normalRows } from "./kmeans.ts";

const [n = 20_000, d = 128, k = 256, iterations = 5, rounds = 5] = Deno.args.map(Number);
using gpu = await openGpu();
console.log(`${gpu.name}; ${n} x ${d}, K ${k}, ${iterations} iterations, ${rounds} rounds`);
const rows = normalRows(gpu, { n, d, k, iterations });
const options = { k, iterations, key: key(2) };
const host = await gpu.read(rows);
const start = startCentroids(options, d);
const asRows = (data: ArrayLike<number>, count: number) =>
  Array.from({ length: count }, (_, r) => Array.from({ length: d }, (_, c) => data[r * d + c]));
const peerRows = asRows(host.data, n);
const peerStart = asRows(start.data, k);

const ours: number[] = [];
const theirs: number[] = [];
let objective = new Float64Array(0);
for (let round = -1; round < rounds; round++) {
  await gpu.sync();
  let clock = performance.now();
  const result = await fitSphericalKMeans(gpu, rows, options);
  if (round >= 0) ours.push(performance.now() - clock);
  objective = Float64Array.from(result.objective);
  clock = performance.now();
  mlKMeans(peerRows, k, { initialization: peerStart, maxIterations: iterations, tolerance: 0 });
  if (round >= 0) theirs.push(performance.now() - clock);
}
const sorted = (times: number[]) => times.sort((a, b) => a - b);
for (const [name, at] of [["best", 0], ["median", rounds >> 1]] as const) {
  const [a, b] = [sorted(ours)[at], sorted(theirs)[at]];
  console.log(
    `${name.padEnd(7)} cetus ${a.toFixed(0)} ms, ml-kmeans ${b.toFixed(0)} ms: ${
      (b / a).toFixed(2)
    } times as fast`,
  );
}
const reference = sphericalKMeansRef(host, options);
const difference = objective.map((value, i) =>
  Math.abs(value - reference.objective[i]) / reference.objective[i]
);
console.log(
  `objective ${objective.at(-1)!.toFixed(6)}, float64 reference ${
    reference.objective.at(-1)!.toFixed(6)
  }, largest relative difference of a pass ${Math.max(...difference).toExponential(1)}`,
);
