/** Gradient behind a convolution's ReLU, and of its bias. */
import text from "./conv2d_backward_bias.wgsl" with { type: "text" };
import { type Context, kernel, type TexelKind } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { chunksOf } from "./conv2d_geometry.ts";

const FILE = { file: "nn/conv2d_backward_bias.wgsl", text } as const;
/** The two kernels for rows of whole vec4, or for others. */
const kernelsFor = (kind: TexelKind) => {
  const shared = {
    source: [GRID, OPERANDS, FILE],
    threads: ({ total }: Dims) => kind === "vec4" ? total / 4 : total,
  };
  const ending = kind === "vec4" ? "" : "_scalar";
  return {
    sum: kernel({
      ...shared,
      texels: { dy: kind },
      name: "conv2d/sum_rows",
      entry: `sum_rows${ending}`,
      inputs: { dy: "*size" },
      outputs: { sums: "*total" },
    }),
    mask: kernel({
      ...shared,
      texels: { dy: kind, y: kind },
      name: "conv2d/mask",
      entry: `mask${ending}`,
      inputs: { dy: "*size", y: "*size" },
      outputs: { masked: "*size", sums: "*total" },
    }),
  };
};
const vectorKernels = kernelsFor("vec4");
const scalarKernels = kernelsFor("scalar");

/** Sums and mask for rows of n elements. */
function kernelsOf(n: number) {
  return n % 4 ? scalarKernels : vectorKernels;
}

/** How a sum over rows of n elements is split. */
function rowDims(context: Context, rows: number, n: number): Dims & { chunks: number } {
  const split = chunksOf(context, rows, n % 4 ? n : n / 4, n);
  return { rows, n, chunks: split.chunks, chunkRows: split.rows, total: split.chunks * n };
}

/** result = sum of `rows` rows of x, in order, chunk by chunk where there are many. */
export function sumRows(context: Context, x: Tensor, result: Tensor, rows: number): void {
  const n = sizeOf(result.shape);
  const dims = rowDims(context, rows, n);
  const into = dims.chunks === 1 ? { sums: result } : undefined;
  const { sum } = kernelsOf(n);
  const partial = sum(context, { dy: x }, { dims, into, label: "conv2d sums" }).sums;
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
  const { mask } = kernelsOf(n);
  const { masked, sums } = mask(context, { dy, y }, { dims, into, label: "conv2d dz" });
  if (db && dims.chunks > 1) sumRows(context, sums, db, dims.chunks);
  return masked;
}
