/** Dropout (Srivastava et al. 2014) with masks that are a function of the step's key. */
import text from "./dropout.wgsl" with { type: "text" };
import { check } from "../gpu/check.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { labelHash } from "../gpu/random.ts";
import { GRID, THREEFRY } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "./layer.ts";
import { STATE } from "./state.ts";

const maskSpec = {
  source: [GRID, THREEFRY, STATE, { file: "nn/dropout.wgsl", text }],
  entry: "apply_mask",
  inputs: { x: "*n", state: "u32: 8" },
  outputs: { y: "*n" },
  threads: ({ n }: Record<string, number>) => Math.ceil(n / 4),
} as const;
const forward = kernel({ ...maskSpec, name: "dropout" });
const backward = kernel({ ...maskSpec, name: "dropout/backward" });

/** Which mask, and how much of it. */
export interface DropoutMask {
  /** Probability that an element is dropped, in [0, 1). */
  readonly rate: number;
  /** Label of the stream that is folded from the step's key: the layer's path. */
  readonly label: string;
}

/**
 * x / (1 - rate) where element i is kept, else 0. Element i is dropped when
 * `bernoulli(fold(key, label), i, rate)` of `gpu/random.ts` is true, with the key of `state`.
 *
 * @param x any shape
 * @param state `u32 [8]`, see `nn/state.ts`
 */
export function dropoutForward(
  context: Context,
  x: Tensor,
  state: Tensor,
  mask: DropoutMask,
): Tensor {
  return forward(context, { x, state }, { dims: maskDims(mask) }).y;
}

/** dx from dy: the same mask and factor. */
export function dropoutBackward(
  context: Context,
  dy: Tensor,
  state: Tensor,
  mask: DropoutMask,
): Tensor {
  return backward(context, { x: dy, state }, { dims: maskDims(mask) }).y;
}

/**
 * Sets elements to 0 with probability `rate` in training and divides the others by 1 - rate; outside
 * training x goes through as it is, without a dispatch. The mask follows from the seed, the step and
 * the layer's path, so a resumed run draws the same.
 *
 * @param rate probability of dropping, in [0, 1); default 0.5
 * @throws RangeError when the rate is outside [0, 1)
 */
export function dropout(rate = 0.5, options: { readonly name?: string } = {}): LayerSpec {
  checkRate(rate);
  return layerOf("dropout", (input) => input, (x, { context, train, state }, label) => {
    if (!train || rate === 0) return { y: x, backward: (dy) => dy };
    const mask = { rate, label };
    return {
      y: dropoutForward(context, x, state, mask),
      backward: (dy) => dropoutBackward(context, dy, state, mask),
    };
  }, options);
}

function maskDims({ rate, label }: DropoutMask): Record<string, number> {
  checkRate(rate);
  return { labelHash: labelHash(label), rate, scale: 1 / (1 - rate) };
}

function checkRate(rate: number): void {
  check(rate >= 0 && rate < 1, "Cannot make dropout", { rate }, "a number in [0, 1)");
}
