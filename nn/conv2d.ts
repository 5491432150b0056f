/**
 * Two-dimensional convolution (cross-correlation, as is usual in neural networks) of images
 * [b, h, w, c] with filters [kh, kw, c, f], with tied or untied biases and an optional ReLU; and its
 * gradient. A convolution over one axis is h = 1.
 */
import text from "./conv2d.wgsl" with { type: "text" };
import biasText from "./conv2d_backward_bias.wgsl" with { type: "text" };
import inputText from "./conv2d_backward_input.wgsl" with { type: "text" };
import weightText from "./conv2d_backward_weight.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID } from "../gpu/sources.ts";
import { describe, type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { constant, heNormal, type Initializer } from "./init.ts";
import { type Layer, type LayerSpec, makeParam, type Param } from "./layer.ts";

/**
 * How an image's border is treated: `"valid"` takes only outputs whose filter lies inside the image,
 * `"same"` pads with zeros so that there are `ceil(input / stride)` outputs.
 */
export type Padding = "valid" | "same";

/** What the kernels and the references need besides tensors. */
export interface Conv2dOptions {
  /** Pixels between neighbouring outputs, on both axes. Default 1. */
  readonly stride?: number;
  /** Treatment of the border. Default `"valid"`. */
  readonly padding?: Padding;
  /** What follows the bias. Default `"none"`. */
  readonly activation?: "relu" | "none";
}

/** Options of the layer. */
export interface Conv2dLayerOptions extends Conv2dOptions {
  /** Number of filters, f. */
  readonly filters: number;
  /** Rows and columns of a filter, in pixels. */
  readonly size: number | readonly [kh: number, kw: number];
  /**
   * `"tied"`: one bias a filter; `"untied"`: one for every filter and output position, as Dieleman et
   * al. 2015 use it, section 6.3. Default `"tied"`.
   */
  readonly bias?: "untied" | "tied" | "none";
  /** How the weights start. Default `heNormal()`. */
  readonly init?: Initializer;
  /** How the biases start. Default `constant(0)`. */
  readonly biasInit?: Initializer;
  /** Name in paths. */
  readonly name?: string;
}

/**
 * Outputs along an axis, and the zeros put before the first pixel.
 *
 * @param input pixels of the image
 * @param size pixels of the filter
 * @throws RangeError when the filter is larger than the image and nothing is padded
 */
export function convOutputLength(
  input: number,
  size: number,
  stride: number,
  padding: Padding,
): { length: number; before: number } {
  if (padding === "same") {
    const length = Math.ceil(input / stride);
    const padded = Math.max(0, (length - 1) * stride + size - input);
    return { length, before: Math.floor(padded / 2) };
  }
  if (size > input) {
    throw new RangeError(
      `Cannot convolve ${input} pixels with a filter of ${size}: it must not be larger than the ` +
        `image unless the padding is "same"`,
    );
  }
  return { length: Math.floor((input - size) / stride) + 1, before: 0 };
}

/** All extents of a convolution, by the names of the shaders' `Params`. */
type Geometry = Readonly<
  Record<
    "b" | "h" | "w" | "c" | "f" | "kh" | "kw" | "oh" | "ow" | "stride" | "pad_top" | "pad_left",
    number
  >
>;

function geometryOf(input: Shape, weight: Shape, options: Conv2dOptions): Geometry {
  const { stride = 1, padding = "valid" } = options;
  if (input.length !== 4 || weight.length !== 4 || input[3] !== weight[2]) {
    throw new RangeError(
      `Cannot convolve [${input.join(", ")}] with weights [${weight.join(", ")}]: ` +
        `images must be [b, h, w, c] and weights [kh, kw, c, f] with the same c`,
    );
  }
  const [b, h, w, c] = input;
  const [kh, kw, , f] = weight;
  const rows = convOutputLength(h, kh, stride, padding);
  const columns = convOutputLength(w, kw, stride, padding);
  return {
    ...{ b, h, w, c, f, kh, kw, stride },
    ...{ oh: rows.length, ow: columns.length, pad_top: rows.before, pad_left: columns.before },
  };
}

/** Pairs of an output and a tap inside the image, along an axis. */
function pairsInside(
  input: number,
  output: number,
  size: number,
  stride: number,
  before: number,
): number {
  let pairs = 0;
  for (let o = 0; o < output; o++) {
    const start = o * stride - before;
    pairs += Math.min(size, input - start) - Math.max(0, -start);
  }
  return pairs;
}

/** Operations without those on padding, which no kernel does. */
function flopsOf({ b, h, w, c, f, kh, kw, oh, ow, stride, pad_top, pad_left }: Dims): number {
  const taps = pairsInside(h, oh, kh, stride, pad_top) * pairsInside(w, ow, kw, stride, pad_left);
  return 2 * b * c * f * taps;
}

/** Images, channels or taps by filters that a thread holds. */
interface Tile {
  readonly rows: number;
  readonly filters: number;
}

const LARGE: Tile = { rows: 16, filters: 16 };
/** A card has no registers for the large tile; small batches and few filters would not fill it. */
const SMALL: Tile = { rows: 8, filters: 8 };
/** Without vec4 in channels; the tiles for many filters are those measured to be fastest. */
const NARROW: Tile = { rows: 16, filters: 32 };
const NARROW_WEIGHT: Tile = { rows: 12, filters: 32 };

const nameOf = (tile: Tile) => `${tile.rows}x${tile.filters}`;

function tileOf(context: Context, rows: number, filters: number, narrow?: Tile): Tile {
  if (context.profile === "card" || rows <= 8 || filters <= 8) return SMALL;
  return narrow && filters % narrow.filters === 0 ? narrow : LARGE;
}

const GEOMETRY = ["b", "h", "w", "c", "f", "kh", "kw", "oh", "ow", "stride", "pad_top", "pad_left"];

const forwardShared = {
  source: [GRID, { file: "nn/conv2d.wgsl", text }],
  inputs: { x: "b h w c", weight: "kh kw c f", bias: "*biases" },
  outputs: { y: "b oh ow f" },
  params: [...GEOMETRY, "bias", "relu"],
  flops: flopsOf,
} as const;

function tiledForward(form: "forward" | "narrow", tile: Tile) {
  return kernel({
    ...forwardShared,
    name: form === "narrow" ? "conv2d/narrow" : "conv2d",
    entry: `${form}_${nameOf(tile)}`,
    threads: ({ b, oh, ow, f }) => Math.ceil(b / tile.rows) * oh * ow * Math.ceil(f / tile.filters),
  });
}

const wideForward = new Map([LARGE, SMALL].map((tile) => [tile, tiledForward("forward", tile)]));
const narrowForward = new Map(
  [LARGE, NARROW, SMALL].map((tile) => [tile, tiledForward("narrow", tile)]),
);
const plainForward = kernel({
  ...forwardShared,
  name: "conv2d/plain",
  entry: "forward_plain",
  threads: ({ b, oh, ow, f }) => b * oh * ow * f,
});

/** Chooses the kernel: vec4 in channels and filters, in filters only, or in neither. */
function forwardOf(context: Context, { b, c, f }: Geometry) {
  if (f % 4) return plainForward;
  return c % 4
    ? narrowForward.get(tileOf(context, b, f, NARROW))!
    : wideForward.get(tileOf(context, b, f))!;
}

/** 0 without bias, 1 for [f], 2 for [oh, ow, f]. */
function biasKind(bias: Tensor | undefined, { oh, ow, f }: Geometry): number {
  if (!bias) return 0;
  const shape = bias.shape.join();
  if (shape === `${f}`) return 1;
  if (shape === `${oh},${ow},${f}`) return 2;
  throw new RangeError(
    `Cannot run conv2d: "${bias.label}" is ${
      describe(bias)
    } but must be [${f}] or [${oh}, ${ow}, ${f}]`,
  );
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

const inputShared = {
  source: [GRID, { file: "nn/conv2d_backward_input.wgsl", text: inputText }],
  params: GEOMETRY,
} as const;

const flip = kernel({
  ...inputShared,
  name: "conv2d/flip",
  entry: "flip",
  inputs: { weight: "kh kw c f" },
  outputs: { flipped: "kh kw f c" },
  threads: ({ kh, kw, c, f }) => kh * kw * c * f,
});

const gather = kernel({
  ...inputShared,
  name: "conv2d/backward_input_strided",
  entry: "gather",
  inputs: { dy: "b oh ow f", weight: "kh kw c f" },
  outputs: { dx: "b h w c" },
  threads: ({ b, h, w, c }) => b * h * w * c,
  flops: flopsOf,
});

const pad = kernel({
  ...inputShared,
  name: "conv2d/pad",
  entry: "pad",
  inputs: { x: "b h w c" },
  outputs: { padded: "b oh ow c" },
  threads: ({ b, oh, ow, c }) => b * oh * ow * c,
});

/**
 * Gradient of the input: for a stride of 1 the convolution of dy with the flipped filters, otherwise
 * a plain gather.
 *
 * @param dy gradient behind the activation [b, oh, ow, f]
 * @param weight filters [kh, kw, c, f]
 * @param input shape of the input [b, h, w, c]
 * @returns [b, h, w, c]
 */
export function conv2dBackwardInput(
  context: Context,
  dy: Tensor,
  weight: Tensor,
  input: Shape,
  options: Conv2dOptions & { readonly into?: Tensor } = {},
): Tensor {
  const geometry = geometryOf(input, weight.shape, options);
  const into = options.into && { y: options.into };
  if (geometry.stride !== 1) {
    const into = options.into && { dx: options.into };
    return gather(context, { dy, weight }, { dims: geometry, into, label: "conv2d dx" }).dx;
  }
  const { flipped } = flip(context, { weight }, { dims: geometry, label: "conv2d flipped" });
  const { b, h, w, c, f, kh, kw, oh, ow, pad_top, pad_left } = geometry;
  const turned = {
    ...{ b, h: oh, w: ow, c: f, f: c, kh, kw, oh: h, ow: w, stride: 1 },
    ...{ pad_top: kh - 1 - pad_top, pad_left: kw - 1 - pad_left },
  };
  const dims = { ...turned, bias: 0, relu: 0 };
  const inputs = { x: dy, weight: flipped, bias: flipped };
  return forwardOf(context, turned)(context, inputs, { dims, into, label: "conv2d dx" }).y;
}

const weightShared = {
  source: [GRID, { file: "nn/conv2d_backward_weight.wgsl", text: weightText }],
  inputs: { x: "b h w c", dy: "b oh ow f" },
  outputs: { dw: "*weights" },
  params: [...GEOMETRY, "chunks", "rows"],
  flops: flopsOf,
} as const;

/** A kernel of the weight gradient and the threads that each of its chunks takes. */
function weightKernel(name: string, entry: string, threadsOf: (dims: Dims) => number) {
  const threads = (dims: Dims) => dims.chunks * threadsOf(dims);
  return { run: kernel({ ...weightShared, name, entry, threads }), threadsOf };
}

const wideWeight = new Map([LARGE, SMALL].map((tile) => [
  tile,
  weightKernel(
    "conv2d/backward_weight",
    `backward_weight_${nameOf(tile)}`,
    ({ kh, kw, c, f }) => kh * kw * Math.ceil(c / tile.rows) * Math.ceil(f / tile.filters),
  ),
]));

const narrowWeight = new Map([LARGE, NARROW_WEIGHT, SMALL].map((tile) => [
  tile,
  weightKernel(
    "conv2d/backward_weight_narrow",
    `narrow_${nameOf(tile)}`,
    ({ kh, kw, c, f }) => Math.ceil(kh * kw * c / tile.rows) * Math.ceil(f / tile.filters),
  ),
]));

const plainWeight = weightKernel(
  "conv2d/backward_weight_plain",
  "backward_weight_plain",
  ({ kh, kw, c, f }) => kh * kw * c * f,
);

function weightKernelOf(context: Context, { c, f, kh, kw }: Geometry) {
  if (f % 4) return plainWeight;
  return c % 4
    ? narrowWeight.get(tileOf(context, kh * kw * c, f, NARROW_WEIGHT))!
    : wideWeight.get(tileOf(context, c, f))!;
}

/** Partial sums of a gradient may take this much memory. */
const PARTIAL_BYTES = 32 * 2 ** 20;
/** Threads that keep a device busy; a software adapter has few cores but shares work by workgroup. */
const BUSY_THREADS = { software: 4096, card: 65_536 } as const;
/** Fewer rows in a group would cost more in the second pass than they save in the first. */
const LEAST_ROWS = 16;

/** Groups into which a sum of `rows` is split. */
function chunksOf(
  context: Context,
  rows: number,
  threads: number,
  elements: number,
): { chunks: number; rows: number } {
  const wanted = Math.ceil(BUSY_THREADS[context.profile] / threads);
  const affordable = Math.floor(PARTIAL_BYTES / (4 * elements));
  const worthwhile = Math.ceil(rows / LEAST_ROWS);
  const each = Math.ceil(rows / Math.max(1, Math.min(wanted, affordable, worthwhile)));
  return { chunks: Math.ceil(rows / each), rows: each };
}

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
  const dims = { ...geometry, oh: rows, ow: columns };
  return pad(context, { x }, { dims, label: "conv2d padded" }).padded;
}

const sumsShared = {
  source: [GRID, { file: "nn/conv2d_backward_bias.wgsl", text: biasText }],
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
function sumRows(context: Context, x: Tensor, result: Tensor, rows: number): void {
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

/** Checks the options of a layer and fills in its defaults. */
function checkedOptions(options: Conv2dLayerOptions) {
  const { filters, size, stride = 1 } = options;
  const [kh, kw] = typeof size === "number" ? [size, size] : size;
  for (
    const [name, value] of Object.entries({ filters, "filter rows": kh, "filter columns": kw })
  ) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot make conv2d: ${name} is ${value}, it must be a positive integer`,
      );
    }
  }
  if (!Number.isSafeInteger(stride) || stride < 1) {
    throw new RangeError(`Cannot make conv2d: stride is ${stride}, it must be a positive integer`);
  }
  return { ...options, kh, kw, stride, bias: options.bias ?? "tied" } as const;
}

/**
 * Convolution layer: [b, h, w, c] to [b, oh, ow, filters]. Parameters: `weight` [kh, kw, c, filters],
 * with weight decay, and `bias` [filters] or, untied, [oh, ow, filters], without.
 *
 * @throws RangeError when a filter is larger than the image, or an option is not a positive integer
 *
 * @example
 * ```ts
 * import { conv2d } from "jsr:@cetus/cetus";
 * const spec = conv2d({ filters: 32, size: 6, bias: "untied", activation: "relu" });
 * console.log(spec.outputShape([16, 45, 45, 3])); // [16, 40, 40, 32]
 * ```
 */
export function conv2d(options: Conv2dLayerOptions): LayerSpec {
  const checked = checkedOptions(options);
  const weightShape = ([, , , c]: Shape) => [checked.kh, checked.kw, c, checked.filters];
  const outputShape = (input: Shape): Shape => {
    if (input.length !== 4) {
      throw new RangeError(
        `Cannot give [${input.join(", ")}] to conv2d: it takes images [b, h, w, c]`,
      );
    }
    const { b, oh, ow, f } = geometryOf(input, weightShape(input), checked);
    return [b, oh, ow, f];
  };
  return {
    kind: "conv2d",
    name: options.name,
    outputShape,
    build(context, input, { name }) {
      const [, oh, ow, f] = outputShape(input);
      const weight = makeParam(context, `${name}/weight`, weightShape(input), {
        init: options.init ?? heNormal(),
        decay: true,
      });
      const bias = checked.bias === "none" ? undefined : makeParam(
        context,
        `${name}/bias`,
        checked.bias === "untied" ? [oh, ow, f] : [f],
        { init: options.biasInit ?? constant(0), decay: false },
      );
      return conv2dLayer(weight, bias, checked);
    },
  };
}

function conv2dLayer(weight: Param, bias: Param | undefined, options: Conv2dOptions): Layer {
  return {
    params: bias ? [weight, bias] : [weight],
    forward(x, { context }) {
      const y = conv2dForward(context, x, weight.value, { ...options, bias: bias?.value });
      return {
        y,
        backward(dy, wantDx = true) {
          const isRelu = options.activation === "relu";
          const dz = isRelu ? conv2dBackwardRelu(context, dy, y, bias?.grad) : dy;
          if (bias && !isRelu) conv2dBackwardBias(context, dz, bias.grad);
          conv2dBackwardWeight(context, x, dz, weight.grad, options);
          return wantDx
            ? conv2dBackwardInput(context, dz, weight.value, x.shape, options)
            : undefined;
        },
      };
    },
  };
}
