/**
 * Checks of the layers in `nn/`, forward and gradient, over shapes that reach each entry point.
 *
 * @module
 */
import type { Context } from "../../gpu/kernel.ts";
import { key } from "../../gpu/random.ts";
import type { NdArray, Shape, Tensor } from "../../gpu/tensor.ts";
import {
  leakyReluBackward,
  leakyReluForward,
  reluBackward,
  reluForward,
  sigmoidBackward,
  sigmoidForward,
  softmaxBackward,
  softmaxForward,
} from "../../nn/activation.ts";
import {
  leakyReluGradientRef,
  leakyReluRef,
  reluGradientRef,
  reluRef,
  sigmoidGradientRef,
  sigmoidRef,
  softmaxGradientRef,
  softmaxRef,
} from "../../nn/activation_ref.ts";
import { columnsOf, concatenate } from "../../nn/concat.ts";
import { columnsRef, concatenateRef } from "../../nn/concat_ref.ts";
import { dense } from "../../nn/dense.ts";
import { denseGradRef, denseRef } from "../../nn/dense_ref.ts";
import { dropoutBackward, dropoutForward } from "../../nn/dropout.ts";
import { dropoutRef } from "../../nn/dropout_ref.ts";
import { maxoutBackward, maxoutForward } from "../../nn/maxout.ts";
import { maxoutGradientRef, maxoutRef } from "../../nn/maxout_ref.ts";
import { pool, type PoolKind, type PoolOptions } from "../../nn/pool.ts";
import { poolGradientRef, poolRef } from "../../nn/pool_ref.ts";
import { poolViews, type ViewPoolKind } from "../../nn/view_pool.ts";
import { viewPoolGradientRef, viewPoolRef } from "../../nn/view_pool_ref.ts";
import { mergeViews, viewsBackward, viewsForward } from "../../nn/views.ts";
import {
  mergeViewsGradientRef,
  mergeViewsRef,
  viewsGradientRef,
  viewsRef,
} from "../../nn/views_ref.ts";
import {
  type Bench,
  type Check,
  EXACT,
  magnitudes,
  sumTolerance,
  type Tolerance,
} from "./bench.ts";

/** What WGSL lets exp, division and square root be off, and a few roundings. */
const CLOSE: Tolerance = { relative: 2e-6, absolute: 2e-6 };

/** An activation on the device and in float64; backward takes the output, its reference the input. */
interface Activation {
  forward(context: Context, x: Tensor): Tensor;
  backward(context: Context, y: Tensor, dy: Tensor): Tensor;
  ref(x: NdArray): NdArray;
  gradientRef(x: NdArray, dy: NdArray): NdArray;
  readonly tolerance: Tolerance;
}

const SLOPE = 0.1;

const ACTIVATIONS: readonly Activation[] = [
  {
    forward: reluForward,
    backward: reluBackward,
    ref: reluRef,
    gradientRef: reluGradientRef,
    tolerance: EXACT,
  },
  {
    forward: (context, x) => leakyReluForward(context, x, SLOPE),
    backward: (context, y, dy) => leakyReluBackward(context, y, dy, SLOPE),
    ref: (x) => leakyReluRef(x, SLOPE),
    gradientRef: (x, dy) => leakyReluGradientRef(x, dy, SLOPE),
    tolerance: { relative: 2e-7 },
  },
  {
    forward: sigmoidForward,
    backward: sigmoidBackward,
    ref: sigmoidRef,
    gradientRef: sigmoidGradientRef,
    tolerance: CLOSE,
  },
  {
    forward: softmaxForward,
    backward: softmaxBackward,
    ref: softmaxRef,
    gradientRef: softmaxGradientRef,
    tolerance: CLOSE,
  },
];

function checkActivations(bench: Bench): void {
  for (const { forward, backward, ref, gradientRef, tolerance } of ACTIVATIONS) {
    for (const shape of [[1, 1], [67, 13]]) {
      const [x, dy] = [bench.normal(shape, 1, 3), bench.normal(shape, 2)];
      const expected = bench.both(ref(x.host));
      bench.compare(forward(bench, x.device), ref(x.host), tolerance);
      const dx = backward(bench, expected.device, dy.device);
      bench.compare(dx, gradientRef(x.host, dy.host), tolerance);
    }
  }
}

/** Vec4 and not, windows side by side and overlapping, clipped and dropped borders. */
const POOLS: readonly { shape: Shape; options: PoolOptions }[] = [
  { shape: [2, 5, 7, 3], options: {} },
  { shape: [3, 5, 7, 8], options: {} },
  { shape: [2, 7, 6, 4], options: { size: 3, stride: 2 } },
  { shape: [1, 5, 5, 4], options: { border: "drop" } },
];

function checkPools(bench: Bench): void {
  for (const kind of ["max", "mean", "l2"] as const satisfies readonly PoolKind[]) {
    for (const { shape, options } of POOLS) {
      const x = bench.normal(shape, 1);
      const expected = poolRef(x.host, kind, options);
      const dy = bench.normal(expected.shape, 2);
      const { y, backward } = pool(bench, x.device, kind, options);
      bench.compare(y, expected, kind === "max" ? EXACT : CLOSE);
      const gradient = poolGradientRef(x.host, dy.host, kind, options);
      bench.compare(backward(dy.device), gradient, CLOSE);
    }
  }
}

function checkDropout(bench: Bench): void {
  const stream = key(9);
  const state = bench.state({ step: 3, learningRate: 0, key: stream, count: 1 });
  const mask = { rate: 0.3, label: "doctor/dropout" };
  for (const shape of [[1], [257, 3]]) {
    const [x, dy] = [bench.normal(shape, 1), bench.normal(shape, 2)];
    const rounding = { relative: 2e-7 };
    const y = dropoutForward(bench, x.device, state, mask);
    bench.compare(y, dropoutRef(x.host, stream, mask), rounding);
    const dx = dropoutBackward(bench, dy.device, state, mask);
    bench.compare(dx, dropoutRef(dy.host, stream, mask), rounding);
  }
}

function checkMaxout(bench: Bench): void {
  for (const pieces of [2, 3]) {
    for (const units of [1, 131]) {
      const [x, dy] = [bench.normal([3, units * pieces], 1), bench.normal([3, units], 2)];
      const y = maxoutForward(bench, x.device, pieces);
      bench.compare(y, maxoutRef(x.host, pieces), EXACT);
      const dx = maxoutBackward(bench, x.device, dy.device, pieces);
      bench.compare(dx, maxoutGradientRef(x.host, dy.host, pieces), EXACT);
    }
  }
}

function checkViews(bench: Bench): void {
  const cases = [
    { shape: [2, 2, 7, 7, 3], part: 5, flip: true },
    { shape: [3, 1, 4, 4, 1], part: 3, flip: false },
  ];
  for (const { shape, part, flip } of cases) {
    const x = bench.normal(shape, 1);
    const expected = viewsRef(x.host, part, flip);
    const dy = bench.normal(expected.shape, 2);
    bench.compare(viewsForward(bench, x.device, { part, flip }), expected, EXACT);
    const gradient = viewsGradientRef(dy.host, shape, part, flip);
    bench.compare(viewsBackward(bench, dy.device, shape, { part, flip }), gradient, CLOSE);
  }
}

function checkMergeViews(bench: Bench): void {
  const parts = 4;
  for (const shape of [[3 * parts, 2, 3, 5], [3 * parts, 2, 3, 4]]) { // without and with vec4
    const x = bench.normal(shape, 1);
    const expected = mergeViewsRef(x.host, parts);
    const dy = bench.normal(expected.shape, 2);
    const layer = mergeViews(parts).build(bench, shape, { name: "doctor" });
    const pass = { context: bench, train: true, state: x.device }; // it reads no state
    const { y, backward } = layer.forward(x.device, pass);
    bench.compare(y, expected, EXACT);
    bench.compare(backward(dy.device)!, mergeViewsGradientRef(dy.host, shape, parts), EXACT);
  }
}

function checkViewPool(bench: Bench): void {
  const parts = 5;
  for (const kind of ["mean", "max", "rms"] as const satisfies readonly ViewPoolKind[]) {
    for (const features of [7, 12]) {
      const [x, dy] = [bench.normal([3 * parts, features], 1), bench.normal([3, features], 2)];
      const { y, backward } = poolViews(bench, x.device, { parts, kind });
      bench.compare(y, viewPoolRef(x.host, parts, kind), kind === "max" ? EXACT : CLOSE);
      const gradient = viewPoolGradientRef(x.host, dy.host, parts, kind);
      bench.compare(backward(dy.device), gradient, CLOSE);
    }
  }
}

function checkConcat(bench: Bench): void {
  const parts = [3, 1, 8].map((width, i) => bench.normal([13, 2, width], i));
  const joined = concatenateRef(parts.map(({ host }) => host));
  const result = concatenate(bench, parts.map(({ device }) => device));
  bench.compare(result, joined, EXACT);
  const source = bench.upload(joined);
  bench.compare(columnsOf(bench, source, 3, 5), columnsRef(joined, 3, 5), EXACT);
}

function checkDense(bench: Bench): void {
  for (const [b, d, units] of [[3, 5, 7], [17, 12, 20]]) {
    const [x, dy] = [bench.normal([b, d], 1), bench.normal([b, units], 2)];
    const [w, bias] = [bench.normal([d, units], 3), bench.normal([units], 4)];
    const layer = dense({ units, activation: "relu" }).build(bench, [b, d], { name: "doctor" });
    const [weight, shift] = layer.params;
    bench.write(weight.value, w.host.data);
    bench.write(shift.value, bias.host.data);
    const { y, backward } = layer.forward(x.device, {
      context: bench,
      train: true,
      state: x.device, // it reads no state
    });
    const options = { bias: bias.host, relu: true };
    const [sizeX, sizeW, sizeBias, sizeDy] = [x.host, w.host, bias.host, dy.host].map(magnitudes);
    bench.compare(
      y,
      denseRef(x.host, w.host, options),
      sumTolerance(d + 1, denseRef(sizeX, sizeW, { bias: sizeBias })),
    );
    const dx = backward(dy.device)!;
    const expected = denseGradRef(x.host, w.host, dy.host, options);
    const sizes = denseGradRef(sizeX, sizeW, sizeDy);
    bench.compareAll([
      [dx, expected.dx, sumTolerance(units, sizes.dx)],
      [weight.grad, expected.dw, sumTolerance(b, sizes.dw)],
      [shift.grad, expected.db, sumTolerance(b, sizes.db)],
    ]);
  }
}

/** Checks of the layers but the convolution. */
export const layerChecks: readonly Check[] = [
  checkActivations,
  checkPools,
  checkDropout,
  checkMaxout,
  checkViews,
  checkMergeViews,
  checkViewPool,
  checkConcat,
  checkDense,
];
