/**
 * Pooling over windows of rows and columns, or over all of them: the maximum, the mean, or the root
 * of the mean square.
 */
import { check, oneOf } from "../gpu/check.ts";
import text from "./pool.wgsl" with { type: "text" };
import { type Context, kernel, type TexelKind } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, LARGER, OPERANDS } from "../gpu/sources.ts";
import { reshape, type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec, type Passed } from "./layer.ts";

/** What pooling makes of a window: `"l2"` is sqrt(mean of squares + 1e-8). */
export type PoolKind = "max" | "mean" | "l2";

/** Windows of a pooling layer. */
export interface PoolOptions {
  /** Pixels on a side of the window, or rows and columns. Default 2. */
  readonly size?: number | readonly [rows: number, columns: number];
  /** Pixels from window to window. Default `size`: windows lie side by side. */
  readonly stride?: number | readonly [rows: number, columns: number];
  /**
   * What happens at a border that the windows do not meet: `"clip"` (default) adds a window and
   * cuts it off at the border, so that every pixel counts; `"drop"` leaves the remainder out.
   */
  readonly border?: "clip" | "drop";
  /** Name of the layer. */
  readonly name?: string;
}

/** Sizes of a pooling, with all defaults filled in. */
interface Geometry {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly output: readonly [number, number];
}

const FILE = { file: "nn/pool.wgsl", text } as const;

const shared = {
  source: [GRID, LARGER, OPERANDS, FILE],
  threads: ({ n }: Dims) => n,
} as const;
const forwardOf = (name: string, entry: string, kind: TexelKind) =>
  kernel({
    ...shared,
    name,
    entry,
    inputs: { x: "b h w c" },
    outputs: { y: "b oh ow c" },
    texels: { x: kind },
  });
const backwardOf = (name: string, entry: string, kind?: TexelKind) =>
  kernel({
    ...shared,
    name: `pool/${name}`,
    entry,
    inputs: { x: "b h w c", y: "b oh ow c", dy: "b oh ow c" },
    outputs: { dx: "b h w c" },
    texels: kind && { x: kind, y: kind },
  });

const forward = forwardOf("pool", "forward", "scalar");
const forwardVec4 = forwardOf("pool/vec4", "forward_vec4", "vec4");
const backward = backwardOf("backward", "backward", "scalar");
const backwardApart = backwardOf("backward_apart_vec4", "backward_apart_vec4", "vec4");
// The gradient of a mean reads neither x nor y: they need no copies.
const backwardMean = backwardOf("backward", "backward");
const backwardMeanApart = backwardOf("backward_apart_vec4", "backward_apart_vec4");

/** Numbers of the kinds in the shader. */
const KINDS: readonly PoolKind[] = ["max", "mean", "l2"];
/** A larger window has too few outputs to write its gradients from; its inputs gather them. */
const LARGEST_APART = 16;

/**
 * The maximum of each window: [b, h, w, c] to [b, oh, ow, c] with
 * oh = ceil((h - size) / stride) + 1, so that no border is dropped (Dieleman et al. 2015, whose code
 * pools 2 x 2). The gradient goes to the first maximum in row-major order.
 *
 * @example
 * ```ts
 * import { maxPool } from "jsr:@cetus/cetus";
 * console.log(maxPool().outputShape([16, 45, 45, 32])); // [16, 23, 23, 32]
 * ```
 */
export function maxPool(options: PoolOptions = {}): LayerSpec {
  return poolLayer("max", options);
}

/** The mean of the pixels of each window; a clipped window has fewer. See `maxPool`. */
export function meanPool(options: PoolOptions = {}): LayerSpec {
  return poolLayer("mean", options);
}

/**
 * sqrt(mean of squares + 1e-8) of each window; the constant keeps the gradient of a window of zeros
 * finite. See `maxPool`.
 */
export function l2Pool(options: PoolOptions = {}): LayerSpec {
  return poolLayer("l2", options);
}

/**
 * Pools all pixels of an image: [b, h, w, c] to [b, c].
 *
 * @throws RangeError when the input has other than four axes
 */
export function globalPool(kind: PoolKind, options: { readonly name?: string } = {}): LayerSpec {
  checkKind(kind);
  const outputShape = (input: Shape): Shape => {
    checkImages(input);
    return [input[0], input[3]];
  };
  return layerOf("globalPool", outputShape, (x, { context }) => {
    const [b, h, w, c] = x.shape;
    const { y, backward } = pool(context, x, kind, { size: [h, w] });
    return {
      y: reshape(y, [b, c]),
      backward: (dy) => backward(reshape(dy, [b, 1, 1, c])),
    };
  }, options);
}

/** Pools [b, h, w, c] to [b, oh, ow, c]; the functional form of the layers. */
export function pool(
  context: Context,
  x: Tensor,
  kind: PoolKind,
  options: PoolOptions = {},
): Passed {
  const { size, stride, output } = geometryOf(x.shape, options);
  const c = x.shape[3];
  const [oh, ow] = output;
  const constants = {
    kind: KINDS.indexOf(checkKind(kind)),
    window_rows: size[0],
    window_columns: size[1],
    stride_rows: stride[0],
    stride_columns: stride[1],
  };
  const outputs = x.shape[0] * oh * ow * c;
  const byFour = c % 4 === 0;
  const n = byFour ? outputs / 4 : outputs;
  const run = byFour ? forwardVec4 : forward;
  const { y } = run(context, { x }, { constants, dims: { n, oh, ow } });
  return {
    y,
    backward(dy) {
      const apart = byFour && liesApart(size, stride);
      const run = kind === "mean"
        ? (apart ? backwardMeanApart : backwardMean)
        : (apart ? backwardApart : backward);
      const dims = { n: apart ? n : sizeOf(x.shape) };
      return run(context, { x, y, dy }, { constants, dims }).dx;
    },
  };
}

/** Whether each input lies in one window at most, and windows are small. */
function liesApart(size: Geometry["size"], stride: Geometry["stride"]): boolean {
  return size[0] === stride[0] && size[1] === stride[1] && size[0] * size[1] <= LARGEST_APART;
}

function poolLayer(kind: PoolKind, options: PoolOptions): LayerSpec {
  const outputShape = (input: Shape): Shape => {
    const { output } = geometryOf(input, options);
    return [input[0], ...output, input[3]];
  };
  return layerOf(
    `${kind}Pool`,
    outputShape,
    (x, { context }) => pool(context, x, kind, options),
    options,
  );
}

function geometryOf(input: Shape, options: PoolOptions): Geometry {
  checkImages(input);
  const size = pair("size", options.size ?? 2);
  const stride = pair("stride", options.stride ?? size);
  const border = options.border ?? "clip";
  oneOf("Cannot pool", { border }, ["clip", "drop"]);
  const [rows, columns] = [0, 1].map((axis) => {
    const extent = input[1 + axis];
    const fits = border === "clip" || extent >= size[axis];
    check(fits, "Cannot pool", { size }, `at most ${input[1]} x ${input[2]}, or border "clip"`);
    return pooledExtent(extent, size[axis], stride[axis], border);
  });
  return { size, stride, output: [rows, columns] };
}

/** Windows along an axis; one that would begin past the border, after a wide stride, is left out. */
function pooledExtent(extent: number, size: number, stride: number, border: string): number {
  if (border === "drop") return Math.floor((extent - size) / stride) + 1;
  const windows = Math.ceil(Math.max(0, extent - size) / stride) + 1;
  return Math.min(windows, Math.ceil(extent / stride));
}

function pair(name: string, value: number | readonly [number, number]): [number, number] {
  const both: [number, number] = typeof value === "number" ? [value, value] : [value[0], value[1]];
  const good = both.every((extent) => Number.isInteger(extent) && extent > 0);
  check(good, "Cannot pool", { [name]: value }, "one or two whole numbers from 1 on");
  return both;
}

function checkImages(input: Shape): void {
  check(input.length === 4, "Cannot pool", { input }, "images [b, h, w, c]");
}

function checkKind(kind: PoolKind): PoolKind {
  oneOf("Cannot pool", { kind }, KINDS);
  return kind;
}
