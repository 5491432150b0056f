/** Gradient behind a convolution's ReLU, and of its bias. */
import text from "./conv2d_backward_bias.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID } from "../gpu/sources.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { chunksOf } from "./conv2d_geometry.ts";

const sumsShared = {
  source: [GRID, { file: "nn/conv2d_backward_bias.wgsl", text }],
  params: ["rows", "n", "chunks", "chunk_rows"],
} as const;

const sumKernels = new Map([true, false].map((vector) => [
  vector,
  kernel({
    ...sumsShared,
    name: "conv2d/sum_rows",
    entry: vector ? "sum_rows" : "sum_rows_scalar",
    inputs: { dy: "*size" },
    outputs: { sums: "*total" },
    threads: ({ total }) => vector ? total / 4 : total,
  }),
]));

const maskKernels = new Map([true, false].map((vector) => [
  vector,
  kernel({
    ...sumsShared,
    name: "conv2d/mask",
    entry: vector ? "mask" : "mask_scalar",
    inputs: { dy: "*size", y: "*size" },
    outputs: { masked: "*size", sums: "*total" },
    threads: ({ total }) => vector ? total / 4 : total,
  }),
]));

/** How a sum over rows of n elements is split. */
function rowDims(context: Context, rows: number, n: number): Dims & { chunks: number } {
  const split = chunksOf(context, rows, n % 4 ? n : n / 4, n);
  return { rows, n, chunks: split.chunks, chunk_rows: split.rows, total: split.chunks * n };
}

/** result = sum of `rows` rows of x, in order, chunk by chunk where there are many. */
export function sumRows(context: Context, x: Tensor, result: Tensor, rows: number): void {
  const n = sizeOf(result.shape);
  const dims = rowDims(context, rows, n);
  const into = dims.chunks === 1 ? { sums: result } : undefined;
  const run = sumKernels.get(n % 4 === 0)!;
  const partial = run(context, { dy: x }, { dims, into, label: "conv2d sums" }).sums;
  if (dims.chunks > 1) sumRows(context, partial, result, dims.chunks);
}

/**
 * Gradient of the bias, written into `db`.
 *
 * @param dy gradient behind the activation [b, oh, ow, f]
 * @param db [f] or [oh, ow, f], overwritten
 */
export function conv2dBackwardBias(context: Context, dy: Tensor, db: Tensor): void {
  sumRows(context, dy, db, sizeOf(dy.shape) / sizeOf(db.shape));
}

/**
 * Gradient behind the ReLU, dy where y > 0, and in the same pass the gradient of the bias.
 *
 * @param y output of the layer [b, oh, ow, f]
 * @param db gradient of the bias, overwritten, where there is one
 */
export function conv2dBackwardRelu(
  context: Context,
  dy: Tensor,
  y: Tensor,
  db?: Tensor,
): Tensor {
  const n = db ? sizeOf(db.shape) : y.shape[3];
  const dims = rowDims(context, sizeOf(y.shape) / n, n);
  const into = db && dims.chunks === 1 ? { sums: db } : undefined;
  const run = maskKernels.get(n % 4 === 0)!;
  const { masked, sums } = run(context, { dy, y }, { dims, into, label: "conv2d dz" });
  if (db && dims.chunks > 1) sumRows(context, sums, db, dims.chunks);
  return masked;
}
