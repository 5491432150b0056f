/**
 * Checks of the kernels of weighted matrix factorisation.
 *
 * @module
 */
import { matmulTransposedARef } from "../../gpu/matmul_ref.ts";
import { type NdArray, ndarray, type Tensor } from "../../gpu/tensor.ts";
import { swapAxesRef } from "../../gpu/transpose_ref.ts";
import { cholesky } from "../../recsys/cholesky.ts";
import { choleskyRef } from "../../recsys/cholesky_ref.ts";
import { conjugateGradient, type GroupTables } from "../../recsys/conjugate_gradient.ts";
import { conjugateGradientRef, type WeightedRows } from "../../recsys/conjugate_gradient_ref.ts";
import { gramFactor } from "../../recsys/gram_factor.ts";
import { gramFactorRef } from "../../recsys/gram_factor_ref.ts";
import { type CutOptions, planRows, type RowGroup } from "../../recsys/row_plan.ts";
import { entrySums } from "../../recsys/wmf_objective.ts";
import type { Bench, Check } from "./bench.ts";

const [USERS, ITEMS] = [67, 41];

/** Row u has u % 13 entries, every third item from u on, with weights from 0.5 to 2.5. */
function drawnRows(): WeightedRows & { readonly counts: Uint32Array } {
  const starts = new Uint32Array(USERS + 1);
  const indices: number[] = [];
  for (let user = 0; user < USERS; user++) {
    const items = Array.from({ length: user % 13 }, (_, i) => (user + 3 * i) % ITEMS);
    indices.push(...items.sort((a, b) => a - b));
    starts[user + 1] = indices.length;
  }
  const counts = new Uint32Array(indices.length).fill(1);
  return {
    starts,
    indices: Uint32Array.from(indices),
    counts,
    weights: indices.map((_, e) => 0.5 + (e % 5) / 2),
  };
}

const ROWS = drawnRows();
const CUT: CutOptions = {
  shards: [{ first: 0, end: ITEMS }],
  whole: true,
  longest: Infinity,
  mostParts: Infinity,
  mostPartsOfRow: Infinity,
};
const EVERY_ROW = { first: 0, end: USERS };

function table(bench: Bench, words: Uint32Array, columns: number): Tensor {
  return bench.upload(ndarray([words.length / columns, columns], words));
}

function entries(bench: Bench): Tensor {
  const words = new Uint32Array(2 * ROWS.indices.length);
  const floats = new Float32Array(words.buffer);
  ROWS.indices.forEach((item, e) => {
    words[2 * e] = item;
    floats[2 * e + 1] = ROWS.weights[e];
  });
  return table(bench, words, 2);
}

function tables(bench: Bench, { slots, order, parts, shards }: RowGroup): GroupTables {
  return {
    slots: table(bench, slots, 2),
    order: bench.upload(ndarray([order.length], order)),
    parts: table(bench, parts, 4),
    shards,
  };
}

const gramOf = (x: NdArray) => matmulTransposedARef(x, x);

function checkGramFactor(bench: Bench): void {
  for (const k of [4, 40, 132]) {
    const gram = bench.both(gramOf(bench.normal([2 * k, k], 1).host));
    const { lower, inverse } = gramFactorRef(gram.host, 1);
    const made = gramFactor(bench, gram.device, { regularisation: 1, factors: k });
    const tolerance = { relative: 1e-5, absolute: 3e-5 };
    bench.compareAll([
      [made.lower, lower, tolerance],
      [made.inverse, inverse, tolerance],
      [made.transposed, swapAxesRef(inverse, 0, 1), tolerance],
    ]);
  }
}

/** Rows taken whole, and rows in parts of at most 3 entries. */
function checkConjugateGradient(bench: Bench): void {
  for (const [k, whole] of [[4, 1], [40, 1], [64, 1], [36, 0], [100, 0]]) {
    const plan = planRows(ROWS, EVERY_ROW, { ...CUT, whole: whole === 1, longest: whole ? 99 : 3 });
    const fixed = bench.normal([ITEMS, k], 1, 0.3);
    const start = bench.normal([USERS, k], 2);
    const solution = bench.upload(start.host);
    conjugateGradient(bench, {
      fixed: [{ tensor: fixed.device, base: 0 }],
      entries: entries(bench),
      whole: whole ? table(bench, plan.whole, 4) : undefined,
      groups: plan.groups.map((group) => tables(bench, group)),
      solution,
    }, 2);
    const expected = conjugateGradientRef(ROWS, fixed.host, start.host, 2);
    bench.compare(solution, expected, { relative: 1e-4, absolute: 1e-4 });
  }
}

function checkCholesky(bench: Bench): void {
  for (const k of [4, 40, 64]) {
    const fixed = bench.normal([ITEMS, k], 1);
    const gram = bench.both(gramOf(fixed.host));
    const solution = bench.empty([USERS, k]);
    const rows = table(bench, planRows(ROWS, EVERY_ROW, CUT).whole, 4);
    const systems = { fixed: fixed.device, gram: gram.device, entries: entries(bench), rows };
    cholesky(bench, { ...systems, solution }, { regularisation: 1, factors: k });
    const expected = choleskyRef(ROWS, fixed.host, 1);
    bench.compare(solution, expected, { relative: 1e-4, absolute: 1e-4 });
  }
}

/** Parts of 1 to 5 entries, which fill the kernel's four at a time and do not. */
function checkObjective(bench: Bench): void {
  const k = 20;
  const [x, y] = [bench.normal([USERS, k], 1, 0.3), bench.normal([ITEMS, k], 2, 0.3)];
  const [group] = planRows(ROWS, EVERY_ROW, { ...CUT, whole: false, longest: 5 }).groups;
  const sums = entrySums(bench, {
    ...tables(bench, group),
    solved: x.device,
    fixed: [{ tensor: y.device, base: 0 }],
    entries: entries(bench),
  });
  const expected = Float64Array.from({ length: group.parts.length / 4 }, (_, part) => {
    const [, row, first, end] = group.parts.subarray(4 * part, 4 * part + 4);
    let sum = 0;
    for (let e = first; e < end; e++) {
      let product = 0;
      for (let a = 0; a < k; a++) {
        product += x.host.data[row * k + a] * y.host.data[ROWS.indices[e] * k + a];
      }
      sum += (1 + ROWS.weights[e]) * (1 - product) ** 2 - product ** 2;
    }
    return sum;
  });
  const tolerance = { relative: 1e-5, absolute: 2e-5 };
  bench.compare(sums, ndarray([expected.length], expected), tolerance);
}

/** Checks of weighted matrix factorisation. */
export const wmfChecks: readonly Check[] = [
  checkGramFactor,
  checkConjugateGradient,
  checkCholesky,
  checkObjective,
];
