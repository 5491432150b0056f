/**
 * Checks of the general kernels in `gpu/`, over shapes that reach each entry point.
 *
 * @module
 */
import { add, fill, multiply, scale } from "../../gpu/elementwise.ts";
import { addRef, multiplyRef, scaleRef } from "../../gpu/elementwise_ref.ts";
import { gather, scatterAdd, scatterAddSorted, sortIndex } from "../../gpu/gather.ts";
import { gatherRef, scatterAddRef } from "../../gpu/gather_ref.ts";
import { matmul, matmulTransposedA, matmulTransposedB } from "../../gpu/matmul.ts";
import { matmulRef, matmulTransposedARef, matmulTransposedBRef } from "../../gpu/matmul_ref.ts";
import { key, permutation, uniform } from "../../gpu/random.ts";
import {
  fillBernoulli,
  fillBits,
  fillNormal,
  fillPermutation,
  fillUniform,
  NORMAL_ERROR,
} from "../../gpu/random_kernels.ts";
import {
  bernoulliRef,
  bitsRef,
  normalRef,
  permutationRef,
  uniformRef,
} from "../../gpu/random_ref.ts";
import { argmax, max, mean, norm, sum, sumFirstAxis, sumOfSquares } from "../../gpu/reduce.ts";
import {
  argmaxRef,
  maxRef,
  meanRef,
  normRef,
  sumFirstAxisRef,
  sumOfSquaresRef,
  sumRef,
} from "../../gpu/reduce_ref.ts";
import { type Shape, sizeOf } from "../../gpu/tensor.ts";
import { swapAxes } from "../../gpu/transpose.ts";
import { swapAxesRef } from "../../gpu/transpose_ref.ts";
import { type Bench, type Check, EXACT, magnitudes, sumTolerance } from "./bench.ts";

/** One element, not a multiple of four, past a workgroup of vec4. */
const SHAPES: readonly Shape[] = [[1], [2, 5, 7], [257, 3]];
const MORE_SHAPES: readonly Shape[] = [[3], [4, 64], [1021]];

/** Elementwise arithmetic and `fill`. */
export function checkElementwise(bench: Bench): void {
  for (const shape of bench.cases(SHAPES, MORE_SHAPES)) {
    const [a, b] = [bench.normal(shape, 1), bench.normal(shape, 2)];
    const rounding = { relative: 1e-7 };
    bench.compare(add(bench, a.device, b.device), addRef(a.host, b.host), rounding);
    bench.compare(multiply(bench, a.device, b.device), multiplyRef(a.host, b.host), rounding);
    bench.compare(scale(bench, a.device, 0.3), scaleRef(a.host, 0.3), { relative: 2e-7 });
    const filled = bench.empty(shape);
    fill(bench, filled, 3);
    bench.compare(filled, { shape, data: new Float64Array(sizeOf(shape)).fill(3) }, EXACT);
  }
}

const STREAM = key(2 ** 40 + 7);

/** Bits, uniforms, Bernoulli draws and normals. */
export function checkRandom(bench: Bench): void {
  for (const shape of bench.cases(SHAPES, [[2], ...MORE_SHAPES, [65, 129]])) {
    const words = bench.empty(shape, { dtype: "u32" });
    fillBits(bench, words, STREAM);
    bench.compare(words, bitsRef(shape, STREAM), EXACT);
    const values = bench.empty(shape);
    fillUniform(bench, values, STREAM);
    bench.compare(values, uniformRef(shape, STREAM), EXACT);
    // The last is a drawn value itself, which must not count as below it.
    for (const probability of bench.cases([0.3], [0, 0.1, 0.5, 1, uniform(STREAM, 0)])) {
      const coins = bench.empty(shape, { dtype: "u32" });
      fillBernoulli(bench, coins, STREAM, probability);
      bench.compare(coins, bernoulliRef(shape, STREAM, probability), EXACT);
    }
  }
  for (const shape of bench.cases(SHAPES, [[2], ...MORE_SHAPES, [65, 129], [2 ** 17]])) {
    const normals = bench.empty(shape);
    fillNormal(bench, normals, STREAM);
    bench.compare(normals, normalRef(shape, STREAM), { absolute: NORMAL_ERROR });
  }
}

/** Permutations. */
export function checkPermutations(bench: Bench): void {
  for (const n of bench.cases([1, 131], [2, 3, 4, 5, 16, 17, 64, 65, 1000])) {
    const order = bench.empty([n], { dtype: "u32" });
    fillPermutation(bench, order, STREAM);
    bench.compare(order, permutationRef(n, STREAM), EXACT);
  }
}

/** A product of a matrix of m rows and one of n columns, of k terms each. */
type Extents = readonly [m: number, n: number, k: number];

/** The three forms of a product: how it is called, its reference, and how its operands lie. */
const PRODUCTS = [
  { run: matmul, ref: matmulRef, turned: [false, false] },
  { run: matmulTransposedA, ref: matmulTransposedARef, turned: [true, false] },
  { run: matmulTransposedB, ref: matmulTransposedBRef, turned: [false, true] },
] as const;

/** Scalars and vec4, few rows and many, long sums that are split, 64 tiles of 64 x 64. */
export const EXTENTS: readonly Extents[] = [
  [1, 1, 1],
  [2, 37, 19],
  [2, 132, 64],
  [3, 20, 260],
  [4, 64, 12],
  [5, 3, 7],
  [8, 24, 40],
  [17, 129, 31],
  [20, 36, 300],
  [9, 20, 7],
  [32, 37, 513],
  [68, 1988, 68],
];
/** More of them, the last large enough to be staged on a card. */
export const MORE_EXTENTS: readonly Extents[] = [
  [1, 8, 5],
  [2, 5, 3],
  [2, 7, 401],
  [2, 16, 400],
  [4, 8, 4],
  [5, 7, 300],
  [33, 68, 16],
  [132, 12, 9],
  [516, 520, 68],
];

/** Products with a bias, every second with ReLU behind it; in the tests small ones without either too. */
export function checkMatmul(bench: Bench): void {
  for (const { run, ref, turned: [turnedA, turnedB] } of PRODUCTS) {
    for (const [m, n, k] of bench.cases(EXTENTS, MORE_EXTENTS)) {
      const a = bench.normal(turnedA ? [k, m] : [m, k], 1);
      const b = bench.normal(turnedB ? [n, k] : [k, n], 2);
      const bias = bench.normal([n], 3);
      const relu = m % 2 === 0;
      const [sizeA, sizeB, sizeBias] = [a.host, b.host, bias.host].map(magnitudes);
      bench.compare(
        run(bench, a.device, b.device, { bias: bias.device, relu }),
        ref(a.host, b.host, { bias: bias.host, relu }),
        sumTolerance(k + 1, ref(sizeA, sizeB, { bias: sizeBias })),
      );
      for (const into of m * n > 9999 ? [] : bench.cases([], [bench.empty([m, n])])) {
        const tolerance = sumTolerance(k, ref(sizeA, sizeB));
        bench.compare(run(bench, a.device, b.device, { into }), ref(a.host, b.host), tolerance);
      }
    }
  }
}

/** Few rows and up to 4 MiB of b, which a software adapter reads in another order. */
const STREAMS: readonly Extents[] = [[2, 2052, 512], [3, 2052, 512]];
/** More of them. */
export const MORE_STREAMS: readonly Extents[] = [
  [1, 8196, 128],
  [4, 4100, 256],
  [3, 4100, 256],
  [2, 2052, 520],
];

/** Products of few rows. */
export function checkMatmulStreams(bench: Bench): void {
  for (const [m, n, k] of bench.cases(STREAMS, MORE_STREAMS)) {
    const [a, b] = [bench.normal([m, k], 1), bench.normal([k, n], 2)];
    const expected = matmulRef(a.host, b.host);
    const tolerance = sumTolerance(k, matmulRef(magnitudes(a.host), magnitudes(b.host)));
    bench.compare(matmul(bench, a.device, b.device), expected, tolerance);
  }
}

/** A thread and a workgroup a row, vec4 and not. */
const ROWS: readonly Shape[] = [[1, 1], [67, 7], [3, 65], [5, 1028]];
const MORE_ROWS: readonly Shape[] = [[3, 5], [2, 3, 64], [2, 68], [2, 4099], [130, 4]];

/** Reductions of rows. */
export function checkReductions(bench: Bench): void {
  for (const shape of bench.cases(ROWS, MORE_ROWS)) {
    const d = shape.at(-1)!;
    const x = bench.normal(shape, 1);
    const { absolute } = sumTolerance(d, sumRef(magnitudes(x.host)));
    bench.compare(sum(bench, x.device), sumRef(x.host), { absolute });
    const ofMean = { absolute: absolute.map((value) => value / d) };
    bench.compare(mean(bench, x.device), meanRef(x.host), ofMean);
    const ofNorm = { relative: 4 * Math.sqrt(d) * 2 ** -24 };
    bench.compare(norm(bench, x.device), normRef(x.host), ofNorm);
    bench.compare(max(bench, x.device), maxRef(x.host), EXACT);
    bench.compare(argmax(bench, x.device), argmaxRef(x.host), EXACT);
  }
}

/** Beyond 256 rows in parts. */
const COLUMNS: readonly Shape[] = [[5, 3], [2, 3, 8], [257, 4], [261, 3]];

/** Sums over all axes but the last. */
export function checkSumFirstAxis(bench: Bench): void {
  for (const shape of bench.cases(COLUMNS, [[1, 1], [256, 5], [1031, 3], [20_000, 4]])) {
    const x = bench.normal(shape, 1);
    const expected = sumFirstAxisRef(x.host);
    const [d] = expected.shape;
    const tolerance = sumTolerance(sizeOf(shape) / d, sumFirstAxisRef(magnitudes(x.host)));
    bench.compare(sumFirstAxis(bench, x.device), expected, tolerance);
    const into = bench.empty([d]);
    sumFirstAxis(bench, x.device, { into });
    bench.compare(into, expected, tolerance);
  }
}

/** Sums of squares, with NaN behind the end; 131 squared is past a piece. */
export function checkSumOfSquares(bench: Bench): void {
  const more = [[1], [3], [7, 11], [16_384], [16_385], [3, 33_333]];
  for (const shape of bench.cases([[7, 3], [130, 131]], more)) {
    const x = bench.normal(shape, 1);
    bench.compare(sumOfSquares(bench, x.device), sumOfSquaresRef(x.host), { relative: 1e-6 });
  }
}

/** A table of n rows of d, of which m are taken. */
const GATHERS = [[7, 5, 13], [31, 8, 65]];
const MORE_GATHERS = [[1, 1, 1], [3, 4, 2], [5, 37, 4], [67, 12, 131]];

/** Rows by index, with repeats and some out of range, which are zeros; and their gradient. */
export function checkGather(bench: Bench): void {
  for (const [n, d, m] of bench.cases(GATHERS, MORE_GATHERS)) {
    const shuffled = permutation([1, 2], 4 * m);
    const rows = Uint32Array.from({ length: m }, (_, i) => shuffled[i] % (n + 1));
    if (m > 2) rows[m - 2] = 0xFFFFFFFF; // padding
    const index = { shape: [m], data: rows };
    const [x, dy] = [bench.normal([n, d], 1), bench.normal([m, d], 2)];
    const at = bench.upload(index);
    bench.compare(gather(bench, x.device, at), gatherRef(x.host, index), EXACT);
    const expected = scatterAddRef(dy.host, index, n);
    const tolerance = sumTolerance(m, scatterAddRef(magnitudes(dy.host), index, n));
    bench.compare(scatterAdd(bench, dy.device, at, n), expected, tolerance);
    const sorted = sortIndex(rows, n);
    const [starts, order] = [sorted.starts, sorted.order]
      .map((data) => bench.upload({ shape: [data.length], data }));
    bench.compare(scatterAddSorted(bench, dy.device, starts, order), expected, tolerance);
  }
}

type Swap = readonly [shape: Shape, a: number, b: number];

/** Scalars, vec4 along the inner axes, blocks of 32 and just past them. */
const SWAPS: readonly Swap[] = [[[2, 3, 5], 0, 2], [[3, 5, 8], 0, 1], [[36, 68], 0, 1]];
const MORE_SWAPS: readonly Swap[] = [
  [[1, 1], 0, 1],
  [[3, 5], 0, 1],
  [[2, 3, 5, 7], 1, 2],
  [[7, 2, 3, 4, 4], 2, 0],
  [[2, 4, 3, 8], 1, 3],
  [[3, 132, 4], 1, 2],
  [[33, 65], 1, 0],
];

/** Axes swapped. */
export function checkSwaps(bench: Bench): void {
  for (const [shape, a, b] of bench.cases(SWAPS, MORE_SWAPS)) {
    const x = bench.normal(shape, 1);
    bench.compare(swapAxes(bench, x.device, a, b), swapAxesRef(x.host, a, b), EXACT);
  }
}

/** Checks of `gpu/`. */
export const gpuChecks: readonly Check[] = [
  checkElementwise,
  checkRandom,
  checkPermutations,
  checkMatmul,
  checkMatmulStreams,
  checkReductions,
  checkSumFirstAxis,
  checkSumOfSquares,
  checkGather,
  checkSwaps,
];
