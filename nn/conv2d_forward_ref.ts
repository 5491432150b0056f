/** Convolution in float64: seven loops, as in the formula. */
import { type NdArray, type Shape, sizeOf } from "../gpu/tensor.ts";
import { type Conv2dOptions, convOutputLength } from "./conv2d_geometry.ts";

/**
 * Visits every product of a convolution: indices into x, the weights and y.
 *
 * @param input shape of x [b, h, w, c]
 * @param weight shape of the weights [kh, kw, c, f]
 * @returns shape of y [b, oh, ow, f]
 */
export function eachProduct(
  input: Shape,
  weight: Shape,
  { stride = 1, padding = "valid" }: Conv2dOptions,
  visit: (xi: number, wi: number, yi: number) => void,
): Shape {
  const [b, h, w, c] = input;
  const [kh, kw, , f] = weight;
  const { length: oh, before: top } = convOutputLength(h, kh, stride, padding);
  const { length: ow, before: left } = convOutputLength(w, kw, stride, padding);
  for (let image = 0; image < b; image++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let ky = 0; ky < kh; ky++) {
          for (let kx = 0; kx < kw; kx++) {
            const [iy, ix] = [oy * stride + ky - top, ox * stride + kx - left];
            if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
            for (let channel = 0; channel < c; channel++) {
              for (let filter = 0; filter < f; filter++) {
                visit(
                  ((image * h + iy) * w + ix) * c + channel,
                  ((ky * kw + kx) * c + channel) * f + filter,
                  ((image * oh + oy) * ow + ox) * f + filter,
                );
              }
            }
          }
        }
      }
    }
  }
  return [b, oh, ow, f];
}

/**
 * Cross-correlation of x [b, h, w, c] with weights [kh, kw, c, f], plus a bias [f] or [oh, ow, f], and
 * a ReLU if asked for.
 */
export function conv2dRef(
  x: NdArray,
  weight: NdArray,
  bias: NdArray | undefined,
  options: Conv2dOptions = {},
): NdArray<Float64Array> {
  const shape = eachProduct(x.shape, weight.shape, options, () => {});
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => bias ? bias.data[i % bias.data.length] : 0,
  );
  eachProduct(
    x.shape,
    weight.shape,
    options,
    (xi, wi, yi) => data[yi] += x.data[xi] * weight.data[wi],
  );
  return { shape, data: options.activation === "relu" ? data.map((v) => Math.max(0, v)) : data };
}
