/**
 * Checks of the layers in `nn/`, forward and gradient, over shapes that reach each entry point.
 *
 * @module
 */
import { key } from "../../gpu/random.ts";
import type { NdArray, Shape } from "../../gpu/tensor.ts";
import { leakyRelu, relu, sigmoid, softmax } from "../../nn/activation.ts";
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
import { dropout } from "../../nn/dropout.ts";
import { dropoutRef } from "../../nn/dropout_ref.ts";
import type { LayerSpec } from "../../nn/layer.ts";
import { maxout } from "../../nn/maxout.ts";
import { maxoutGradientRef, maxoutRef } from "../../nn/maxout_ref.ts";
import { globalPool, l2Pool, maxPool, meanPool, type PoolOptions } from "../../nn/pool.ts";
import { poolGradientRef, poolRef } from "../../nn/pool_ref.ts";
import { viewPool, type ViewPoolKind } from "../../nn/view_pool.ts";
import { viewPoolGradientRef, viewPoolRef } from "../../nn/view_pool_ref.ts";
import { mergeViews, views } from "../../nn/views.ts";
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
  randomArray,
  sumTolerance,
  type Tolerance,
} from "./bench.ts";
import { compareLayer, LAYER_STATE } from "./compare_layer.ts";

/** What WGSL lets exp, division and square root be off, and a few roundings. */
const CLOSE: Tolerance = { relative: 1e-6, absolute: 1e-6 };

const same = (tolerance: Tolerance) => ({ y: tolerance, dx: tolerance });

/** Small whole numbers: nearly every maximum is a tie. */
const withTies = ({ shape, data }: NdArray<Float64Array>) => ({
  shape,
  data: data.map(Math.round),
});

/** An activation and its reference in float64. */
export interface ActivationCase {
  /** The layer. */
  readonly layer: LayerSpec;
  /** Its reference. */
  readonly forward: (x: NdArray) => NdArray;
  /** Its gradient. */
  readonly gradient: (x: NdArray, dy: NdArray) => NdArray;
  /** Of output and gradient: a product and, with exp, the driver's accuracy. */
  readonly tolerance: Tolerance;
}

function leaky(slope: number, tolerance: Tolerance): ActivationCase {
  return {
    layer: leakyRelu(slope),
    forward: (x) => leakyReluRef(x, slope),
    gradient: (x, dy) => leakyReluGradientRef(x, dy, slope),
    tolerance,
  };
}

/** The activations. */
export const ACTIVATIONS: readonly ActivationCase[] = [
  { layer: relu(), forward: reluRef, gradient: reluGradientRef, tolerance: EXACT },
  leaky(0.1, { relative: 2e-7 }),
  leaky(0.125, EXACT), // a power of two
  { layer: sigmoid(), forward: sigmoidRef, gradient: sigmoidGradientRef, tolerance: CLOSE },
  { layer: softmax(), forward: softmaxRef, gradient: softmaxGradientRef, tolerance: CLOSE },
];

/** Activations of rows. */
export function checkActivations(bench: Bench): void {
  const more = [[1], [3], [2, 5, 7], [1, 37], [67, 37], [2, 3, 4, 8], [257, 3]];
  for (const { layer, forward, gradient, tolerance } of ACTIVATIONS) {
    for (const shape of bench.cases([[1, 1], [67, 13]], more)) {
      if (layer.kind === "softmax" && shape.length === 1) continue; // it takes rows
      const [x, dy] = [randomArray(shape, 1, 3), randomArray(shape, 2)];
      const expected = { y: forward(x), dx: gradient(x, dy) };
      compareLayer(bench, layer, { x, dy }, expected, same(tolerance));
    }
  }
}

type PoolCase = readonly [shape: Shape, options: PoolOptions];

/** Vec4 and not, windows side by side and overlapping, clipped and dropped borders. */
const POOLS: readonly PoolCase[] = [
  [[2, 5, 7, 3], {}],
  [[3, 5, 7, 8], {}],
  [[2, 7, 6, 4], { size: 3, stride: 2 }],
  [[1, 5, 5, 4], { border: "drop" }],
];
const MORE_POOLS: readonly PoolCase[] = [
  [[1, 1, 1, 1], {}],
  [[2, 5, 7, 4], {}],
  [[3, 8, 6, 20], {}], // exact, more than a workgroup
  [[1, 7, 5, 8], { size: 3, stride: 2 }],
  [[2, 6, 4, 5], { size: 3, stride: 1 }],
  [[1, 5, 7, 4], { size: 1, stride: 3 }], // windows leave pixels out
  [[2, 4, 7, 4], { size: [1, 3] }],
  [[1, 7, 9, 4], { border: "drop" }],
  [[2, 8, 11, 4], { size: 4, border: "drop" }],
  [[2, 8, 5, 3], { size: [3, 2], stride: [2, 1], border: "drop" }],
  [[1, 11, 6, 4], { size: 5 }], // windows of 25
];

/** Every pooling that there is. */
export const ALL_POOLS: readonly PoolCase[] = [...POOLS, ...MORE_POOLS];

const POOL_LAYERS = { max: maxPool, mean: meanPool, l2: l2Pool } as const;
const POOL_KINDS = ["max", "mean", "l2"] as const;

/** Pooling of pixels, of maxima with ties too. */
export function checkPools(bench: Bench): void {
  for (const kind of POOL_KINDS) {
    for (const [shape, options] of bench.cases(POOLS, MORE_POOLS)) {
      const drawn = randomArray(shape, 1);
      for (const x of kind === "max" ? [drawn, withTies(drawn)] : [drawn]) {
        const y = poolRef(x, kind, options);
        const dy = randomArray(y.shape, 2);
        const expected = { y, dx: poolGradientRef(x, dy, kind, options) };
        const tolerance = { y: kind === "max" ? EXACT : CLOSE, dx: CLOSE };
        compareLayer(bench, POOL_LAYERS[kind](options), { x, dy }, expected, tolerance);
      }
    }
  }
}

/** Pooling of every pixel of each channel. */
export function checkGlobalPools(bench: Bench): void {
  for (const kind of POOL_KINDS) {
    for (const [b, h, w, c] of [[2, 5, 3, 4], [3, 1, 7, 5], [1, 1, 1, 1], [2, 9, 9, 8]]) {
      const [x, dy] = [randomArray([b, h, w, c], 1), randomArray([b, c], 2)];
      const size = [h, w] as const;
      const y = { shape: [b, c], data: poolRef(x, kind, { size }).data };
      const dx = poolGradientRef(x, { shape: [b, 1, 1, c], data: dy.data }, kind, { size });
      compareLayer(bench, globalPool(kind), { x, dy }, { y, dx }, same(CLOSE));
    }
  }
}

/** Masks, the same in both directions. */
export function checkDropout(bench: Bench): void {
  const state = { ...LAYER_STATE, key: key(2 ** 40 + 12345) }; // both words of the key count
  for (const rate of bench.cases([0.3], [0.5, 0.1, 0.9])) {
    for (const shape of bench.cases([[1], [257, 3]], [[3], [7, 37], [2, 5, 5, 3], [3, 1024]])) {
      const [x, dy] = [randomArray(shape, 1), randomArray(shape, 2)];
      const mask = { rate, label: "layer" };
      const expected = { y: dropoutRef(x, state.key, mask), dx: dropoutRef(dy, state.key, mask) };
      compareLayer(bench, dropout(rate), { x, dy, state }, expected, same({ relative: 2e-7 }));
    }
  }
}

/** Maxima of units, with ties. */
export function checkMaxout(bench: Bench): void {
  for (const pieces of bench.cases([2, 3], [1, 4, 5])) {
    const more = [[1, 1], [1, 37], [2, 3, 7], [5, 64], [2, 131]];
    for (const head of bench.cases([[3, 1], [3, 131]], more)) {
      const shape = [...head.slice(0, -1), head.at(-1)! * pieces];
      const [x, dy] = [withTies(randomArray(shape, 1)), randomArray(head, 2)];
      const expected = { y: maxoutRef(x, pieces), dx: maxoutGradientRef(x, dy, pieces) };
      compareLayer(bench, maxout(pieces), { x, dy }, expected, same(EXACT));
    }
  }
}

type ViewsCase = readonly [shape: Shape, part: number, flip: boolean];

/** Parts that overlap, as in the paper, and that leave pixels out. */
const VIEWS: readonly ViewsCase[] = [[[2, 2, 7, 7, 3], 5, true], [[3, 1, 4, 4, 1], 3, false]];
const MORE_VIEWS: readonly ViewsCase[] = [
  [[1, 1, 1, 1, 1], 1, true],
  [[3, 1, 6, 6, 4], 3, false], // parts side by side
  [[1, 3, 5, 5, 2], 5, true], // parts are whole views
  [[2, 2, 9, 9, 1], 4, true], // a column and a row in no part
];

/** Parts of views. */
export function checkViews(bench: Bench): void {
  for (const [shape, part, flip] of bench.cases(VIEWS, MORE_VIEWS)) {
    const x = randomArray(shape, 1);
    const y = viewsRef(x, part, flip);
    const dy = randomArray(y.shape, 2);
    const expected = { y, dx: viewsGradientRef(dy, shape, part, flip) };
    compareLayer(bench, views({ part, flip }), { x, dy }, expected, { y: EXACT, dx: CLOSE });
  }
}

type PartsCase = readonly [shape: Shape, parts: number];

/** Without and with vec4. */
const MERGES: readonly PartsCase[] = [[[12, 2, 3, 5], 4], [[12, 2, 3, 4], 4]];
const MORE_MERGES: readonly PartsCase[] = [
  [[6, 2, 3], 3],
  [[32, 2, 2, 5], 16],
  [[5, 1], 5],
  [[7, 9], 1],
];

/** Features of parts joined. */
export function checkMergeViews(bench: Bench): void {
  for (const [shape, parts] of bench.cases(MERGES, MORE_MERGES)) {
    const x = randomArray(shape, 1);
    const y = mergeViewsRef(x, parts);
    const dy = randomArray(y.shape, 2);
    const expected = { y, dx: mergeViewsGradientRef(dy, shape, parts) };
    compareLayer(bench, mergeViews(parts), { x, dy }, expected, same(EXACT));
  }
}

/** Without and with vec4. */
const VIEW_POOLS: readonly PartsCase[] = [[[15, 7], 5], [[15, 12], 5]];
const MORE_VIEW_POOLS: readonly PartsCase[] = [
  [[1, 1], 1],
  [[6, 2, 5], 3],
  [[32, 2, 2, 4], 16],
  [[7, 37], 7],
  [[48, 67], 16],
];

/** Features of parts pooled, maxima with ties. */
export function checkViewPool(bench: Bench): void {
  for (const kind of ["mean", "max", "rms"] as const satisfies readonly ViewPoolKind[]) {
    for (const [shape, parts] of bench.cases(VIEW_POOLS, MORE_VIEW_POOLS)) {
      const drawn = randomArray(shape, 1);
      const x = kind === "max" ? withTies(drawn) : drawn;
      const y = viewPoolRef(x, parts, kind);
      const dy = randomArray(y.shape, 2);
      const expected = { y, dx: viewPoolGradientRef(x, dy, parts, kind) };
      const tolerance = { y: kind === "max" ? EXACT : CLOSE, dx: CLOSE };
      compareLayer(bench, viewPool({ parts, kind }), { x, dy }, expected, tolerance);
    }
  }
}

type Columns = readonly [widths: readonly number[], first: number, width: number];

/** Widths that are joined, and the columns taken out of them. */
const COLUMNS: readonly Columns[] = [[[3, 1, 8], 3, 5]];
const MORE_COLUMNS: readonly Columns[] = [
  [[1, 1], 0, 1],
  [[3, 5, 2], 3, 5],
  [[64, 1], 63, 2],
  [[7], 0, 7],
];

/** Columns side by side, and taken out again. */
export function checkConcat(bench: Bench): void {
  for (const [widths, first, width] of bench.cases(COLUMNS, MORE_COLUMNS)) {
    const parts = widths.map((width, i) => bench.normal([13, 2, width], i));
    const joined = concatenateRef(parts.map(({ host }) => host));
    bench.compare(concatenate(bench, parts.map(({ device }) => device)), joined, EXACT);
    const columns = columnsOf(bench, bench.upload(joined), first, width);
    bench.compare(columns, columnsRef(joined, first, width), EXACT);
  }
}

type DenseCase = readonly [shape: Shape, units: number];

/** Scalars and vec4, a small and a larger batch, sums that are split. */
const DENSE: readonly DenseCase[] = [[[3, 5], 7], [[17, 12], 20]];
const MORE_DENSE: readonly DenseCase[] = [
  [[1, 1], 1],
  [[2, 3, 5], 7],
  [[3, 2, 2, 4], 8],
  [[2, 136], 37],
  [[2, 260], 64],
  [[32, 20], 37],
  [[33, 4, 6], 12],
];

/** Dense layers with ReLU, and without. */
export function checkDense(bench: Bench): void {
  for (const activation of bench.cases<"relu" | "none">(["relu"], ["none"])) {
    for (const [shape, units] of bench.cases(DENSE, MORE_DENSE)) {
      const b = shape[0];
      const [x, dy] = [randomArray(shape, 1), randomArray([b, units], 2)];
      const d = x.data.length / b;
      const [w, bias] = [randomArray([d, units], 3), randomArray([units], 4)];
      const options = { bias, relu: activation === "relu" };
      const { dx, dw, db } = denseGradRef(x, w, dy, options);
      const [sizeX, sizeW, sizeBias, sizeDy] = [x, w, bias, dy].map(magnitudes);
      const sizes = denseGradRef(sizeX, sizeW, sizeDy);
      compareLayer(
        bench,
        dense({ units, activation }),
        { x, dy, params: [w, bias] },
        { y: denseRef(x, w, options), dx, grads: [dw, db] },
        {
          y: sumTolerance(d + 1, denseRef(sizeX, sizeW, { bias: sizeBias })),
          dx: sumTolerance(units, sizes.dx),
          grads: [sumTolerance(b, sizes.dw), sumTolerance(b, sizes.db)],
        },
      );
    }
  }
}

/** Checks of the layers but the convolution. */
export const layerChecks: readonly Check[] = [
  checkActivations,
  checkPools,
  checkGlobalPools,
  checkDropout,
  checkMaxout,
  checkViews,
  checkMergeViews,
  checkViewPool,
  checkConcat,
  checkDense,
];
