/**
 * How fast the nearest items are found, beside loops on the host that keep a sorted list a query.
 *
 * `deno run -A bench/nearest.ts [queries] [items] [columns] [k] [rounds]`
 *
 * A round is a whole call, with packing, upload and readback.
 *
 * @module
 */
import { openGpu } from "../gpu/gpu.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { nearest } from "../recsys/nearest.ts";
import { noise, printTurns, takeTurns } from "./timing.ts";

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

const [q = 64, n = 100_000, d = 50, k = 500, rounds = 5] = Deno.args.map(Number);
using gpu = await openGpu();
console.log(`${gpu.name}; ${q} queries, ${n} x ${d} items, k ${k}, ${rounds} rounds`);
const [queries, items] = [noise([q, d], 1), noise([n, d], 2)];
const ours = () => nearest(gpu, queries, items, { k, by: "innerProduct" });
printTurns(
  await takeTurns({ cetus: ours, "host loops": () => hostNearest(queries, items, k) }, rounds),
);
const expected = hostNearest(queries, items, k);
const same = (await ours()).indices.data.filter((item, at) => item === expected[at]).length;
console.log(`${(100 * same / (q * k)).toFixed(2)} % of the places agree`);
