/** Gradient behind a convolution's ReLU, and of its bias, in float64. */
import { type NdArray, type Shape, sizeOf } from "../gpu/tensor.ts";

/**
 * dy where y > 0, elsewhere 0.
 *
 * @param y output of the layer
 */
export function conv2dBackwardReluRef(dy: NdArray, y: NdArray): NdArray<Float64Array> {
  const data = Float64Array.from(dy.data, (value, i) => y.data[i] > 0 ? value : 0);
  return { shape: dy.shape, data };
}

/**
 * Sum of dy over all that share a bias.
 *
 * @param bias [f] or [oh, ow, f]
 */
export function conv2dBackwardBiasRef(dy: NdArray, bias: Shape): NdArray<Float64Array> {
  const data = new Float64Array(sizeOf(bias));
  dy.data.forEach((value, i) => data[i % data.length] += value);
  return { shape: bias, data };
}
