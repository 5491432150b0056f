/**
 * Checks of what training needs besides layers: losses, optimisers, limits, augmentation.
 *
 * @module
 */
import { bits, key } from "../../gpu/random.ts";
import { type NdArray, type Shape, sizeOf, type Tensor } from "../../gpu/tensor.ts";
import { perturbation } from "../../nn/affine.ts";
import { augment } from "../../nn/augment.ts";
import { augmentRef } from "../../nn/augment_ref.ts";
import { clipByGlobalNorm } from "../../nn/clip.ts";
import { clipByGlobalNormRef } from "../../nn/clip_ref.ts";
import { constant } from "../../nn/init.ts";
import type { Param } from "../../nn/layer.ts";
import {
  accumulate,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  type Loss,
  mse,
  weightedMse,
} from "../../nn/loss.ts";
import { type LossName, lossRef } from "../../nn/loss_ref.ts";
import { maxNorm } from "../../nn/max_norm.ts";
import { maxNormRef } from "../../nn/max_norm_ref.ts";
import { adam, nesterov, type OptimizerSpec, sgd } from "../../nn/optimizer.ts";
import { adamRef, type ParameterRef, parameterRef, sgdRef } from "../../nn/optimizer_ref.ts";
import { type Bench, type Both, type Check, EXACT, magnitudes, type Tolerance } from "./bench.ts";

/** A dozen roundings, and what WGSL lets exp, log, division and square root be off. */
const CLOSE: Tolerance = { relative: 2e-6, absolute: 2e-6 };

/** Words on the device hold f32: whole numbers up to 2^24 are exact. */
const STEP = { step: 3, learningRate: 0.05, key: key(1) };

const LOSSES: Readonly<Record<LossName, Loss>> = {
  mse: mse(),
  weightedMse: weightedMse(),
  binaryCrossEntropy: binaryCrossEntropy(),
  categoricalCrossEntropy: categoricalCrossEntropy(),
};

/** Rows of positive numbers that add up to 1. */
function distributions(bench: Bench, [b, k]: Shape): Both {
  const { host } = bench.normal([b, k], 2);
  const sizes = magnitudes(host);
  for (let row = 0; row < b; row++) {
    const values = sizes.data.subarray(row * k, (row + 1) * k);
    const sum = values.reduce((a, x) => a + x, 0);
    values.forEach((value, i) => values[i] = value / sum);
  }
  return bench.both(sizes);
}

function checkLosses(bench: Bench): void {
  for (const [name, loss] of Object.entries(LOSSES) as [LossName, Loss][]) {
    for (const [b, k, count] of [[1, 1, 1], [67, 37, 65]]) { // two rows of padding
      const y = bench.normal([b, k], 1, 3);
      const target = distributions(bench, [b, k]);
      const weights = name === "weightedMse" ? bench.both(magnitudes(target.host)) : undefined;
      const pass = { context: bench, train: true, state: bench.state({ ...STEP, count }) };
      const { perExample, dy } = loss(pass, y.device, target.device, weights?.device);
      const expected = lossRef(name, y.host, target.host, count, weights?.host);
      bench.compareAll([[perExample, expected.perExample, CLOSE], [dy, expected.dy, CLOSE]]);
    }
  }
  checkTotal(bench);
}

function checkTotal(bench: Bench): void {
  const perExample = bench.both(magnitudes(bench.normal([131], 1).host));
  const total = bench.both({ shape: [4], data: Float64Array.of(2, 3, 0, 7) });
  const state = bench.state({ ...STEP, count: 130 });
  accumulate(bench, { perExample: perExample.device, state, total: total.device });
  const sum = perExample.host.data.subarray(0, 130).reduce((a, x) => a + x, 0);
  const expected = { shape: [4], data: Float64Array.of(2 + sum, 3 + 130, 0, 7) };
  bench.compare(total.device, expected, { relative: 2e-6 });
}

/** One element, vec4 with a rest, past a workgroup of vec4. */
const SHAPES: readonly Shape[] = [[1], [7, 5], [257, 3]];

function param(index: number, value: Tensor, grad: Tensor): Param {
  const name = `doctor/${index}`;
  return { name, value, grad, decay: index % 2 === 0, init: constant(0) };
}

type Update = (ref: ParameterRef, grad: NdArray) => void;

const { learningRate, step } = STEP;
const DECAY = 0.01;

const OPTIMIZERS: readonly (readonly [spec: OptimizerSpec, update: Update])[] = [
  [
    sgd({ weightDecay: DECAY }),
    (ref, grad) => sgdRef(ref, grad, { learningRate, weightDecay: DECAY }),
  ],
  [
    sgd({ momentum: 0.9, weightDecay: DECAY }),
    (ref, grad) => sgdRef(ref, grad, { learningRate, momentum: 0.9, weightDecay: DECAY }),
  ],
  [nesterov({ momentum: 0.9, weightDecay: DECAY }), (ref, grad) => {
    sgdRef(ref, grad, { learningRate, momentum: 0.9, nesterov: true, weightDecay: DECAY });
  }],
  [
    adam({ weightDecay: DECAY }),
    (ref, grad) => adamRef(ref, grad, { learningRate, step, weightDecay: DECAY }),
  ],
];

/** One step from given values, gradients and memories, all of which must come out right. */
function checkOptimizers(bench: Bench): void {
  for (const [spec, update] of OPTIMIZERS) {
    const state = bench.state({ ...STEP, count: 1, betas: spec.betas });
    SHAPES.forEach((shape, i) => {
      const [value, grad] = [bench.normal(shape, 1), bench.normal(shape, 2)];
      const trained = param(i, value.device, grad.device);
      const optimizer = spec.build(bench, [trained]);
      const memories = Object.values(optimizer.state);
      const starts = memories.map((_, j) => magnitudes(bench.normal(shape, 3 + j).host));
      memories.forEach((memory, j) => bench.write(memory, starts[j].data));
      const ref = parameterRef(value.host, trained.decay);
      starts.forEach((start, j) => [ref.first, ref.second][j].data.set(start.data));
      update(ref, grad.host);
      optimizer.step(bench, state);
      bench.compareAll([
        [value.device, ref.value, CLOSE],
        ...memories.map((memory, j) => [memory, [ref.first, ref.second][j], CLOSE] as const),
      ]);
    });
  }
}

function checkClip(bench: Bench): void {
  const grads = [...SHAPES, [1024 * 3 + 5]].map((shape, i) => bench.normal(shape, i + 1));
  const { clipped, norm, factor } = clipByGlobalNormRef(grads.map(({ host }) => host), 0.7);
  const params = grads.map(({ device }, i) => param(i, device, device));
  const clip = clipByGlobalNorm(bench, params, 0.7);
  const figures = { shape: [4], data: Float64Array.of(factor, norm, 0.7, 0) };
  bench.compareAll([
    [clip, figures, { relative: 2e-6 }],
    ...grads.map(({ device }, i) => [device, clipped[i], { relative: 2e-6 }] as const),
  ]);
}

function checkMaxNorm(bench: Bench): void {
  for (const shape of [[5, 7], [13, 260]]) {
    const weight = bench.normal(shape, 1);
    maxNorm(bench, { name: "doctor", value: weight.device }, 1);
    bench.compare(weight.device, maxNormRef(weight.host, 1), { relative: 2e-6 });
    const idle = bench.normal(shape, 1); // step 3 is no multiple of 2
    const state = bench.state({ ...STEP, count: 1 });
    maxNorm(bench, { name: "doctor", value: idle.device }, 0.1, { every: 2, state });
    bench.compare(idle.device, idle.host, EXACT);
  }
}

function checkAugment(bench: Bench): void {
  const [b, v, size, h, w] = [3, 2, 7, 5, 11];
  const shape = [b, h, w, 3];
  const bytes = Uint8Array.from({ length: sizeOf(shape) }, (_, i) => bits(key(1), i) & 255);
  const images = { shape, data: bytes };
  const maps = Array.from({ length: b * v }, (_, i) => {
    const turn = { rotation: 47 * i, zoom: 0.5 + 0.2 * i, shear: 5 * i };
    return perturbation({ ...turn, translateX: i - 1.3, flip: i % 2 === 1 }, [2, 3]);
  });
  const matrices = bench.both({ shape: [b, v, 6], data: Float64Array.from(maps.flat()) });
  const alphas = bench.normal([b], 2, 0.3);
  const colour = [0.4, -0.2, 0.1] as const;
  const inputs = {
    images: bench.upload(images),
    matrices: matrices.device,
    alphas: alphas.device,
  };
  const expected = augmentRef(images, matrices.host, alphas.host, { size, colour });
  // Positions up to some 40 pixels from the corner, rounded to f32, count by the slope: 1 a pixel.
  const tolerance = { absolute: 4 * 2 ** -24 * 40 * 2 + 1e-6 };
  bench.compare(augment(bench, inputs, { size, colour }), expected, tolerance);
}

/** Checks of losses, optimisers, clipping, norms and augmentation. */
export const trainingChecks: readonly Check[] = [
  checkLosses,
  checkOptimizers,
  checkClip,
  checkMaxNorm,
  checkAugment,
];
