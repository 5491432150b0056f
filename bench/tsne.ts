/**
 * How fast exact t-SNE is, and how near its divergence comes to that of float64 from the same start.
 *
 * `deno run -A bench/tsne.ts [rows] [columns] [iterations] [rounds] [reference] [neighbours]`
 *
 * Rows lie in ten normal clusters. A round is a whole call with affinities, reports and readback, after
 * one that compiles. `reference` 1 also embeds in float64 over all pairs, which takes some 10 ms an
 * iteration at 1,000 rows; 0 leaves it out. `neighbours` 0 keeps the default of `tsne`.
 *
 * @module
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { type KernelTime, Program } from "../gpu/program.ts";
import { key, normal } from "../gpu/random.ts";
import { Recorder } from "../gpu/recorder.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { type Affinities, affinities } from "../recsys/affinities.ts";
import { fitTsne, tsneAffinities, type TsneOptions, tsneStart } from "../recsys/tsne.ts";
import { affinitiesRef, klRef, tsneRef } from "../recsys/tsne_ref.ts";
import { makeTsneState, tsneStep } from "../recsys/tsne_step.ts";

const CLUSTERS = 10;
/** Profiled iterations, of which the best of each kernel counts. */
const PROFILES = 20;

/** Normal clusters about normal centres twice as wide, row i in cluster i % 10. */
export function clusteredRows(n: number, d: number): NdArray<Float64Array> {
  const centres = Array.from({ length: CLUSTERS * d }, (_, i) => 2 * normal(key(5), i));
  const data = Float64Array.from(
    { length: n * d },
    (_, i) => normal(key(6), i) + centres[(Math.floor(i / d) % CLUSTERS) * d + i % d],
  );
  return ndarray([n, d], data);
}

/** Milliseconds of each of some whole calls, and the last result. */
async function timeTsne(
  gpu: Gpu,
  x: NdArray,
  options: Pick<TsneOptions, "iterations" | "neighbours">,
  rounds: number,
) {
  const times: number[] = [];
  let result = await fitTsne(gpu, x, { ...options, key: key(1), iterations: 1 });
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    result = await fitTsne(gpu, x, { ...options, key: key(1) });
    times.push(performance.now() - start);
  }
  return { times: times.sort((a, b) => a - b), result };
}

/** Where the time of an iteration goes. */
async function profile(gpu: Gpu, p: Affinities, start: NdArray): Promise<void> {
  using scope = gpu.scope();
  const recorder = new Recorder(gpu);
  const state = makeTsneState(scope, p, start);
  tsneStep(recorder, state, { exaggeration: 1, momentum: 0.8, learningRate: 50 });
  using step = await Program.compile(gpu, recorder);
  const best = new Map<string, KernelTime>();
  for (let round = 0; round < PROFILES; round++) {
    for (const time of await step.profile({})) {
      const least = best.get(time.name)?.milliseconds ?? Infinity;
      if (time.milliseconds < least) best.set(time.name, time);
    }
  }
  for (const { name, milliseconds, flops } of best.values()) {
    const rate = (flops / milliseconds / 1e6).toFixed(1).padStart(7);
    console.log(`${name.padEnd(20)} ${milliseconds.toFixed(3).padStart(9)} ms ${rate} GFLOP/s`);
  }
}

/** Divergence over all pairs of an embedding and of the one that float64 makes. */
function compare(x: NdArray, perplexity: number, embedding: NdArray, iterations: number): void {
  const n = x.shape[0];
  const p = affinitiesRef(x, perplexity);
  const clock = performance.now();
  const reference = tsneRef(p, tsneStart(n, { key: key(1) }), iterations, (t) => ({
    exaggeration: t < 250 ? 12 : 1,
    momentum: t < 250 ? 0.5 : 0.8,
    learningRate: Math.max(50, n / 48),
  }));
  const rate = 1e3 * iterations / (performance.now() - clock);
  const [ours, exact] = [klRef(p, embedding), klRef(p, reference)];
  console.log(
    `KL over all pairs ${ours.toFixed(5)}, of float64 from the same start ${exact.toFixed(5)}:`,
    `${(100 * (ours / exact - 1)).toFixed(2)} % apart; float64 ${rate.toFixed(0)} iterations/s`,
  );
}

if (import.meta.main) {
  const [n = 1000, d = 50, iterations = 1000, rounds = 5, reference = 1, kept = 0] = Deno.args.map(
    Number,
  );
  const perplexity = Math.min(30, (n - 1) / 3);
  const neighbours = kept || undefined;
  using gpu = await openGpu();
  console.log(gpu.name);
  const x = clusteredRows(n, d);
  const { times, result } = await timeTsne(gpu, x, { iterations, neighbours }, rounds);
  let clock = performance.now();
  const p = affinities(x, tsneAffinities(n, { perplexity, neighbours }));
  clock = performance.now() - clock;
  const median = times[times.length >> 1];
  console.log(
    `${n} x ${d}, perplexity ${perplexity}, ${iterations} iterations: ${median.toFixed(0)} ms`,
    `(${times[0].toFixed(0)} to ${times.at(-1)!.toFixed(0)}), affinities ${
      clock.toFixed(0)
    } ms of it,`,
    `${(1e3 * iterations / (median - clock)).toFixed(0)} iterations/s, KL ${result.kl.toFixed(5)}`,
  );
  await profile(gpu, p, result.embedding);
  if (reference) compare(x, perplexity, result.embedding, iterations);
}
