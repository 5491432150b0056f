/** Convolution and its gradient in float64: seven loops, as in the formula. */
import { type NdArray, sizeOf } from "../gpu/tensor.ts";
import { type Conv2dOptions, convOutputLength } from "./conv2d.ts";

/** Visits every product of a convolution: indices into x, the weights and y. */
function eachProduct(
  x: NdArray,
  weight: NdArray,
  { stride = 1, padding = "valid" }: Conv2dOptions,
  visit: (xi: number, wi: number, yi: number) => void,
): number[] {
  const [b, h, w, c] = x.shape;
  const [kh, kw, , f] = weight.shape;
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
  const { stride = 1, padding = "valid" } = options;
  const oh = convOutputLength(x.shape[1], weight.shape[0], stride, padding).length;
  const ow = convOutputLength(x.shape[2], weight.shape[1], stride, padding).length;
  const shape = [x.shape[0], oh, ow, weight.shape[3]];
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => bias ? bias.data[i % bias.data.length] : 0,
  );
  eachProduct(x, weight, options, (xi, wi, yi) => data[yi] += x.data[xi] * weight.data[wi]);
  return { shape, data: options.activation === "relu" ? data.map((v) => Math.max(0, v)) : data };
}

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
  const y = conv2dRef(x, weight, bias, options);
  const dz = Float64Array.from(dy.data, (value, i) => isRelu && !(y.data[i] > 0) ? 0 : value);
  const dx = new Float64Array(x.data.length);
  const dw = new Float64Array(weight.data.length);
  eachProduct(x, weight, options, (xi, wi, yi) => {
    dx[xi] += dz[yi] * weight.data[wi];
    dw[wi] += dz[yi] * x.data[xi];
  });
  const db = bias && new Float64Array(bias.data.length);
  if (db) dz.forEach((value, i) => db[i % db.length] += value);
  return {
    dx: { shape: x.shape, data: dx },
    dw: { shape: weight.shape, data: dw },
    db: bias && db && { shape: bias.shape, data: db },
  };
}
