/**
 * Checks of the kernels in `nn/classifiers/`.
 *
 * @module
 */
import { ndarray } from "../../gpu/tensor.ts";
import { linearSums } from "../../nn/classifiers/linear.ts";
import { linearSumsRef } from "../../nn/classifiers/linear_ref.ts";
import { paddedRows } from "../../nn/classifiers/linear_shards.ts";
import type { Bench, Check } from "./bench.ts";

/** Two shards: more rows than one sum takes, and fewer than a block. */
function checkLinear(bench: Bench): void {
  const columns = 67;
  const w = bench.normal([68], 1, 0.2);
  const parts = [1061, 13].map((rows, i) => {
    const x = bench.normal([rows, columns], 2 + i).host;
    const signs = Float64Array.from({ length: rows }, (_, row) => row % 3 ? -1 : 1);
    const padded = ndarray([rows, 68], paddedRows(x, 0, rows));
    return { x, rows: bench.both(padded).device, signs: bench.both(ndarray([rows], signs)) };
  });
  const shards = parts.map(({ rows, signs }) => ({ rows, signs: signs.device }));
  for (const loss of ["squared-hinge", "logistic"] as const) {
    const sums = linearSums(bench, shards, w.device, loss);
    const expected = parts.map(({ x, signs }) =>
      linearSumsRef(x, signs.host.data, w.host.data, loss)
    );
    const all = Float64Array.from(expected.flatMap(({ data }) => [...data]));
    bench.compare(sums, ndarray(sums.shape, all), { relative: 1e-5, absolute: 1e-4 });
  }
}

/** Checks of `nn/classifiers/`. */
export const classifierChecks: readonly Check[] = [checkLinear];
