/**
 * Checks of the convolution's kernels, over shapes that reach each tile.
 *
 * @module
 */
import { type NdArray, type Shape, sizeOf } from "../../gpu/tensor.ts";
import {
  conv2d,
  conv2dBackwardBias,
  conv2dBackwardInput,
  conv2dBackwardRelu,
  conv2dBackwardWeight,
  conv2dForward,
  type Conv2dOptions,
} from "../../nn/conv2d.ts";
import { conv2dBackwardBiasRef, conv2dBackwardReluRef } from "../../nn/conv2d_backward_bias_ref.ts";
import { conv2dBackwardInputRef } from "../../nn/conv2d_backward_input_ref.ts";
import { conv2dBackwardWeightRef } from "../../nn/conv2d_backward_weight_ref.ts";
import { conv2dGradientRef, conv2dRef } from "../../nn/conv2d_ref.ts";
import { type Bench, type Check, EXACT, magnitudes, randomArray, sumTolerance } from "./bench.ts";
import { compareLayer } from "./compare_layer.ts";

/** A convolution of x [b, h, w, c] with filters [kh, kw, c, f]. */
export interface Convolution extends Conv2dOptions {
  /** Shape of the input. */
  readonly x: Shape;
  /** Extent of the filters. */
  readonly size: readonly [kh: number, kw: number];
  /** How many filters. */
  readonly f: number;
  /** Which bias, if any. */
  readonly bias?: "tied" | "untied";
}

/** Vec4 in channels and filters, in filters only, in neither; each tile; past its border. */
const CASES: readonly Convolution[] = [
  { x: [17, 5, 6, 8], size: [3, 3], f: 20, bias: "untied", activation: "relu" },
  { x: [16, 4, 4, 20], size: [3, 3], f: 16, bias: "tied", padding: "same" },
  { x: [3, 8, 9, 16], size: [3, 3], f: 36, bias: "tied", stride: 2 },
  { x: [19, 5, 5, 3], size: [3, 2], f: 16, bias: "untied", activation: "relu" },
  { x: [18, 4, 5, 3], size: [3, 3], f: 32, bias: "tied", padding: "same" },
  { x: [5, 4, 5, 3], size: [2, 3], f: 8, bias: "tied" },
  { x: [3, 5, 5, 4], size: [3, 3], f: 5, bias: "untied", activation: "relu" },
  { x: [2, 5, 7, 7], size: [3, 2], f: 11, bias: "tied", padding: "same", stride: 2 },
];
const MORE_CASES: readonly Convolution[] = [
  { x: [1, 1, 1, 1], size: [1, 1], f: 1 },
  { x: [1, 5, 4, 4], size: [3, 2], f: 4, bias: "tied" },
  { x: [16, 4, 4, 20], size: [3, 3], f: 16, padding: "same", activation: "relu", bias: "tied" },
  { x: [9, 7, 5, 12], size: [2, 4], f: 12, padding: "same", bias: "untied" },
  { x: [10, 7, 8, 4], size: [3, 5], f: 12, stride: 3, padding: "same", activation: "relu" },
  { x: [19, 9, 8, 3], size: [6, 5], f: 16, bias: "untied", activation: "relu" }, // pictures
  { x: [2, 6, 6, 3], size: [3, 3], f: 8, padding: "same", bias: "tied" },
  { x: [9, 6, 7, 1], size: [4, 4], f: 12, padding: "same", stride: 2, activation: "relu" },
  { x: [18, 4, 5, 3], size: [3, 3], f: 32, bias: "tied" }, // the tiles of 32 filters
  { x: [9, 3, 3, 5], size: [2, 2], f: 64, padding: "same", bias: "untied" },
  { x: [5, 1, 13, 8], size: [1, 4], f: 12, bias: "tied" }, // one axis
  { x: [2, 2, 1, 4], size: [5, 3], f: 4, padding: "same" }, // filter larger than the image
  { x: [41, 6, 6, 4], size: [1, 1], f: 4 }, // 126 rows, 8 chunks
];

/** Random arrays of a convolution. */
export function convolutionArrays({ x: shape, size, f, bias, ...options }: Convolution) {
  const [x, weight] = [randomArray(shape, 1), randomArray([...size, shape[3], f], 2)];
  const dy = randomArray(conv2dRef(x, weight, undefined, options).shape, 4);
  const biasShape = bias === "untied" ? dy.shape.slice(1) : [f];
  return { x, weight, bias: bias && randomArray(biasShape, 3), dy, options };
}

/** Convolutions with their bias and ReLU. */
export function checkForward(bench: Bench): void {
  for (const convolution of bench.cases(CASES, MORE_CASES)) {
    const { x, weight, bias, options } = convolutionArrays(convolution);
    const y = conv2dForward(bench, bench.upload(x), bench.upload(weight), {
      ...options,
      bias: bias && bench.upload(bias),
    });
    const linear = { ...options, activation: "none" } as const;
    const sums = conv2dRef(magnitudes(x), magnitudes(weight), bias && magnitudes(bias), linear);
    const terms = sizeOf(weight.shape.slice(0, 3)) + 1;
    bench.compare(y, conv2dRef(x, weight, bias, options), sumTolerance(terms, sums));
  }
}

/** Gradients of inputs. */
export function checkBackwardInput(bench: Bench): void {
  for (const convolution of bench.cases(CASES, MORE_CASES)) {
    const { x: { shape }, weight, dy, options } = convolutionArrays(convolution);
    const sums = conv2dBackwardInputRef(magnitudes(dy), magnitudes(weight), shape, options);
    bench.compare(
      conv2dBackwardInput(bench, bench.upload(dy), bench.upload(weight), shape, options),
      conv2dBackwardInputRef(dy, weight, shape, options),
      sumTolerance(sizeOf(convolution.size) * convolution.f, sums),
    );
  }
}

/** Gradients of filters. */
export function checkBackwardWeight(bench: Bench): void {
  for (const convolution of bench.cases(CASES, MORE_CASES)) {
    const { x, weight: { shape }, dy, options } = convolutionArrays(convolution);
    const dw = bench.empty(shape);
    conv2dBackwardWeight(bench, bench.upload(x), bench.upload(dy), dw, options);
    const sums = conv2dBackwardWeightRef(magnitudes(x), magnitudes(dy), shape, options);
    const tolerance = sumTolerance(sizeOf(dy.shape.slice(0, 3)), sums);
    bench.compare(dw, conv2dBackwardWeightRef(x, dy, shape, options), tolerance);
  }
}

/** Enough rows for several parts, with and without vec4. */
const BIASES: readonly Shape[] = [[40, 3, 3, 4], [67, 2, 3, 3]];
const MORE_BIASES: readonly Shape[] = [
  [1, 1, 1, 1],
  [5, 3, 7, 8],
  [2, 3, 5, 3],
  [4, 2, 2, 5],
  [40, 6, 6, 4],
];

/** Gradients of biases, tied and untied, and through ReLU. */
export function checkBackwardBias(bench: Bench): void {
  for (const shape of bench.cases(BIASES, MORE_BIASES)) {
    for (const bias of [shape.slice(1), shape.slice(3)]) {
      const [y, dy] = [bench.normal(shape, 1), bench.normal(shape, 2)];
      const toleranceOf = (gradient: NdArray) => {
        const sums = conv2dBackwardBiasRef(magnitudes(gradient), bias);
        return sumTolerance(sizeOf(shape) / sizeOf(bias), sums);
      };
      const [db, dbMasked] = [bench.empty(bias), bench.empty(bias)];
      conv2dBackwardBias(bench, dy.device, db);
      bench.compare(db, conv2dBackwardBiasRef(dy.host, bias), toleranceOf(dy.host));
      const dz = conv2dBackwardRelu(bench, dy.device, y.device, dbMasked);
      const masked = conv2dBackwardReluRef(dy.host, y.host);
      bench.compareAll([
        [dz, masked, EXACT],
        [dbMasked, conv2dBackwardBiasRef(masked, bias), toleranceOf(masked)],
      ]);
    }
  }
}

/** The layer, with each bias and without. */
export function checkConv2d(bench: Bench): void {
  const tolerance = { absolute: 1e-5 };
  for (
    const [bias, activation] of [["tied", "none"], ["untied", "relu"], ["none", "relu"]] as const
  ) {
    const arrays = convolutionArrays({
      x: [3, 6, 5, 4],
      size: [3, 2],
      f: 8,
      activation,
      bias: bias === "none" ? undefined : bias,
    });
    const { x, weight, dy, options } = arrays;
    const { dx, dw, db } = conv2dGradientRef(x, weight, arrays.bias, dy, options);
    const params = arrays.bias ? [weight, arrays.bias] : [weight];
    const expected = { y: conv2dRef(x, weight, arrays.bias, options), dx };
    compareLayer(
      bench,
      conv2d({ filters: 8, size: [3, 2], bias, ...options }),
      { x, dy, params },
      { ...expected, grads: db ? [dw, db] : [dw] },
      { y: tolerance, dx: tolerance, grads: [tolerance, tolerance] },
    );
  }
}

/** Checks of `nn/conv2d*`. */
export const conv2dChecks: readonly Check[] = [
  checkForward,
  checkBackwardInput,
  checkBackwardWeight,
  checkBackwardBias,
  checkConv2d,
];
