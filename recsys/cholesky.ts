/**
 * One small system a row of a sparse table, formed and solved exactly. Source: Hu, Koren and Volinsky
 * 2008, "Collaborative filtering for implicit feedback datasets", section 4.
 *
 * @module
 */
import text from "./cholesky.wgsl" with { type: "text" };
import { check } from "../gpu/check.ts";
import { type Context, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** Most factors whose matrix fits the workgroup memory that every device has. */
export const MOST_CHOLESKY_FACTORS = 64;

/** The systems of some rows. */
export interface DirectSystems {
  /** Factors of the fixed side: [n, k]. */
  readonly fixed: Tensor;
  /** fixedᵀ fixed: [k, k]. */
  readonly gram: Tensor;
  /** u32 [entries, 2]: column and the bits of the surplus weight in f32. */
  readonly entries: Tensor;
  /** u32 [rows, 4]: row, first entry, entry after the last, 0. */
  readonly rows: Tensor;
  /** What comes of it: [all rows, k]. */
  readonly solution: Tensor;
}

const solve = kernel({
  name: "cholesky",
  source: [GRID, { file: "recsys/cholesky.wgsl", text }],
  entry: "solve_directly",
  inputs: { fixed: "n k", gram: "k k", entries: "u32: e 2", rows: "u32: count 4" },
  outputs: { solution: "u k" },
  threads: ({ count }) => WORKGROUP_SIZE * count,
  flops: ({ k, count, e }) => count * k ** 3 / 3 + e * k * k,
});

/**
 * Solves (G + regularisation I + sum s y yᵀ) x = sum (1 + s) y in every row of the table, by Cholesky;
 * a row without entries becomes zero.
 *
 * @throws {RangeError} for more than 64 factors
 */
export function cholesky(
  context: Context,
  { solution, ...inputs }: DirectSystems,
  { regularisation, factors }: { readonly regularisation: number; readonly factors: number },
): void {
  const most = `at most ${MOST_CHOLESKY_FACTORS}; conjugate gradients take any number`;
  check(factors <= MOST_CHOLESKY_FACTORS, "Cannot solve by Cholesky", { factors }, most);
  solve(context, inputs, { dims: { factors, regularisation }, into: { solution } });
}
