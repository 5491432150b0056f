/**
 * How fast spherical K-means is: 20,000 rows of 128, 256 centroids, 5 iterations, and by kernel.
 *
 * `deno run -A bench/kmeans.ts [rows] [columns] [centroids] [iterations] [rounds]`
 *
 * The median of some rounds, each a whole call with its readback, after one call that compiles. Rows
 * are uploaded before. GFLOP/s count 2 rows columns centroids an iteration: the assignment's products.
 *
 * @module
 */
import {
  fitSphericalKMeans,
  kMeansState,
  kMeansStep,
  startCentroids,
} from "../audio/spherical_kmeans.ts";
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { Program } from "../gpu/program.ts";
import { key } from "../gpu/random.ts";
import { fillNormal } from "../gpu/random_kernels.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** Extents of a problem. */
export interface KMeansProblem {
  /** Rows. */
  readonly n: number;
  /** Columns, a multiple of four. */
  readonly d: number;
  /** Centroids. */
  readonly k: number;
  /** Passes over the rows. */
  readonly iterations: number;
}

/** Standard normal rows on the device. */
export function normalRows(gpu: Gpu, { n, d }: KMeansProblem): Tensor {
  const rows = gpu.persistent([n, d], { label: "rows" });
  fillNormal(gpu, rows, key(1));
  return rows;
}

/** Seconds of each of some whole calls. */
export async function timeKMeans(
  gpu: Gpu,
  rows: Tensor,
  { k, iterations }: KMeansProblem,
  rounds: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    await gpu.sync();
    const start = performance.now();
    await fitSphericalKMeans(gpu, rows, { k, iterations, key: key(2) });
    if (round >= 0) times.push((performance.now() - start) / 1e3);
  }
  return times.sort((a, b) => a - b);
}

/** One pass, recorded. */
function recordStep(gpu: Gpu, rows: Tensor, problem: KMeansProblem): Recorder {
  const options = { k: problem.k, key: key(2) };
  const recorder = new Recorder(gpu);
  const centroids = gpu.persistent([problem.k, problem.d], { label: "centroids" });
  gpu.write(centroids, startCentroids(options, problem.d).data);
  kMeansStep(recorder, kMeansState(recorder, [rows], centroids, 1), options, 0);
  return recorder;
}

if (import.meta.main) {
  const [n = 20_000, d = 128, k = 256, iterations = 5, rounds = 5] = Deno.args.map(Number);
  const problem = { n, d, k, iterations };
  using gpu = await openGpu();
  console.log(gpu.name);
  const rows = normalRows(gpu, problem);
  const times = await timeKMeans(gpu, rows, problem, rounds);
  const median = times[times.length >> 1];
  const gigaflops = 2 * n * d * k * iterations / median / 1e9;
  console.log(
    `${n} x ${d}, K ${k}, ${iterations} iterations: ${median.toFixed(3)} s`,
    `(${times[0].toFixed(3)} to ${times.at(-1)!.toFixed(3)}), ${gigaflops.toFixed(1)} GFLOP/s`,
  );
  using step = await Program.compile(gpu, recordStep(gpu, rows, problem));
  step.run([{}]);
  for (const { name, calls, milliseconds } of await step.profile({})) {
    console.log(`${name.padEnd(28)} ${calls} ${milliseconds.toFixed(2).padStart(9)} ms`);
  }
}
