/** Gradient of a convolution's weights in float64. */
import { type NdArray, type Shape, sizeOf } from "../gpu/tensor.ts";
import { eachProduct } from "./conv2d_forward_ref.ts";
import type { Conv2dOptions } from "./conv2d_geometry.ts";

/**
 * Each product of an element of x with a weight passes dy on to that weight.
 *
 * @param dy gradient behind the activation [b, oh, ow, f]
 * @param weight shape of the weights [kh, kw, c, f]
 */
export function conv2dBackwardWeightRef(
  x: NdArray,
  dy: NdArray,
  weight: Shape,
  options: Conv2dOptions = {},
): NdArray<Float64Array> {
  const data = new Float64Array(sizeOf(weight));
  eachProduct(x.shape, weight, options, (xi, wi, yi) => data[wi] += dy.data[yi] * x.data[xi]);
  return { shape: weight, data };
}
