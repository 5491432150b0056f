/**
 * How fast the nearest items are found, beside loops on the host that keep a sorted list a query.
 *
 * `deno run -A bench/nearest.ts [queries] [items] [columns] [k] [rounds]`
 *
 * A round is a whole call, with packing, upload and readback. Rounds alternate after one that compiles.
 *
 * @module
 */
import { openGpu } from "../gpu/gpu.ts";
import { key, normal } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { nearest } from "../recsys/nearest.ts";

/** Standard normals; beyond 65,521 of them, a prime, they repeat. */
function normalRows(n: number, d: number, seed: number): NdArray<Float32Array> {
  const data = new Float32Array(n * d);
  for (let i = 0; i < data.length; i++) {
    data[i] = i < 65_521 ? normal(key(seed), i) : data[i - 65_521] + 1e-3 * (i >> 16);
  }
  return ndarray([n, d], data);
}

/** Inner products by loops in f32 arrays, and insertion into a sorted list. */
function hostNearest(queries: NdArray, items: NdArray, k: number): Uint32Array {
  const [[q, d], n] = [queries.shape, items.shape[0]];
  const indices = new Uint32Array(q * k);
  const scores = new Float64Array(k);
  for (let row = 0; row < q; row++) {
    const list = indices.subarray(row * k, row * k + k);
    scores.fill(-Infinity);
    for (let item = 0; item < n; item++) {
      let score = 0;
      for (let c = 0; c < d; c++) score += queries.data[row * d + c] * items.data[item * d + c];
      if (score <= scores[k - 1]) continue;
      let [low, high] = [0, k - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (scores[middle] >= score) low = middle + 1;
        else high = middle;
      }
      scores.copyWithin(low + 1, low, k - 1);
      list.copyWithin(low + 1, low, k - 1);
      scores[low] = score;
      list[low] = item;
    }
  }
  return indices;
}

if (import.meta.main) {
  const [q = 64, n = 100_000, d = 50, k = 500, rounds = 5] = Deno.args.map(Number);
  using gpu = await openGpu();
  console.log(`${gpu.name}; ${q} queries, ${n} x ${d} items, k ${k}, ${rounds} rounds`);
  const [queries, items] = [normalRows(q, d, 1), normalRows(n, d, 2)];
  const [ours, host]: [number[], number[]] = [[], []];
  let same = 0;
  for (let round = -1; round < rounds; round++) {
    let clock = performance.now();
    const { indices } = await nearest(gpu, queries, items, { k, by: "innerProduct" });
    if (round >= 0) ours.push(performance.now() - clock);
    clock = performance.now();
    const expected = hostNearest(queries, items, k);
    if (round >= 0) host.push(performance.now() - clock);
    same = indices.data.reduce((sum, item, at) => sum + (item === expected[at] ? 1 : 0), 0);
  }
  const middle = (times: number[]) => times.sort((a, b) => a - b)[rounds >> 1];
  const [a, b] = [middle(ours), middle(host)];
  console.log(
    `medians: cetus ${a.toFixed(1)} ms, host loops ${b.toFixed(1)} ms: ${
      (b / a).toFixed(2)
    } times as fast; ${(100 * same / (q * k)).toFixed(2)} % of the places agree`,
  );
}
