/**
 * Conjugate gradients for one small system a row of a sparse table, all rows at once. Source: Takács,
 * Pilászy and Tikk 2011, "Applications of the conjugate gradient method for implicit feedback
 * collaborative filtering", section 3.
 *
 * @module
 */
import text from "./conjugate_gradient.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** Most factors of which a thread keeps all vectors of a row in registers. */
export const MOST_WHOLE_FACTORS = 64;

/** Rows cut into parts, on the device: see `RowGroup`. */
export interface GroupTables {
  /** u32 [slots + 1, 2]. */
  readonly slots: Tensor;
  /** u32 [parts]. */
  readonly order: Tensor;
  /** u32 [parts, 4]. */
  readonly parts: Tensor;
  /** Parts of each shard of the fixed side. */
  readonly shards: readonly { readonly offset: number; readonly count: number }[];
}

/** The systems of neighbouring rows. */
export interface RowSystems {
  /** Whitened factors of the fixed side, by shards: [n, k], k a multiple of four. */
  readonly fixed: readonly { readonly tensor: Tensor; readonly base: number }[];
  /** u32 [entries, 2]: column and the bits of the surplus weight in f32. */
  readonly entries: Tensor;
  /** u32 [rows, 4]: rows that one thread takes whole. Absent when there are none. */
  readonly whole?: Tensor;
  /** Rows that are cut into parts. */
  readonly groups: readonly GroupTables[];
  /** Where the search starts, and what comes of it: [rows, k]. */
  readonly solution: Tensor;
}

const FILE = { file: "recsys/conjugate_gradient.wgsl", text } as const;
const params = ["k", "count", "offset", "base", "steps", "start"] as const;
const shared = { source: [GRID, OPERANDS, FILE], params } as const;
const perCount = ({ count }: Dims) => count;

const solveWhole = kernel({
  ...shared,
  texels: { fixed: "vec4" },
  name: "conjugate_gradient/rows",
  entry: "solve_rows",
  inputs: { fixed: "n k", entries: "u32: e 2", rows: "u32: count 4" },
  outputs: { solution: "u k" },
  threads: perCount,
  flops: ({ e, k, count, steps }) => 4 * k * (steps + 1) * (e + 3 * count),
});
const gatherParts = kernel({
  ...shared,
  texels: { fixed: "vec4" },
  name: "conjugate_gradient/parts",
  entry: "gather_parts",
  inputs: { fixed: "n k", entries: "u32: e 2", parts: "u32: p 4", directions: "m k" },
  outputs: { sums: "p k", weights: "e" },
  threads: perCount,
});
const beginRows = kernel({
  ...shared,
  name: "conjugate_gradient/begin",
  entry: "begin_rows",
  inputs: { slots: "u32: ends 2", order: "u32: p", sums: "p k" },
  outputs: { solutions: "u k", residuals: "count k", searches: "count k", squares: "count" },
  threads: perCount,
});
const stepRows = kernel({
  ...shared,
  name: "conjugate_gradient/step",
  entry: "step_rows",
  inputs: { slots: "u32: ends 2", order: "u32: p", sums: "p k" },
  outputs: { solutions: "u k", residuals: "count k", searches: "count k", squares: "count" },
  threads: perCount,
});

/**
 * Steps of conjugate gradients for (I + sum s y yᵀ) z = sum (1 + s) y in every row, from what
 * `solution` holds. A row without entries becomes zero. After k steps the solution is exact but for
 * rounding; a row whose squared residual falls below 1e-20 stays.
 *
 * @param systems What to solve; `solution` is overwritten
 * @param steps Steps, 1 or more
 */
export function conjugateGradient(context: Context, systems: RowSystems, steps: number): void {
  const { fixed, entries, whole, groups, solution } = systems;
  const dims = { offset: 0, base: 0, steps, start: 0 };
  if (whole) {
    const inputs = { fixed: fixed[0].tensor, entries, rows: whole };
    const constants = { QUADS: solution.shape[1] / 4 };
    solveWhole(context, inputs, { dims, into: { solution }, constants });
  }
  for (const group of groups) solveGroup(context, systems, group, steps);
}

function solveGroup(
  context: Context,
  systems: RowSystems,
  group: GroupTables,
  steps: number,
): void {
  const { fixed, entries, solution } = systems;
  const { slots, order, parts } = group;
  const [count, k] = [slots.shape[0] - 1, solution.shape[1]];
  const make = (shape: number[]) => context.empty(shape, { label: "conjugate gradient" });
  const sums = make([parts.shape[0], k]);
  const weights = make([entries.shape[0]]);
  const state = {
    solutions: solution,
    residuals: make([count, k]),
    searches: make([count, k]),
    squares: make([count]),
  };
  const gather = (directions: Tensor, start: 0 | 1) => {
    fixed.forEach(({ tensor, base }, shard) => {
      const { offset, count } = group.shards[shard];
      if (count === 0) return;
      const inputs = { fixed: tensor, entries, parts, directions };
      const dims = { count, offset, base, steps, start };
      gatherParts(context, inputs, { dims, into: { sums, weights } });
    });
  };
  const dims = { offset: 0, base: 0, steps, start: 0 };
  gather(solution, 1);
  beginRows(context, { slots, order, sums }, { dims, into: state });
  for (let step = 0; step < steps; step++) {
    gather(state.searches, 0);
    stepRows(context, { slots, order, sums }, { dims, into: state });
  }
}
