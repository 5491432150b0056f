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
import { constantInit } from "../../nn/init.ts";
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
import { type Bench, type Check, EXACT, magnitudes, randomArray, type Tolerance } from "./bench.ts";
import { compareLoss } from "./compare_loss.ts";

/** A dozen roundings, and what WGSL lets exp, log, division and square root be off. */
const CLOSE: Tolerance = { relative: 2e-6, absolute: 2e-6 };

/** Words on the device hold f32: whole numbers up to 2^24 are exact. */
const STEP = { step: 3, learningRate: 0.05, key: key(1), count: 1 };

/** The losses by the names of their references. */
export const LOSSES: Readonly<Record<LossName, Loss>> = {
  mse: mse(),
  weightedMse: weightedMse(),
  binaryCrossEntropy: binaryCrossEntropy(),
  categoricalCrossEntropy: categoricalCrossEntropy(),
};

/** Names of the losses. */
export const LOSS_NAMES = Object.keys(LOSSES) as readonly LossName[];

/** Outputs [b, k], distributions over k classes and positive weights; for `weightedMse` alone. */
export function lossArrays(name: LossName, b: number, k: number) {
  const target = magnitudes(randomArray([b, k], 2));
  for (let row = 0; row < b; row++) {
    const values = target.data.subarray(row * k, (row + 1) * k);
    const sum = values.reduce((a, x) => a + x, 0);
    values.forEach((value, i) => values[i] = Math.fround(value / sum));
  }
  const weights = name === "weightedMse" ? magnitudes(randomArray([b, k], 3)) : undefined;
  return { y: randomArray([b, k], 1, 3), target, weights };
}

/** Examples, classes, and examples that count: rows of padding may hold anything. */
const BATCHES = [[1, 1, 1], [67, 37, 65]];
const MORE_BATCHES = [[3, 37, 3], [5, 37, 2], [67, 4, 65], [2, 400, 1], [64, 3, 0]];

/** Losses of examples and their gradients. */
export function checkLosses(bench: Bench): void {
  for (const name of LOSS_NAMES) {
    for (const [b, k, count] of bench.cases(BATCHES, MORE_BATCHES)) {
      const { y, target, weights } = lossArrays(name, b, k);
      y.data.fill(NaN, count * k);
      const expected = lossRef(name, y, target, count, weights);
      const tolerance = { perExample: CLOSE, dy: CLOSE };
      compareLoss(bench, LOSSES[name], { y, target, weights, count }, expected, tolerance);
    }
  }
}

/** Sums over the examples that count. */
export function checkTotal(bench: Bench): void {
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
  return { name, value, grad, decay: index % 2 === 0, init: constantInit(0) };
}

/** What an update of the reference depends on. */
interface UpdateStep {
  readonly learningRate: number;
  readonly step: number;
}

/** An optimiser and an update of its reference. */
export interface OptimizerCase {
  /** The optimiser. */
  readonly spec: OptimizerSpec;
  /** Changes a parameter of the reference by its gradient. */
  readonly update: (param: ParameterRef, grad: NdArray, step: UpdateStep) => void;
}

const weightDecay = 0.1;
const RATES = { beta1: 0.5, beta2: 0.9, epsilon: 1e-3 };

/** Optimisers by what they are called in tests. */
export const OPTIMIZERS: Readonly<Record<string, OptimizerCase>> = {
  "sgd without momentum": {
    spec: sgd({ weightDecay }),
    update: (param, grad, { learningRate }) => sgdRef(param, grad, { learningRate, weightDecay }),
  },
  "sgd with momentum": {
    spec: sgd({ momentum: 0.8, weightDecay }),
    update: (param, grad, { learningRate }) =>
      sgdRef(param, grad, { learningRate, momentum: 0.8, weightDecay }),
  },
  "nesterov": {
    spec: nesterov({ weightDecay }),
    update: (param, grad, { learningRate }) =>
      sgdRef(param, grad, { learningRate, momentum: 0.9, nesterov: true, weightDecay }),
  },
  "adam": {
    spec: adam({ weightDecay }),
    update: (param, grad, step) => adamRef(param, grad, { ...step, weightDecay }),
  },
  "adam with other rates": {
    spec: adam(RATES),
    update: (param, grad, step) => adamRef(param, grad, { ...step, ...RATES }),
  },
};

/** One step from given values, gradients and memories, all of which must come out right. */
export function checkOptimizers(bench: Bench): void {
  for (const { spec, update } of Object.values(OPTIMIZERS)) {
    const state = bench.state({ ...STEP, betas: spec.betas });
    bench.cases(SHAPES, [[3], [4, 2], [64 * 4 + 1], [7, 41]]).forEach((shape, i) => {
      const [value, grad] = [bench.normal(shape, 1), bench.normal(shape, 2)];
      const trained = param(i, value.device, grad.device);
      const optimizer = spec.build(bench, [trained]);
      const memories = Object.values(optimizer.state);
      const starts = memories.map((_, j) => magnitudes(randomArray(shape, 3 + j)));
      memories.forEach((memory, j) => bench.write(memory, starts[j].data));
      const ref = parameterRef(value.host, trained.decay);
      starts.forEach((start, j) => [ref.first, ref.second][j].data.set(start.data));
      update(ref, grad.host, STEP);
      optimizer.step(bench, state);
      bench.compareAll([
        [value.device, ref.value, CLOSE],
        ...memories.map((memory, j) => [memory, [ref.first, ref.second][j], CLOSE] as const),
      ]);
    });
  }
}

/** Lists of gradients that are clipped together. */
const LISTS: readonly (readonly Shape[])[] = [[...SHAPES, [1024 * 3 + 5]]];
const LONG: readonly Shape[] = [[1], [3], [64 * 4 + 1], [37, 29], [16 * 64 * 3 + 5], [512, 521]];

/** Gradients clipped by their norm: chains of a dozen additions, then trees. */
export function checkClip(bench: Bench): void {
  for (const shapes of bench.cases(LISTS, [LONG, ...LONG.map((shape) => [shape])])) {
    const grads = shapes.map((shape, i) => bench.normal(shape, i + 1));
    const { clipped, norm, factor } = clipByGlobalNormRef(grads.map(({ host }) => host), 0.7);
    const params = grads.map(({ device }, i) => param(i, device, device));
    const clip = clipByGlobalNorm(bench, params, 0.7);
    const figures = { shape: [4], data: Float64Array.of(factor, norm, 0.7, 0) };
    bench.compareAll([
      [clip, figures, { relative: 1e-6 }],
      ...grads.map(({ device }, i) => [device, clipped[i], { relative: 2e-6 }] as const),
    ]);
  }
}

/** Columns limited: scalars and vec4. */
export function checkMaxNorm(bench: Bench): void {
  const more = [[1, 1], [3, 4], [33, 37], [7, 64 * 4 + 4], [64, 65], [1031, 8], [257, 3]];
  for (const shape of bench.cases([[5, 7], [13, 260]], more)) {
    const weight = bench.normal(shape, 2);
    maxNorm(bench, { name: "doctor", value: weight.device }, 1); // about half of them exceed it
    bench.compare(weight.device, maxNormRef(weight.host, 1), { relative: 2e-6 });
  }
  for (const step of bench.cases([3, 4], [1, 9, 10, 11, 20])) {
    const [weight, state] = [bench.normal([9, 12], 3), bench.state({ ...STEP, step })];
    const every = step < 5 ? 2 : 10;
    maxNorm(bench, { name: "doctor", value: weight.device }, 0.23, { every, state });
    const acts = step % every === 0;
    const expected = acts ? maxNormRef(weight.host, 0.23) : weight.host;
    bench.compare(weight.device, expected, acts ? { relative: 2e-6 } : EXACT);
  }
}

/** Images [b, h, w, 3] that are cut into views of a size. */
type Cut = readonly [b: number, h: number, w: number, views: number, size: number];

const CUTS: readonly Cut[] = [[3, 5, 11, 2, 7]];
const MORE_CUTS: readonly Cut[] = [
  [1, 1, 1],
  [2, 1, 5],
  [2, 5, 1],
  [3, 2, 2],
  [3, 5, 7],
  [2, 13, 11],
  [5, 3, 3],
].flatMap(([b, h, w]) =>
  [[1, 1], [2, 7], [3, 9]].map(([views, size]) => [b, h, w, views, size] as const)
);

/** Views of images at far positions, with colours. */
export function checkAugment(bench: Bench): void {
  for (const [b, h, w, views, size] of bench.cases(CUTS, MORE_CUTS)) {
    const shape = [b, h, w, 3];
    const bytes = Uint8Array.from({ length: sizeOf(shape) }, (_, i) => bits(key(1), i) & 255);
    const images = { shape, data: bytes };
    const maps = Array.from({ length: b * views }, (_, i) => {
      const [example, view] = [Math.floor(i / views), i % views];
      const spin = { rotation: 47 * (example + 1) + 90 * view, zoom: 0.4 + 0.3 * view };
      const turn = { ...spin, shear: 5 * example, flip: example % 2 === 1 };
      return perturbation({ ...turn, translateX: 2 * example - 1.3 }, [2, 3]);
    });
    const matrices = bench.both({ shape: [b, views, 6], data: Float64Array.from(maps.flat()) });
    const alphas = bench.normal([b], 2, 0.3);
    const colour = [0.4, -0.2, 0.1] as const;
    const inputs = {
      images: bench.upload(images),
      matrices: matrices.device,
      alphas: alphas.device,
    };
    const expected = augmentRef(images, matrices.host, alphas.host, { size, colour });
    // Positions up to some 30 pixels beyond the image, rounded to f32, count by the slope: 1 a pixel.
    const tolerance = { absolute: 4 * 2 ** -24 * (Math.max(h, w) + 30) * 2 + 1e-6 };
    bench.compare(augment(bench, inputs, { size, colour }), expected, tolerance);
  }
}

/** Checks of losses, optimisers, clipping, norms and augmentation. */
export const trainingChecks: readonly Check[] = [
  checkLosses,
  checkTotal,
  checkOptimizers,
  checkClip,
  checkMaxNorm,
  checkAugment,
];
