/**
 * Activations as layers and as functions: `relu`, `leakyRelu`, `sigmoid`, `softmax`. All backward
 * functions take the output y, so that the input need not be kept.
 */
import text from "./activation.wgsl" with { type: "text" };
import softmaxText from "./softmax.wgsl" with { type: "text" };
import { check } from "../gpu/check.ts";
import { POINTWISE } from "../gpu/elementwise.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "./layer.ts";

/** Options of a layer without any of its own. */
export interface ActivationOptions {
  /** Name of the layer. */
  readonly name?: string;
}

const FILE = { file: "nn/activation.wgsl", text };
const pointwise = { ...POINTWISE, source: [...POINTWISE.source, FILE] };
const forward = (name: string, entry: string) =>
  kernel({ ...pointwise, name, entry, inputs: { x: "*n" }, outputs: { y: "*n" } });
const backward = (name: string, entry: string) =>
  kernel({ ...pointwise, name, entry, inputs: { y: "*n", dy: "*n" }, outputs: { dx: "*n" } });

const reluKernel = forward("relu", "relu");
const reluBackwardKernel = backward("relu/backward", "relu_backward");
const leakyReluKernel = forward("leakyRelu", "leaky_relu");
const leakyReluBackwardKernel = backward("leakyRelu/backward", "leaky_relu_backward");
const sigmoidKernel = forward("sigmoid", "sigmoid");
const sigmoidBackwardKernel = backward("sigmoid/backward", "sigmoid_backward");

const rowwise = {
  source: [GRID, { file: "nn/softmax.wgsl", text: softmaxText }],
  threads: ({ rows }: Dims) => rows,
} as const;
const softmaxKernel = kernel({
  ...rowwise,
  name: "softmax",
  entry: "softmax",
  inputs: { x: "*rows k" },
  outputs: { y: "*rows k" },
});
const softmaxBackwardKernel = kernel({
  ...rowwise,
  name: "softmax/backward",
  entry: "softmax_backward",
  inputs: { y: "*rows k", dy: "*rows k" },
  outputs: { dx: "*rows k" },
});

/** max(x, 0), element by element. */
export function reluForward(context: Context, x: Tensor): Tensor {
  return reluKernel(context, { x }, { dims: { factor: 0 } }).y;
}

/** dy where y is positive, else 0. */
export function reluBackward(context: Context, y: Tensor, dy: Tensor): Tensor {
  return reluBackwardKernel(context, { y, dy }, { dims: { factor: 0 } }).dx;
}

/** x where x is positive, else slope x; the slope lies in (0, 1). */
export function leakyReluForward(context: Context, x: Tensor, slope: number): Tensor {
  return leakyReluKernel(context, { x }, { dims: { factor: checkSlope(slope) } }).y;
}

/** dy where y is positive, else slope dy. */
export function leakyReluBackward(
  context: Context,
  y: Tensor,
  dy: Tensor,
  slope: number,
): Tensor {
  return leakyReluBackwardKernel(context, { y, dy }, { dims: { factor: checkSlope(slope) } }).dx;
}

/** 1 / (1 + exp(-x)), element by element, without overflow. */
export function sigmoidForward(context: Context, x: Tensor): Tensor {
  return sigmoidKernel(context, { x }, { dims: { factor: 0 } }).y;
}

/** dy y (1 - y). */
export function sigmoidBackward(context: Context, y: Tensor, dy: Tensor): Tensor {
  return sigmoidBackwardKernel(context, { y, dy }, { dims: { factor: 0 } }).dx;
}

/** exp(x) / sum exp(x) over the last axis, without overflow. */
export function softmaxForward(context: Context, x: Tensor): Tensor {
  return softmaxKernel(context, { x }).y;
}

/** y (dy - sum of y dy over the last axis). */
export function softmaxBackward(context: Context, y: Tensor, dy: Tensor): Tensor {
  return softmaxBackwardKernel(context, { y, dy }).dx;
}

/** max(x, 0). The gradient at 0 is 0. */
export function relu(options: ActivationOptions = {}): LayerSpec {
  return activationLayer("relu", options, reluForward, reluBackward);
}

/**
 * x where x is positive, else slope x (Maas et al. 2013).
 *
 * @param slope in (0, 1); default 0.01. The gradient at 0 is the slope
 */
export function leakyRelu(slope = 0.01, options: ActivationOptions = {}): LayerSpec {
  checkSlope(slope);
  return activationLayer(
    "leakyRelu",
    options,
    (context, x) => leakyReluForward(context, x, slope),
    (context, y, dy) => leakyReluBackward(context, y, dy, slope),
  );
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(options: ActivationOptions = {}): LayerSpec {
  return activationLayer("sigmoid", options, sigmoidForward, sigmoidBackward);
}

/** exp(x) / sum exp(x) over the last axis: positive numbers that add up to 1. */
export function softmax(options: ActivationOptions = {}): LayerSpec {
  return activationLayer("softmax", options, softmaxForward, softmaxBackward);
}

function activationLayer(
  kind: string,
  options: ActivationOptions,
  forward: (context: Context, x: Tensor) => Tensor,
  backward: (context: Context, y: Tensor, dy: Tensor) => Tensor,
): LayerSpec {
  return layerOf(kind, (input) => input, (x, { context }) => {
    const y = forward(context, x);
    return { y, backward: (dy) => backward(context, y, dy) };
  }, options);
}

function checkSlope(slope: number): number {
  check(slope > 0 && slope < 1, "Cannot make leakyRelu", { slope }, "a number in (0, 1)");
  return slope;
}
