/**
 * Features in bins: one for each value where they suffice, quantiles elsewhere, and thresholds that
 * part rows as the bins do.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  binColumns,
  columnBlock,
  MAX_BINS,
  thresholdBetween,
} from "../../../nn/classifiers/feature_bins.ts";
import { key, normal, uniform } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";

Deno.test("binColumns() gives each of at most 256 distinct values a bin, in their order", () => {
  const values = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i % 256));
  const { bins, low, high } = binColumns(values, 600);
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  assertEquals(distinct.length, 256);
  assertEquals([...low], distinct);
  assertEquals([...high], distinct);
  assertEquals([...bins], [...values].map((value) => distinct.indexOf(value)));
});

Deno.test("binColumns() makes even bins of many values, each column on its own", () => {
  const rows = 2560;
  const values = Float32Array.from(
    { length: 2 * rows },
    (_, i) => normal(key(1), i) * (i < rows ? 1 : 100),
  );
  const { bins, low, high } = binColumns(values, rows);
  for (const column of [0, 1]) {
    const counts = new Array(MAX_BINS).fill(0);
    for (let row = 0; row < rows; row++) {
      const at = column * rows + row;
      const bin = column * MAX_BINS + bins[at];
      counts[bins[at]]++;
      assert(values[at] >= low[bin] && values[at] <= high[bin]);
    }
    assert(counts.every((count) => count === 10), `${counts}`);
  }
});

Deno.test("binColumns() keeps equal values together and spends the other bins on the rest", () => {
  const values = Float32Array.from({ length: 4000 }, (_, i) => i < 3000 ? 0.5 : uniform(key(2), i));
  const { bins, low, high } = binColumns(values, 4000);
  assertEquals(new Set(bins.subarray(0, 3000)).size, 1);
  const used = new Set(bins);
  assert(used.size > 200, `${used.size} bins`);
  for (let bin = 1; bin < used.size; bin++) assert(high[bin - 1] < low[bin]);
});

Deno.test("thresholdBetween() parts any two float32 numbers and rounds down from their midpoint", () => {
  const tiny = 2 ** -149;
  const pairs = [[0, tiny], [-tiny, 0], [1, 1 + 2 ** -23], [-1 - 2 ** -23, -1], [-3e38, 3e38]];
  pairs.push([1 + 2 ** -23, 1 + 2 ** -22], [3.3e38, 3.4e38], [-tiny, tiny], [2, 5]);
  for (const [a, b] of pairs) {
    const [below, above] = [Math.fround(a), Math.fround(b)];
    const threshold = thresholdBetween(below, above);
    assertEquals(threshold, Math.fround(threshold));
    assert(threshold >= below && threshold < above, `${below} ${threshold} ${above}`);
    assert(threshold <= below / 2 + above / 2);
  }
  assertEquals(thresholdBetween(2, 5), 3.5);
});

Deno.test("columnBlock() transposes columns", () => {
  const x = ndarray([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6));
  assertEquals([...columnBlock(x, 1, 2)], [2, 5, 3, 6]);
});
