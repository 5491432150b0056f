/** Gradient of a convolution's input. */
import text from "./conv2d_backward_input.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";
import { forwardOf } from "./conv2d_forward.ts";
import { type Conv2dOptions, flopsOf, geometryOf } from "./conv2d_geometry.ts";

const inputShared = {
  source: [GRID, { file: "nn/conv2d_backward_input.wgsl", text }],
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
  const { b, h, w, c, f, kh, kw, oh, ow, padTop, padLeft } = geometry;
  const turned = {
    ...{ b, h: oh, w: ow, c: f, f: c, kh, kw, oh: h, ow: w, stride: 1 },
    ...{ padTop: kh - 1 - padTop, padLeft: kw - 1 - padLeft },
  };
  const dims = { ...turned, bias: 0, relu: 0 };
  const inputs = { x: dy, weight: flipped, bias: flipped };
  return forwardOf(context, turned)(context, inputs, { dims, into, label: "conv2d dx" }).y;
}
