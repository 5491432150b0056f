/**
 * The change of basis in which what all rows of a factorisation have in common is the identity.
 *
 * @module
 */
import text from "./gram_factor.wgsl" with { type: "text" };
import { type Context, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** L with L Lᵀ = G + regularisation I, and its inverse. */
export interface GramFactor {
  /** L, zero above the diagonal: [k, k]. x to Lᵀ x, rows to rows L. */
  readonly lower: Tensor;
  /** L^-1: [k, k]. */
  readonly inverse: Tensor;
  /** L^-T: [k, k]. */
  readonly transposed: Tensor;
}

/** What is factored. */
export interface GramFactorOptions {
  /** Added to the diagonal. */
  readonly regularisation: number;
  /** Rows and columns that count; the others, padding, become the identity. */
  readonly factors: number;
}

/**
 * Iterations of all its loops that one thread may make on a software device: llvmpipe ends every loop of
 * a thread that has made 65,535 of them, and says nothing.
 */
export const MOST_ITERATIONS = 50_000;

const shared = {
  source: [GRID, { file: "recsys/gram_factor.wgsl", text }],
} as const;
const factorColumns = kernel({
  ...shared,
  name: "gram_factor/columns",
  entry: "factor_columns",
  inputs: { gram: "k k" },
  outputs: { lower: "k k" },
  threads: () => WORKGROUP_SIZE,
  flops: ({ k, first, end }) => (end - first) * (k - first) * (first + end) / 2,
});
const invertRows = kernel({
  ...shared,
  name: "gram_factor/inverse",
  entry: "invert_rows",
  inputs: { lower: "k k" },
  outputs: { inverse: "k k", transposed: "k k" },
  threads: ({ k }) => k,
  flops: ({ first, end }) => (end - first) * end * end / 3,
});

/**
 * Cholesky factor of a Gram matrix. A pivot that is rounding only, below 1e-7 of its diagonal element,
 * is raised to that: the factor is then that of a matrix as near as f32 can tell.
 *
 * @param gram symmetric, positive semidefinite: [k, k], k a multiple of four
 */
export function gramFactor(
  context: Context,
  gram: Tensor,
  { regularisation, factors }: GramFactorOptions,
): GramFactor {
  const k = gram.shape[0];
  const label = "factor of a Gram matrix";
  const lower = context.empty([k, k], { label });
  const rowsOfLane = Math.ceil(k / WORKGROUP_SIZE);
  for (const [first, end] of stretches(k, (column) => rowsOfLane * (column / 4 + 2))) {
    const dims = { regularisation, factors, first, end };
    factorColumns(context, { gram }, { dims, into: { lower } });
  }
  const inverse = context.empty([k, k], { label });
  const transposed = context.empty([k, k], { label });
  for (const [first, end] of stretches(k, (row) => row / 4 + 1)) {
    const dims = { regularisation, factors, first, end };
    invertRows(context, { lower }, { dims, into: { inverse, transposed } });
  }
  return { lower, inverse, transposed };
}

/** Cuts 0 … k - 1 so that no stretch makes too many iterations. */
function stretches(k: number, iterations: (at: number) => number): [number, number][] {
  const cuts = [0];
  let sum = 0;
  for (let at = 0; at < k; at++) {
    sum += iterations(at);
    if (sum > MOST_ITERATIONS) {
      cuts.push(at);
      sum = iterations(at);
    }
  }
  return cuts.map((first, i) => [first, cuts[i + 1] ?? k]);
}
