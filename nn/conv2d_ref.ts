/** Convolution layer and its gradient in float64. */
import type { NdArray } from "../gpu/tensor.ts";
import { conv2dBackwardBiasRef, conv2dBackwardReluRef } from "./conv2d_backward_bias_ref.ts";
import { conv2dBackwardInputRef } from "./conv2d_backward_input_ref.ts";
import { conv2dBackwardWeightRef } from "./conv2d_backward_weight_ref.ts";
import { conv2dRef } from "./conv2d_forward_ref.ts";
import type { Conv2dOptions } from "./conv2d_geometry.ts";

export { conv2dRef };

/**
 * Gradients of `conv2dRef`: of the input, of the weights and of the bias (shaped as it is).
 *
 * @param dy gradient of the output
 */
export function conv2dGradientRef(
  x: NdArray,
  weight: NdArray,
  bias: NdArray | undefined,
  dy: NdArray,
  options: Conv2dOptions = {},
): { dx: NdArray<Float64Array>; dw: NdArray<Float64Array>; db: NdArray<Float64Array> | undefined } {
  const isRelu = options.activation === "relu";
  const dz = isRelu ? conv2dBackwardReluRef(dy, conv2dRef(x, weight, bias, options)) : dy;
  return {
    dx: conv2dBackwardInputRef(dz, weight, x.shape, options),
    dw: conv2dBackwardWeightRef(x, dz, weight.shape, options),
    db: bias && conv2dBackwardBiasRef(dz, bias.shape),
  };
}
