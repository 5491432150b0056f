/**
 * The objective of weighted matrix factorisation over all pairs, without ever forming them.
 *
 * @module
 */
import text from "./wmf_objective.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { HostData, NdArray, Tensor } from "../gpu/tensor.ts";
import type { GroupTables } from "./conjugate_gradient.ts";

/** Entries of a table in parts, and the factors of both sides. */
export interface EntryParts extends Pick<GroupTables, "parts" | "shards"> {
  /** Factors of the rows: [u, k]. */
  readonly solved: Tensor;
  /** Factors of the columns, by shards: [n, k]. */
  readonly fixed: readonly { readonly tensor: Tensor; readonly base: number }[];
  /** u32 [entries, 2]: column and the bits of the surplus weight in f32. */
  readonly entries: Tensor;
}

const sumParts = kernel({
  name: "wmf_objective",
  source: [GRID, { file: "recsys/wmf_objective.wgsl", text }],
  entry: "sum_parts",
  inputs: { x: "u k", y: "n k", entries: "u32: e 2", parts: "u32: p 4" },
  outputs: { sums: "p" },
  threads: ({ count }) => count,
  flops: ({ e, k }) => 2 * e * k,
});

/**
 * The sum of c (1 - xᵀ y)² - (xᵀ y)² over the entries of each part.
 *
 * @returns [parts]
 */
export function entrySums(context: Context, operands: EntryParts): Tensor {
  const { solved, fixed, entries, parts, shards } = operands;
  const sums = context.empty([parts.shape[0]], { label: "objective of parts" });
  fixed.forEach(({ tensor, base }, shard) => {
    const { offset, count } = shards[shard];
    if (count === 0) return;
    const dims = { count, offset, base };
    sumParts(context, { x: solved, y: tensor, entries, parts }, { dims, into: { sums } });
  });
  return sums;
}

/** What the objective is made of. */
export interface ObjectiveParts {
  /** Sums over the entries of parts of the table. */
  readonly entrySums: readonly ArrayLike<number>[];
  /** XᵀX and YᵀY: [k, k]. */
  readonly grams: readonly [NdArray<HostData>, NdArray<HostData>];
  /** Weight of the squared lengths. */
  readonly regularisation: number;
}

/**
 * sum c (p - xᵀ y)² over all pairs + regularisation (sum |x|² + sum |y|²), where p is 1 for an entry and
 * 0 for any other pair. The pairs that are no entries come from trace((XᵀX)(YᵀY)). Sums in float64.
 */
export function objectiveOf({ entrySums, grams, regularisation }: ObjectiveParts): number {
  const [users, items] = grams;
  const k = users.shape[0];
  let sum = 0;
  for (const sums of entrySums) for (let i = 0; i < sums.length; i++) sum += sums[i];
  for (let i = 0; i < k * k; i++) sum += users.data[i] * items.data[i];
  for (let i = 0; i < k * k; i += k + 1) sum += regularisation * (users.data[i] + items.data[i]);
  return sum;
}
