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
import type { StepState } from "../../nn/state.ts";
import { viewPool } from "../../nn/view_pool.ts";
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
import { compareLayer, LAYER_STATE, type LayerOutputs } from "./compare_layer.ts";

/** What WGSL lets exp, division and square root be off, and a few roundings. */
const CLOSE: Tolerance = { relative: 1e-6, absolute: 1e-6 };

const same = (tolerance: Tolerance) => ({ y: tolerance, dx: tolerance });

/** Small whole numbers: nearly every maximum is a tie. */
const withTies = ({ shape, data }: NdArray<Float64Array>) => ({
  shape,
  data: data.map(Math.round),
});

/** A layer without parameters, its reference in float64, and an input. */
export interface LayerCase {
  /** The layer. */
  readonly layer: LayerSpec;
  /** What it is given. */
  readonly x: NdArray;
  /** Its reference. */
  readonly forward: (x: NdArray) => NdArray;
  /** Its gradient. */
  readonly gradient: (x: NdArray, dy: NdArray) => NdArray;
  /** How far the device may be off. */
  readonly tolerance: LayerOutputs<Tolerance>;
  /** The step's state. Default `LAYER_STATE`. */
  readonly state?: StepState;
}

/** Cases of layers. */
export interface LayerCases {
  /** Tries them, forward and gradient. */
  readonly check: Check;
  /** All of them, the longer ones too. */
  readonly all: () => LayerCase[];
}

/** Cases made from what is given: `quick` for the doctor, `more` for the tests besides. */
function layerCases<T>(
  quick: readonly T[],
  more: readonly T[],
  casesOf: (given: T) => readonly LayerCase[],
): LayerCases {
  return {
    check(bench) {
      const cases = bench.cases(quick, more).flatMap(casesOf);
      for (const { layer, x, forward, gradient, tolerance, state } of cases) {
        const y = forward(x);
        const dy = randomArray(y.shape, 2);
        compareLayer(bench, layer, { x, dy, state }, { y, dx: gradient(x, dy) }, tolerance);
      }
    },
    all: () => [...quick, ...more].flatMap(casesOf),
  };
}

/** ReLU, leaky ReLU, sigmoid and softmax. */
export const activations = layerCases<Shape>(
  [[1, 1], [67, 13]],
  [[1], [3], [2, 5, 7], [1, 37], [67, 37], [2, 3, 4, 8], [257, 3]],
  (shape) => {
    const x = randomArray(shape, 1, 3);
    const leaky = (slope: number, tolerance: Tolerance): LayerCase => ({
      layer: leakyRelu(slope),
      x,
      forward: (x) => leakyReluRef(x, slope),
      gradient: (x, dy) => leakyReluGradientRef(x, dy, slope),
      tolerance: same(tolerance),
    });
    const [exact, close] = [same(EXACT), same(CLOSE)];
    const rows: LayerCase[] = [
      { layer: relu(), x, forward: reluRef, gradient: reluGradientRef, tolerance: exact },
      leaky(0.1, { relative: 2e-7 }),
      leaky(0.125, EXACT), // a power of two
      { layer: sigmoid(), x, forward: sigmoidRef, gradient: sigmoidGradientRef, tolerance: close },
      { layer: softmax(), x, forward: softmaxRef, gradient: softmaxGradientRef, tolerance: close },
    ];
    return shape.length > 1 ? rows : rows.slice(0, -1); // softmax takes rows
  },
);

const POOL_LAYERS = { max: maxPool, mean: meanPool, l2: l2Pool } as const;
const POOL_KINDS = ["max", "mean", "l2"] as const;

/** Pooling of pixels: vec4 and not, windows side by side and overlapping, of maxima with ties too. */
export const pools = layerCases<readonly [shape: Shape, options: PoolOptions]>(
  [
    [[2, 5, 7, 3], {}], // clipped on both sides
    [[3, 5, 7, 8], {}],
    [[2, 7, 6, 4], { size: 3, stride: 2 }],
    [[1, 5, 5, 4], { border: "drop" }],
  ],
  [
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
  ],
  ([shape, options]) =>
    POOL_KINDS.flatMap((kind) => {
      const drawn = randomArray(shape, 1);
      return (kind === "max" ? [drawn, withTies(drawn)] : [drawn]).map((x) => ({
        layer: POOL_LAYERS[kind](options),
        x,
        forward: (x) => poolRef(x, kind, options),
        gradient: (x, dy) => poolGradientRef(x, dy, kind, options),
        tolerance: { y: kind === "max" ? EXACT : CLOSE, dx: CLOSE },
      }));
    }),
);

/** Pooling of every pixel of each channel. */
export const globalPools = layerCases<Shape>(
  [[3, 1, 7, 5]],
  [[2, 5, 3, 4], [1, 1, 1, 1], [2, 9, 9, 8]],
  (shape) => {
    const [b, h, w, c] = shape;
    const size = [h, w] as const;
    return POOL_KINDS.map((kind) => ({
      layer: globalPool(kind),
      x: randomArray(shape, 1),
      forward: (x) => ({ shape: [b, c], data: poolRef(x, kind, { size }).data }),
      gradient: (x, { data }) => poolGradientRef(x, { shape: [b, 1, 1, c], data }, kind, { size }),
      tolerance: same(CLOSE),
    }));
  },
);

/** Masks, the same in both directions; both words of the key count. */
export const dropouts = layerCases<readonly [rate: number, shape: Shape]>(
  [[0.3, [1]], [0.3, [257, 3]]],
  [0.5, 0.1, 0.9].flatMap((rate) =>
    [[1], [257, 3], [3], [7, 37], [2, 5, 5, 3], [3, 1024]].map((shape) => [rate, shape] as const)
  ),
  ([rate, shape]) => {
    const state = { ...LAYER_STATE, key: key(2 ** 40 + 12345) };
    const masked = (x: NdArray) => dropoutRef(x, state.key, { rate, label: "layer" });
    const tolerance = same({ relative: 2e-7 });
    const x = randomArray(shape, 1);
    const gradient = (_: NdArray, dy: NdArray) => masked(dy);
    return [{ layer: dropout(rate), x, forward: masked, gradient, tolerance, state }];
  },
);

/** Maxima of adjacent units, with ties. */
export const maxouts = layerCases<readonly [pieces: number, output: Shape]>(
  [2, 3].flatMap((pieces) => [[3, 1], [3, 131]].map((shape) => [pieces, shape] as const)),
  [1, 2, 3, 4, 5].flatMap((pieces) =>
    [[1, 1], [1, 37], [2, 3, 7], [5, 64], [2, 131]].map((shape) => [pieces, shape] as const)
  ),
  ([pieces, output]) => [{
    layer: maxout(pieces),
    x: withTies(randomArray([...output.slice(0, -1), output.at(-1)! * pieces], 1)),
    forward: (x) => maxoutRef(x, pieces),
    gradient: (x, dy) => maxoutGradientRef(x, dy, pieces),
    tolerance: same(EXACT),
  }],
);

/** Parts of views: that overlap, as in the paper, and that leave pixels out. */
export const cutViews = layerCases<readonly [shape: Shape, part: number, flip: boolean]>(
  [[[2, 2, 7, 7, 3], 5, true], [[3, 1, 4, 4, 1], 3, false]],
  [
    [[1, 1, 1, 1, 1], 1, true],
    [[3, 1, 6, 6, 4], 3, false], // parts side by side
    [[1, 3, 5, 5, 2], 5, true], // parts are whole views
    [[2, 2, 9, 9, 1], 4, true], // a column and a row in no part
  ],
  ([shape, part, flip]) => [{
    layer: views({ part, flip }),
    x: randomArray(shape, 1),
    forward: (x) => viewsRef(x, part, flip),
    gradient: (_, dy) => viewsGradientRef(dy, shape, part, flip),
    tolerance: { y: EXACT, dx: CLOSE },
  }],
);

type PartsCase = readonly [shape: Shape, parts: number];

/** Features of parts joined: without and with vec4. */
export const mergedViews = layerCases<PartsCase>(
  [[[12, 2, 3, 5], 4], [[12, 2, 3, 4], 4]],
  [[[6, 2, 3], 3], [[32, 2, 2, 5], 16], [[5, 1], 5], [[7, 9], 1]],
  ([shape, parts]) => [{
    layer: mergeViews(parts),
    x: randomArray(shape, 1),
    forward: (x) => mergeViewsRef(x, parts),
    gradient: (_, dy) => mergeViewsGradientRef(dy, shape, parts),
    tolerance: same(EXACT),
  }],
);

/** Features of parts pooled: without and with vec4, maxima with ties. */
export const pooledViews = layerCases<PartsCase>(
  [[[15, 7], 5], [[15, 12], 5]],
  [[[1, 1], 1], [[6, 2, 5], 3], [[32, 2, 2, 4], 16], [[7, 37], 7], [[48, 67], 16]],
  ([shape, parts]) => {
    const drawn = randomArray(shape, 1);
    return (["mean", "max", "rms"] as const).map((kind) => ({
      layer: viewPool({ parts, kind }),
      x: kind === "max" ? withTies(drawn) : drawn,
      forward: (x) => viewPoolRef(x, parts, kind),
      gradient: (x, dy) => viewPoolGradientRef(x, dy, parts, kind),
      tolerance: { y: kind === "max" ? EXACT : CLOSE, dx: CLOSE },
    }));
  },
);

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
  activations.check,
  pools.check,
  globalPools.check,
  dropouts.check,
  maxouts.check,
  cutViews.check,
  mergedViews.check,
  pooledViews.check,
  checkConcat,
  checkDense,
];
