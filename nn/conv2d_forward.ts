/** The convolution itself: y = activation(x * weight + bias). */
import { mismatch } from "../gpu/check.ts";
import text from "./conv2d_forward.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import {
  byTile,
  type Conv2dOptions,
  flopsOf,
  type Geometry,
  geometryOf,
  LARGE,
  nameOf,
  type Tile,
  tileOf,
} from "./conv2d_geometry.ts";

/** Without vec4 in channels an element of x costs as much to load: more filters an element pay. */
const NARROW: Tile = { rows: 16, filters: 32 };

const FILE = { file: "nn/conv2d_forward.wgsl", text } as const;

const forwardShared = {
  source: [GRID, OPERANDS, FILE],
  inputs: { x: "b h w c", weight: "kh kw c f", bias: "*biases" },
  outputs: { y: "b oh ow f" },
  flops: flopsOf,
} as const;

function tiledForward(form: "forward" | "narrow", tile: Tile) {
  return kernel({
    ...forwardShared,
    texels: { x: form === "narrow" ? "scalar" : "vec4", weight: "vec4" },
    name: form === "narrow" ? "conv2d/narrow" : "conv2d",
    entry: `${form}_${nameOf(tile)}`,
    threads: ({ b, oh, ow, f }) => Math.ceil(b / tile.rows) * oh * ow * Math.ceil(f / tile.filters),
  });
}

const tiles = (form: "forward" | "narrow", ...tiles: Tile[]) =>
  byTile(tiles, (tile) => tiledForward(form, tile));
const wideForward = tiles("forward", LARGE);
const narrowForward = tiles("narrow", LARGE, NARROW);
const plainForward = kernel({
  ...forwardShared,
  name: "conv2d/plain",
  entry: "forward_plain",
  threads: ({ b, oh, ow, f }) => b * oh * ow * f,
});

/** Chooses the kernel: vec4 in channels and filters, in filters only, or in neither. */
export function forwardOf(context: Context, { b, c, f }: Geometry) {
  if (f % 4) return plainForward;
  return c % 4 ? narrowForward(tileOf(context, b, f, NARROW)) : wideForward(tileOf(context, b, f));
}

/** 0 without bias, 1 for [f], 2 for [oh, ow, f]. */
function biasKind(bias: Tensor | undefined, { oh, ow, f }: Geometry): number {
  if (!bias) return 0;
  const shape = bias.shape.join();
  if (shape === `${f}`) return 1;
  if (shape === `${oh},${ow},${f}`) return 2;
  const expected = `[${f}] or [${oh}, ${ow}, ${f}]`;
  throw new RangeError(`Cannot run conv2d: ${mismatch(bias.label, bias.shape, expected)}`);
}

/**
 * y = activation(x * weight + bias).
 *
 * @param x images [b, h, w, c]
 * @param weight filters [kh, kw, c, f]
 * @param options bias [f] or [oh, ow, f], stride, padding, activation
 * @returns [b, oh, ow, f]
 */
export function conv2dForward(
  context: Context,
  x: Tensor,
  weight: Tensor,
  options: Conv2dOptions & { readonly bias?: Tensor; readonly into?: Tensor } = {},
): Tensor {
  const geometry = geometryOf(x.shape, weight.shape, options);
  const { bias, into } = options;
  const relu = options.activation === "relu" ? 1 : 0;
  return forwardOf(context, geometry)(
    context,
    { x, weight, bias: bias ?? weight }, // without a bias the binding is not read
    {
      dims: { ...geometry, bias: biasKind(bias, geometry), relu },
      into: into && { y: into },
      label: "conv2d",
    },
  ).y;
}
