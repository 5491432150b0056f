/**
 * Exact t-SNE beside that of druidjs in one process: the same rows, perplexity, learning rate by each
 * one's default, iterations per second. Then the divergence of ours beside that of float64 loops over
 * all pairs from the same start.
 *
 * `deno run -A bench/tsne_peer.ts [rows] [columns] [iterations] [rounds] [whole]`
 *
 * Rounds alternate, so that a machine that gets slower slows both. Of ours a round is a whole call less
 * its affinities, with the divergence every 50 iterations; of druidjs the same number of iterations
 * after its affinities were made. `whole` 0 leaves the runs of 1,000 iterations out.
 *
 * @module
 */
import { openGpu } from "../gpu/gpu.ts";
import { key } from "../gpu/random.ts";
import { affinities } from "../recsys/affinities.ts";
import { fitTsne, tsneAffinities, tsneStart } from "../recsys/tsne.ts";
import { affinitiesRef, klRef, tsneRef } from "../recsys/tsne_ref.ts";
import { DruidTsne } from "./deps.ts";
import { clusteredRows } from "./tsne.ts";

const [n = 1000, d = 50, iterations = 200, rounds = 5, whole = 1] = Deno.args.map(Number);
const perplexity = Math.min(30, (n - 1) / 3);
using gpu = await openGpu();
console.log(
  `${gpu.name}; ${n} x ${d}, perplexity ${perplexity}, ${iterations} iterations, ${rounds} rounds`,
);
const x = clusteredRows(n, d);

const druid = new DruidTsne(
  Array.from({ length: n }, (_, i) => Array.from(x.data.subarray(i * d, (i + 1) * d))),
  { perplexity, d: 2, seed: 1 },
);
druid.init();
const iterate: () => void = Reflect.get(druid, "next").bind(druid); // private in its types only
const ours: number[] = [];
const theirs: number[] = [];
for (let round = -1; round < rounds; round++) {
  let clock = performance.now();
  affinities(x, tsneAffinities(n, { perplexity }));
  const made = performance.now() - clock;
  clock = performance.now();
  await fitTsne(gpu, x, { key: key(1), perplexity, iterations });
  if (round >= 0) ours.push(1e3 * iterations / (performance.now() - clock - made));
  clock = performance.now();
  for (let i = 0; i < iterations / 4; i++) iterate();
  if (round >= 0) theirs.push(1e3 * (iterations / 4) / (performance.now() - clock));
}
const middle = (rates: number[]) => rates.sort((a, b) => a - b)[rounds >> 1];
console.log(
  `medians: cetus ${middle(ours).toFixed(0)} iterations/s, druidjs ${middle(theirs).toFixed(0)}: ${
    (middle(ours) / middle(theirs)).toFixed(2)
  } times as fast`,
);

if (whole) {
  const { embedding } = await fitTsne(gpu, x, { key: key(1), perplexity });
  const p = affinitiesRef(x, perplexity);
  const reference = tsneRef(p, tsneStart(n, { key: key(1) }), 1000, (t) => ({
    exaggeration: t < 250 ? 12 : 1,
    momentum: t < 250 ? 0.5 : 0.8,
    learningRate: Math.max(50, n / 48),
  }));
  const [mine, exact] = [klRef(p, embedding), klRef(p, reference)];
  console.log(
    `divergence over all pairs after 1,000 iterations: cetus ${
      mine.toFixed(5)
    }, float64 from the same start ${exact.toFixed(5)}, ${
      (100 * (mine / exact - 1)).toFixed(2)
    } % apart`,
  );
}
