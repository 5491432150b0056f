/**
 * Products of factors and triangular matrices: the change of basis of a half-sweep.
 *
 * @module
 */
import text from "./triangular.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { matmul } from "../gpu/matmul.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

const multiply = kernel({
  name: "triangular",
  source: [GRID, { file: "recsys/triangular.wgsl", text }],
  entry: "multiply_triangle",
  inputs: { x: "n k", triangle: "k k" },
  outputs: { result: "n k" },
  params: ["n", "k", "groups", "upper"],
  threads: ({ k, groups }) => groups * Math.ceil(k / 16),
  flops: ({ n, k }) => n * k * k,
});

/**
 * x times a triangular matrix, whose other half must hold zeros. On a software device only the terms of
 * its half are computed; a card runs the whole product.
 *
 * @param x [n, k], k a multiple of four
 * @param triangle [k, k]
 * @param half Where the triangle lies
 * @returns [n, k]
 */
export function timesTriangle(
  context: Context,
  x: Tensor,
  triangle: Tensor,
  { half, into }: { readonly half: "lower" | "upper"; readonly into?: Tensor },
): Tensor {
  if (context.profile === "card") return matmul(context, x, triangle, { into });
  const dims = { groups: Math.ceil(x.shape[0] / 32), upper: half === "upper" ? 1 : 0 };
  return multiply(context, { x, triangle }, { dims, into: into && { result: into } }).result;
}
