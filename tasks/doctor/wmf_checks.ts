/**
 * Checks of the kernels of weighted matrix factorisation.
 *
 * @module
 */
import { matmulTransposedA } from "../../gpu/matmul.ts";
import { matmulTransposedARef } from "../../gpu/matmul_ref.ts";
import { type NdArray, ndarray, type Tensor } from "../../gpu/tensor.ts";
import { swapAxesRef } from "../../gpu/transpose_ref.ts";
import { type TableOptions, uploadSide, uploadTables, widthOf } from "../../recsys/als_sweep.ts";
import { cholesky } from "../../recsys/cholesky.ts";
import { choleskyRef } from "../../recsys/cholesky_ref.ts";
import { surplus } from "../../recsys/confidence.ts";
import { conjugateGradient, type GroupTables } from "../../recsys/conjugate_gradient.ts";
import { conjugateGradientRef } from "../../recsys/conjugate_gradient_ref.ts";
import { gramFactor } from "../../recsys/gram_factor.ts";
import { gramFactorRef } from "../../recsys/gram_factor_ref.ts";
import { planRows, type RowGroup, rowRanges } from "../../recsys/row_plan.ts";
import { entrySums } from "../../recsys/wmf_objective.ts";
import { type Bench, type Check, randomArray } from "./bench.ts";
import { drawnPlays, weighted } from "./drawn_plays.ts";

const [USERS, ITEMS] = [71, 53];
const { byUser } = drawnPlays(USERS, ITEMS);
const ROWS = weighted(byUser);
const EVERY_ROW = { first: 0, end: USERS };

/** Entries and rows of the plays as they are worked on. */
function tablesOf(bench: Bench, options: Pick<TableOptions, "factors"> & Partial<TableOptions>) {
  const [tables] = uploadTables(bench, byUser, surplus(byUser.counts), {
    ranges: [EVERY_ROW],
    columnRanges: [{ first: 0, end: ITEMS }],
    solver: "conjugateGradient",
    longestPart: 4096,
    mostBytes: 1e9,
    steps: 3,
    mostIterations: 1e9,
    ...options,
  });
  return tables;
}

/** Triangular factors and their inverses: below, at and beyond a row a lane and a dispatch. */
export function checkGramFactor(bench: Bench): void {
  for (const k of bench.cases([4, 40, 132], [8, 64, 68, 264])) {
    const x = randomArray([2 * k + 3, k], k);
    const gram = bench.both(matmulTransposedARef(x, x));
    const { lower, inverse } = gramFactorRef(gram.host, 1);
    const made = gramFactor(bench, gram.device, { regularisation: 1, factors: k });
    const tolerance = { relative: 1e-5, absolute: 2e-5 };
    bench.compareAll([
      [made.lower, lower, tolerance],
      [made.inverse, inverse, tolerance],
      [made.transposed, swapAxesRef(inverse, 0, 1), tolerance],
    ]);
  }
}

/** How the systems of all rows are solved. */
export interface SolveOptions {
  /** Factors, a multiple of four. */
  readonly k: number;
  /** Steps. */
  readonly steps: number;
  /** Entries that are taken at once. Default all of a row. */
  readonly longestPart?: number;
  /** Bytes of the factors in one binding. Default all. */
  readonly mostBytes?: number;
}

/** The ranges of items whose factors fit a binding. */
export function itemRanges(k: number, mostBytes: number) {
  return rowRanges({ ...byUser, starts: new Uint32Array(ITEMS + 1) }, 4 * k, mostBytes);
}

/** Factors of the users by conjugate gradients, and what the reference says. */
export function solveUsers(
  bench: Bench,
  { k, steps, longestPart = 4096, mostBytes = 1e9 }: SolveOptions,
): { solution: Tensor; expected: NdArray<Float64Array> } {
  const [fixed, start] = [randomArray([ITEMS, k], k, 0.3), randomArray([USERS, k], k + 1)];
  const columnRanges = itemRanges(k, mostBytes);
  const shards = uploadSide(bench, columnRanges, k, fixed).shards
    .map((tensor, i) => ({ tensor, base: columnRanges[i].first }));
  const tables = tablesOf(bench, { columnRanges, factors: k, longestPart });
  const solution = bench.upload(start);
  conjugateGradient(bench, { ...tables, fixed: shards, solution }, steps);
  return { solution, expected: conjugateGradientRef(ROWS, fixed, start, steps) };
}

/** Rows taken whole, and rows in parts. */
const SOLVES: readonly SolveOptions[] = [
  { k: 4, steps: 2 },
  { k: 40, steps: 2 },
  { k: 64, steps: 2 },
  { k: 36, steps: 2, longestPart: 3 },
  { k: 100, steps: 2, longestPart: 3 },
];
/** Every number of vec4; parts in one binding and in several. */
const MORE_SOLVES: readonly SolveOptions[] = [
  ...[4, 8, 12, 16, 20, 32, 36, 40, 48, 52, 64].flatMap((k) =>
    [1, 3].map((steps) => ({ k, steps }))
  ),
  ...[4, 28, 36, 64, 68, 132].flatMap((k) => [
    { k, steps: 2, longestPart: 1 },
    { k, steps: 2, longestPart: 5 },
    { k, steps: 2, longestPart: 7, mostBytes: 4 * 16 * k },
    { k, steps: 2, mostBytes: 12 * k },
  ]),
];

/** Conjugate gradients; a row without entries becomes zero. */
export function checkConjugateGradient(bench: Bench): void {
  for (const options of bench.cases(SOLVES, MORE_SOLVES)) {
    const { solution, expected } = solveUsers(bench, options);
    const isEmpty = (user: number) => ROWS.starts[user] === ROWS.starts[user + 1];
    const absolute = expected.data.map((_, i) => isEmpty(Math.floor(i / options.k)) ? 0 : 1e-4);
    bench.compare(solution, expected, { relative: 1e-4, absolute });
  }
}

/** Exact solutions, with whole and padded vec4. */
export function checkCholesky(bench: Bench): void {
  for (const factors of bench.cases([4, 40, 64], [1, 3, 7, 61])) {
    const host = randomArray([ITEMS, factors], factors);
    const [fixed] = uploadSide(bench, [{ first: 0, end: ITEMS }], factors, host).shards;
    const gram = matmulTransposedA(bench, fixed, fixed);
    const { entries, whole } = tablesOf(bench, { factors, solver: "cholesky" });
    const width = widthOf(factors);
    const solution = bench.empty([USERS, width]);
    const systems = { fixed, gram, entries, rows: whole!, solution };
    cholesky(bench, systems, { regularisation: 1, factors });
    const solved = choleskyRef(ROWS, host, 1);
    const [expected, absolute] = [0, 1].map(() => new Float64Array(USERS * width));
    solved.data.forEach((value, i) => {
      const at = Math.floor(i / factors) * width + i % factors;
      expected[at] = value;
      absolute[at] = 1e-4; // and 0 for padding
    });
    bench.compare(solution, ndarray([USERS, width], expected), { relative: 1e-4, absolute });
  }
}

/** Every row cut into parts. */
const CUT = {
  shards: [{ first: 0, end: ITEMS }],
  whole: false,
  longest: 5,
  mostParts: Infinity,
  mostPartsOfRow: Infinity,
};

function uploadGroup(bench: Bench, { slots, order, parts, shards }: RowGroup): GroupTables {
  const table = (words: Uint32Array, columns: number) =>
    bench.upload(ndarray([words.length / columns, columns], words));
  return {
    slots: table(slots, 2),
    order: bench.upload(ndarray([order.length], order)),
    parts: table(parts, 4),
    shards,
  };
}

/** Parts of 1 to 5 entries, which fill the kernel's four at a time and do not. */
export function checkObjective(bench: Bench): void {
  const k = 20;
  const [x, y] = [bench.normal([USERS, k], 1, 0.3), bench.normal([ITEMS, k], 2, 0.3)];
  const [group] = planRows(byUser, EVERY_ROW, CUT).groups;
  const sums = entrySums(bench, {
    ...uploadGroup(bench, group),
    solved: x.device,
    fixed: [{ tensor: y.device, base: 0 }],
    entries: tablesOf(bench, { factors: k }).entries,
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
