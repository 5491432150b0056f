/** Gradient of a convolution's weights. */
import text from "./conv2d_backward_weight.wgsl" with { type: "text" };
import { type Context, kernel, type TexelKind } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { sumRows } from "./conv2d_backward_bias.ts";
import {
  byTile,
  chunksOf,
  type Conv2dOptions,
  flopsOf,
  type Geometry,
  geometryOf,
  LARGE,
  nameOf,
  type Tile,
  tileOf,
} from "./conv2d_geometry.ts";

const FILE = { file: "nn/conv2d_backward_weight.wgsl", text } as const;
const weightShared = {
  source: [GRID, OPERANDS, FILE],
} as const;

/**
 * A kernel of the weight gradient and the threads that each of its chunks takes.
 *
 * @param x how it loads x where it reads its operands as textures
 */
function weightKernel(
  name: string,
  entry: string,
  { threadsOf, x }: { threadsOf: (dims: Dims) => number; x?: TexelKind },
) {
  const run = kernel({
    ...weightShared,
    texels: x && { x, dy: "vec4" },
    name: `conv2d/${name}`,
    entry,
    inputs: { x: "b h w c", dy: "b oh ow f" },
    outputs: { dw: "*weights" },
    threads: (dims) => dims.chunks * threadsOf(dims),
    flops: flopsOf,
  });
  return { run, threadsOf };
}

const wideWeight = byTile(
  [LARGE],
  (tile) =>
    weightKernel("backward_weight", `backward_weight_${nameOf(tile)}`, {
      threadsOf: ({ kh, kw, c, f }) =>
        kh * kw * Math.ceil(c / tile.rows) * Math.ceil(f / tile.filters),
      x: "vec4",
    }),
);

/** The fastest tile measured without vec4 in channels, for many filters. */
const NARROW: Tile = { rows: 12, filters: 32 };

const narrowWeight = byTile(
  [LARGE, NARROW],
  (tile) =>
    weightKernel("backward_weight_narrow", `narrow_${nameOf(tile)}`, {
      threadsOf: ({ kh, kw, c, f }) =>
        Math.ceil(kh * kw * c / tile.rows) * Math.ceil(f / tile.filters),
      x: "scalar",
    }),
);

const plainWeight = weightKernel("backward_weight_plain", "backward_weight_plain", {
  threadsOf: ({ kh, kw, c, f }) => kh * kw * c * f,
});

function weightKernelOf(context: Context, { c, f, kh, kw }: Geometry) {
  if (f % 4) return plainWeight;
  return c % 4
    ? narrowWeight(tileOf(context, kh * kw * c, f, NARROW))
    : wideWeight(tileOf(context, c, f));
}

const pad = kernel({
  ...weightShared,
  name: "conv2d/pad",
  entry: "pad",
  inputs: { x: "b h w c" },
  outputs: { padded: "b oh ow c" },
  threads: ({ b, oh, ow, c }) => b * oh * ow * c,
});

/**
 * Gradient of the weights, written into `dw`.
 *
 * @param x input of the layer [b, h, w, c]
 * @param dy gradient behind the activation [b, oh, ow, f]
 * @param dw [kh, kw, c, f], overwritten
 */
export function conv2dBackwardWeight(
  context: Context,
  x: Tensor,
  dy: Tensor,
  dw: Tensor,
  options: Conv2dOptions = {},
): void {
  const geometry = geometryOf(x.shape, dw.shape, options);
  const { b, oh, c, f, kh, kw } = geometry;
  if (f % 4 === 0 && c % 4 && options.padding === "same") { // the narrow kernel checks no borders
    const padded = paddedInput(context, x, geometry);
    return conv2dBackwardWeight(context, padded, dy, dw, { ...options, padding: "valid" });
  }
  const weights = kh * kw * c * f;
  const { run, threadsOf } = weightKernelOf(context, geometry);
  const pairedRows = Math.ceil(b / 2) * oh;
  const { chunks, rows } = chunksOf(context, pairedRows, threadsOf(geometry), weights);
  const dims = { ...geometry, chunks, rows, weights: chunks * weights };
  const into = chunks === 1 ? { dw } : undefined;
  const partial = run(context, { x, dy }, { dims, into, label: "conv2d dw chunks" }).dw;
  if (chunks > 1) sumRows(context, partial, dw, chunks);
}

/** The input with its zeros written out. */
function paddedInput(context: Context, x: Tensor, geometry: Geometry): Tensor {
  const { h, w, kh, kw, oh, ow, stride } = geometry;
  const rows = Math.max(h, (oh - 1) * stride + kh);
  const columns = Math.max(w, (ow - 1) * stride + kw);
  const dims = { ...geometry, oh: rows, ow: columns, chunks: 1, rows: 1 };
  return pad(context, { x }, { dims, label: "conv2d padded" }).padded;
}
