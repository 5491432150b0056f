/**
 * Gram matrices of factors.
 *
 * @module
 */
import text from "./gram.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { matmulTransposedA } from "../gpu/matmul.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

const shared = {
  source: [GRID, { file: "recsys/gram.wgsl", text }],
  params: ["n", "k", "chunk", "parts", "pairs"],
} as const;
const multiplyParts = kernel({
  ...shared,
  name: "gram/parts",
  entry: "multiply_parts",
  inputs: { x: "n k" },
  outputs: { partial: "parts k k" },
  threads: ({ parts, pairs }) => parts * pairs,
  flops: ({ n, k }) => n * k * k,
});
const addParts = kernel({
  ...shared,
  name: "gram/sum",
  entry: "add_parts",
  inputs: { partial: "parts k k" },
  outputs: { gram: "k k" },
  threads: ({ k }) => k * k,
});

/** Rows of a part, unless the parts would take more memory than this. */
const PART_ROWS = 256;
const MOST_BYTES = 32 * 2 ** 20;

/**
 * xᵀ x. On a software device only the blocks on and below the diagonal are computed, with half the loads
 * of a matrix product; a card runs the product.
 *
 * @param x [n, k], k a multiple of four
 * @returns [k, k]
 */
export function gram(
  context: Context,
  x: Tensor,
  { into }: { readonly into?: Tensor } = {},
): Tensor {
  if (context.profile === "card") return matmulTransposedA(context, x, x, { into });
  const [n, k] = x.shape;
  const most = Math.max(1, Math.floor(MOST_BYTES / (4 * k * k)));
  const chunk = Math.max(PART_ROWS, Math.ceil(n / most));
  const parts = Math.ceil(n / chunk);
  const blocks = Math.ceil(k / 16);
  const dims = { n, chunk, parts, pairs: blocks * (blocks + 1) / 2 };
  const { partial } = multiplyParts(context, { x }, { dims });
  return addParts(context, { partial }, { dims, into: into && { gram: into } }).gram;
}
