/**
 * Checks of the convolution's kernels, over shapes that reach each tile.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../gpu/tensor.ts";
import {
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
import { conv2dRef } from "../../nn/conv2d_ref.ts";
import { type Bench, type Check, EXACT, magnitudes, sumTolerance } from "./bench.ts";

/** A convolution of x [b, h, w, c] with filters [kh, kw, c, f]. */
interface Case extends Conv2dOptions {
  readonly x: Shape;
  readonly size: readonly [kh: number, kw: number];
  readonly f: number;
  readonly bias: "tied" | "untied";
}

/** Vec4 in channels and filters, in filters only, in neither; each tile; past its border. */
const CASES: readonly Case[] = [
  { x: [17, 5, 6, 8], size: [3, 3], f: 20, bias: "untied", activation: "relu" },
  { x: [16, 4, 4, 20], size: [3, 3], f: 16, bias: "tied", padding: "same" },
  { x: [3, 8, 9, 16], size: [3, 3], f: 36, bias: "tied", stride: 2 },
  { x: [19, 5, 5, 3], size: [3, 2], f: 16, bias: "untied", activation: "relu" },
  { x: [18, 4, 5, 3], size: [3, 3], f: 32, bias: "tied", padding: "same" },
  { x: [5, 4, 5, 3], size: [2, 3], f: 8, bias: "tied" },
  { x: [3, 5, 5, 4], size: [3, 3], f: 5, bias: "untied", activation: "relu" },
  { x: [2, 5, 7, 7], size: [3, 2], f: 11, bias: "tied", padding: "same", stride: 2 },
];

function checkForward(bench: Bench): void {
  for (const { x: input, size, f, bias: kind, ...options } of CASES) {
    const [x, w] = [bench.normal(input, 1), bench.normal([...size, input[3], f], 2)];
    const { shape } = conv2dRef(x.host, w.host, undefined, options);
    const bias = bench.normal(kind === "tied" ? [f] : shape.slice(1), 3);
    const y = conv2dForward(bench, x.device, w.device, { ...options, bias: bias.device });
    const [sizeX, sizeW, sizeBias] = [x.host, w.host, bias.host].map(magnitudes);
    const sums = conv2dRef(sizeX, sizeW, sizeBias, options);
    const terms = sizeOf(w.host.shape.slice(0, 3)) + 1;
    bench.compare(y, conv2dRef(x.host, w.host, bias.host, options), sumTolerance(terms, sums));
  }
}

function checkBackward(bench: Bench): void {
  for (const { x: input, size, f, ...options } of CASES) {
    const [x, w] = [bench.normal(input, 1), bench.normal([...size, input[3], f], 2)];
    const { shape } = conv2dRef(x.host, w.host, undefined, options);
    const dy = bench.normal(shape, 4);
    const [sizeX, sizeW, sizeDy] = [x.host, w.host, dy.host].map(magnitudes);
    bench.compare(
      conv2dBackwardInput(bench, dy.device, w.device, input, options),
      conv2dBackwardInputRef(dy.host, w.host, input, options),
      sumTolerance(
        sizeOf(size) * f,
        conv2dBackwardInputRef(sizeDy, sizeW, input, options),
      ),
    );
    const dw = bench.empty(w.host.shape);
    conv2dBackwardWeight(bench, x.device, dy.device, dw, options);
    bench.compare(
      dw,
      conv2dBackwardWeightRef(x.host, dy.host, dw.shape, options),
      sumTolerance(
        sizeOf(shape.slice(0, 3)),
        conv2dBackwardWeightRef(sizeX, sizeDy, dw.shape, options),
      ),
    );
  }
}

/** Enough rows for several parts, with and without vec4, tied and untied biases. */
function checkBiases(bench: Bench): void {
  for (const shape of [[40, 3, 3, 4], [67, 2, 3, 3]]) {
    for (const bias of [shape.slice(1), shape.slice(3)]) {
      const [y, dy] = [bench.normal(shape, 1), bench.normal(shape, 2)];
      const sums = conv2dBackwardBiasRef(magnitudes(dy.host), bias);
      const tolerance = sumTolerance(sizeOf(shape) / sizeOf(bias), sums);
      const [db, dbMasked] = [bench.empty(bias), bench.empty(bias)];
      conv2dBackwardBias(bench, dy.device, db);
      bench.compare(db, conv2dBackwardBiasRef(dy.host, bias), tolerance);
      const dz = conv2dBackwardRelu(bench, dy.device, y.device, dbMasked);
      const masked = conv2dBackwardReluRef(dy.host, y.host);
      bench.compareAll([
        [dz, masked, EXACT],
        [dbMasked, conv2dBackwardBiasRef(masked, bias), tolerance],
      ]);
    }
  }
}

/** Checks of `nn/conv2d*`. */
export const conv2dChecks: readonly Check[] = [checkForward, checkBackward, checkBiases];
