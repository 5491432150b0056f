/** Gradient of a convolution's input in float64. */
import { type NdArray, type Shape, sizeOf } from "../gpu/tensor.ts";
import { eachProduct } from "./conv2d_forward_ref.ts";
import type { Conv2dOptions } from "./conv2d_geometry.ts";

/**
 * Each product of an element of x with a weight passes dy on to that element.
 *
 * @param dy gradient behind the activation [b, oh, ow, f]
 * @param input shape of x [b, h, w, c]
 */
export function conv2dBackwardInputRef(
  dy: NdArray,
  weight: NdArray,
  input: Shape,
  options: Conv2dOptions = {},
): NdArray<Float64Array> {
  const data = new Float64Array(sizeOf(input));
  eachProduct(
    input,
    weight.shape,
    options,
    (xi, wi, yi) => data[xi] += dy.data[yi] * weight.data[wi],
  );
  return { shape: input, data };
}
