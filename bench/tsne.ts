/**
 * Exact t-SNE beside druidjs in one process, where an iteration spends its time, and how near its
 * divergence comes to that of float64 from the same start.
 *
 * `deno run -A bench/tsne.ts [rows] [columns] [iterations] [rounds] [reference] [neighbours]`
 *
 * Rows lie in ten normal clusters; each one's learning rate is its default. A round of ours is a whole
 * call less its affinities, with the divergence every 50 iterations; one of druidjs a quarter of the
 * iterations after its affinities were made. `reference` 1 also embeds in float64 over all pairs, which
 * takes some 10 ms an iteration at 1,000 rows; 0 leaves it and druidjs out. `neighbours` 0 keeps the
 * default of `fitTsne`.
 *
 * @module
 */
import { openGpu } from "../gpu/gpu.ts";
import { key, normal } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { affinities } from "../recsys/affinities.ts";
import { fitTsne, tsneAffinities, tsneStart } from "../recsys/tsne.ts";
import { affinitiesRef, klRef, tsneRef } from "../recsys/tsne_ref.ts";
import { makeTsneState, tsneStep } from "../recsys/tsne_step.ts";
import { DruidTsne } from "./deps.ts";
import { compiled, printProfile, takeTurns } from "./timing.ts";

const CLUSTERS = 10;

/** Normal clusters about normal centres twice as wide, row i in cluster i % 10. */
function clusteredRows(n: number, d: number): NdArray<Float64Array> {
  const centres = Array.from({ length: CLUSTERS * d }, (_, i) => 2 * normal(key(5), i));
  const data = Float64Array.from(
    { length: n * d },
    (_, i) => normal(key(6), i) + centres[(Math.floor(i / d) % CLUSTERS) * d + i % d],
  );
  return ndarray([n, d], data);
}

/** A quarter of the iterations of druidjs' t-SNE. */
function druidQuarter(x: NdArray, perplexity: number, iterations: number): () => void {
  const [n, d] = x.shape;
  const rows = Array.from({ length: n }, (_, i) => Array.from(x.data.subarray(i * d, (i + 1) * d)));
  const druid = new DruidTsne(rows, { perplexity, d: 2, seed: 1 });
  druid.init();
  const iterate: () => void = Reflect.get(druid, "next").bind(druid); // private in its types only
  return () => {
    for (let i = 0; i < iterations / 4; i++) iterate();
  };
}

/** Divergence over all pairs of an embedding and of the one that float64 makes. */
function compare(x: NdArray, perplexity: number, embedding: NdArray, iterations: number): void {
  const n = x.shape[0];
  const p = affinitiesRef(x, perplexity);
  const clock = performance.now();
  const learningRate = Math.max(50, n / 48);
  const reference = tsneRef(p, tsneStart(n, { key: key(1) }), [
    { iterations: 250, settings: { exaggeration: 12, momentum: 0.5, learningRate } },
    { iterations: iterations - 250, settings: { exaggeration: 1, momentum: 0.8, learningRate } },
  ]);
  const rate = 1e3 * iterations / (performance.now() - clock);
  const [ours, exact] = [klRef(p, embedding), klRef(p, reference)];
  console.log(
    `KL over all pairs ${ours.toFixed(5)}, of float64 from the same start ${exact.toFixed(5)}:`,
    `${(100 * (ours / exact - 1)).toFixed(2)} % apart; float64 ${rate.toFixed(0)} iterations/s`,
  );
}

const [n = 1000, d = 50, iterations = 1000, rounds = 5, reference = 1, kept = 0] = Deno.args
  .map(Number);
const perplexity = Math.min(30, (n - 1) / 3);
const neighbours = kept || undefined;
using gpu = await openGpu();
console.log(`${gpu.name}; ${n} x ${d}, perplexity ${perplexity}, ${iterations} iterations`);
const x = clusteredRows(n, d);
const options = { key: key(1), perplexity, iterations, neighbours };
const pairs = () => affinities(x, tsneAffinities(n, { perplexity, neighbours }));
const druid = reference ? druidQuarter(x, perplexity, iterations) : () => {};
const times = await takeTurns({ pairs, cetus: () => fitTsne(gpu, x, options), druid }, rounds);
const rate = 1e3 * iterations / (times.cetus.median - times.pairs.median);
const { embedding, kl } = await fitTsne(gpu, x, options);
console.log(
  `cetus ${rate.toFixed(0)} iterations/s, ${times.pairs.median.toFixed(0)} ms of a call for`,
  `affinities, KL ${kl.toFixed(5)}`,
);
if (reference) {
  const theirs = 1e3 * (iterations / 4) / times.druid.median;
  console.log(`druidjs ${theirs.toFixed(0)} iterations/s: ${(rate / theirs).toFixed(2)} times`);
}
using scope = gpu.scope();
const state = makeTsneState(scope, pairs(), embedding);
using program = await compiled(
  gpu,
  (context) => tsneStep(context, state, { exaggeration: 1, momentum: 0.8, learningRate: 50 }),
);
await printProfile(program, 20);
if (reference) compare(x, perplexity, embedding, iterations);
