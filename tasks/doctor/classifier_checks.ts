/**
 * Checks of the kernels in `nn/classifiers/`.
 *
 * @module
 */
import { ndarray } from "../../gpu/tensor.ts";
import { linearSums } from "../../nn/classifiers/linear.ts";
import { linearSumsRef } from "../../nn/classifiers/linear_ref.ts";
import { paddedRows, paddedWidth } from "../../nn/classifiers/linear_shards.ts";
import type { Bench, Check } from "./bench.ts";

/** Columns, and the rows of each shard. */
type LinearCase = readonly [columns: number, rows: readonly number[]];

/** More rows than one sum takes (1024), and fewer than a block (32). */
const SHARDS: readonly LinearCase[] = [[67, [1061, 13]]];
/** Rows around a block and a sum, columns around vec4 and a workgroup's 256; in shards of 29 too. */
const MORE_SHARDS: readonly LinearCase[] = [
  [2, 1],
  [31, 3],
  [32, 4],
  [33, 7],
  [67, 255],
  [5, 256],
  [1025, 2],
  [1061, 13],
].flatMap(([rows, columns]): LinearCase[] => {
  const counts = Array.from(
    { length: Math.ceil(rows / 29) },
    (_, i) => Math.min(29, rows - 29 * i),
  );
  return [[columns, [rows]], [columns, counts]];
});

/** Sums over the rows of shards. */
export function checkLinear(bench: Bench): void {
  for (const [columns, counts] of bench.cases(SHARDS, MORE_SHARDS)) {
    const width = paddedWidth(columns);
    const drawn = bench.normal([width], 1, 1 / Math.sqrt(columns)).host;
    const w = bench.both(ndarray([width], drawn.data.map((value, i) => i > columns ? 0 : value)));
    const parts = counts.map((rows, i) => {
      const x = bench.normal([rows, columns], 2 + i).host;
      const signs = Float64Array.from({ length: rows }, (_, row) => row % 3 ? -1 : 1);
      const padded = ndarray([rows, width], paddedRows(x, 0, rows));
      return { x, rows: bench.both(padded).device, signs: bench.both(ndarray([rows], signs)) };
    });
    const shards = parts.map(({ rows, signs }) => ({ rows, signs: signs.device }));
    for (const loss of ["squared-hinge", "logistic"] as const) {
      const sums = linearSums(bench, shards, w.device, loss);
      const expected = parts.map(({ x, signs }) =>
        linearSumsRef(x, signs.host.data, w.host.data, loss)
      );
      const all = Float64Array.from(expected.flatMap(({ data }) => [...data]));
      bench.compare(sums, ndarray(sums.shape, all), { relative: 3e-6, absolute: 1e-4 });
    }
  }
}

/** Checks of `nn/classifiers/`. */
export const classifierChecks: readonly Check[] = [checkLinear];
