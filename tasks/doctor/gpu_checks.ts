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
import { key, permuted } from "../../gpu/random.ts";
import {
  NORMAL_ERROR,
  randomBernoulli,
  randomBits,
  randomNormal,
  randomPermutation,
  randomUniform,
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
import { type Bench, EXACT, magnitudes, sumTolerance } from "./bench.ts";
import type { Check } from "./examine.ts";

/** One element, not a multiple of four, past a workgroup of vec4. */
const SHAPES: readonly Shape[] = [[1], [2, 5, 7], [257, 3]];

function checkElementwise(bench: Bench): void {
  for (const shape of SHAPES) {
    const [a, b] = [bench.normal(shape, 1), bench.normal(shape, 2)];
    const rounding = { relative: 2e-7 };
    bench.compare(add(bench, a.device, b.device), addRef(a.host, b.host), rounding);
    bench.compare(multiply(bench, a.device, b.device), multiplyRef(a.host, b.host), rounding);
    bench.compare(scale(bench, a.device, 0.3), scaleRef(a.host, 0.3), rounding);
    const filled = bench.empty(shape);
    fill(bench, filled, 3);
    bench.compare(filled, { shape, data: new Float64Array(sizeOf(shape)).fill(3) }, EXACT);
  }
}

function checkRandom(bench: Bench): void {
  const stream = key(2 ** 40 + 7);
  for (const shape of SHAPES) {
    const integers = () => bench.empty(shape, { dtype: "u32" });
    const [bits, uniforms, coins, normals] = [
      integers(),
      bench.empty(shape),
      integers(),
      bench.empty(shape),
    ];
    randomBits(bench, bits, stream);
    bench.compare(bits, bitsRef(shape, stream), EXACT);
    randomUniform(bench, uniforms, stream);
    bench.compare(uniforms, uniformRef(shape, stream), EXACT);
    randomBernoulli(bench, coins, stream, 0.3);
    bench.compare(coins, bernoulliRef(shape, stream, 0.3), EXACT);
    randomNormal(bench, normals, stream);
    bench.compare(normals, normalRef(shape, stream), { absolute: NORMAL_ERROR });
  }
  for (const n of [1, 131]) {
    const order = bench.empty([n], { dtype: "u32" });
    randomPermutation(bench, order, stream);
    bench.compare(order, permutationRef(n, stream), EXACT);
  }
}

/** The three forms of a product: how it is called, its reference, and how its operands lie. */
const PRODUCTS = [
  { run: matmul, ref: matmulRef, turned: [false, false] },
  { run: matmulTransposedA, ref: matmulTransposedARef, turned: [true, false] },
  { run: matmulTransposedB, ref: matmulTransposedBRef, turned: [false, true] },
] as const;

/** [m, n, k]: scalars and vec4, few rows and many, long sums that are split, 64 tiles of 64 x 64. */
const EXTENTS: readonly (readonly [m: number, n: number, k: number])[] = [
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

function checkMatmul(bench: Bench): void {
  for (const { run, ref, turned: [turnedA, turnedB] } of PRODUCTS) {
    for (const [m, n, k] of EXTENTS) {
      const a = bench.normal(turnedA ? [k, m] : [m, k], 1);
      const b = bench.normal(turnedB ? [n, k] : [k, n], 2);
      const bias = bench.normal([n], 3);
      const relu = m % 2 === 0;
      const expected = ref(a.host, b.host, { bias: bias.host, relu });
      const [sizeA, sizeB, sizeBias] = [a.host, b.host, bias.host].map(magnitudes);
      const tolerance = sumTolerance(k + 1, ref(sizeA, sizeB, { bias: sizeBias }));
      const result = run(bench, a.device, b.device, { bias: bias.device, relu });
      bench.compare(result, expected, tolerance);
    }
  }
}

/** Two and three rows with 4 MiB of b, which a software adapter reads in another order. */
function checkMatmulStreams(bench: Bench): void {
  const [n, k] = [2052, 512];
  const b = bench.normal([k, n], 2);
  for (const m of [2, 3]) {
    const a = bench.normal([m, k], 1);
    const expected = matmulRef(a.host, b.host);
    const tolerance = sumTolerance(k, matmulRef(magnitudes(a.host), magnitudes(b.host)));
    bench.compare(matmul(bench, a.device, b.device), expected, tolerance);
  }
}

/** A thread and a workgroup a row, vec4 and not. */
const ROWS: readonly Shape[] = [[1, 1], [67, 7], [3, 65], [5, 1028]];

function checkReductions(bench: Bench): void {
  for (const shape of ROWS) {
    const d = shape.at(-1)!;
    const x = bench.normal(shape, 1);
    const total = sumTolerance(d, sumRef(magnitudes(x.host)));
    bench.compare(sum(bench, x.device), sumRef(x.host), total);
    bench.compare(mean(bench, x.device), meanRef(x.host), { absolute: total.absolute / d });
    const ofNorm = { relative: 4 * Math.sqrt(d) * 2 ** -24 };
    bench.compare(norm(bench, x.device), normRef(x.host), ofNorm);
    bench.compare(max(bench, x.device), maxRef(x.host), EXACT);
    bench.compare(argmax(bench, x.device), argmaxRef(x.host), EXACT);
  }
  for (const shape of [[5, 3], [2, 3, 8], [257, 4], [261, 3]]) { // beyond 256 rows in parts
    const x = bench.normal(shape, 1);
    const size = sumFirstAxisRef(magnitudes(x.host));
    const tolerance = sumTolerance(sizeOf(shape) / shape.at(-1)!, size);
    bench.compare(sumFirstAxis(bench, x.device), sumFirstAxisRef(x.host), tolerance);
  }
  for (const shape of [[7, 3], [130, 131]]) { // 131 squared is past a piece
    const x = bench.normal(shape, 1);
    const tolerance = { relative: 1e-6 };
    bench.compare(sumOfSquares(bench, x.device), sumOfSquaresRef(x.host), tolerance);
  }
}

function checkGather(bench: Bench): void {
  for (const [n, d, m] of [[7, 5, 13], [31, 8, 65]]) {
    const rows = Uint32Array.from({ length: m }, (_, i) => permuted(key(i), n, i % n));
    rows[m - 1] = 0xFFFFFFFF; // padding: a row of zeros
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

/** Shape and axes: scalars, vec4 along the inner axes, blocks of 32 and just past them. */
const SWAPS: readonly (readonly [shape: Shape, a: number, b: number])[] = [
  [[2, 3, 5], 0, 2],
  [[3, 5, 8], 0, 1],
  [[36, 68], 0, 1],
];

function checkSwaps(bench: Bench): void {
  for (const [shape, a, b] of SWAPS) {
    const x = bench.normal(shape, 1);
    bench.compare(swapAxes(bench, x.device, a, b), swapAxesRef(x.host, a, b), EXACT);
  }
}

/** Checks of `gpu/`. */
export const gpuChecks: readonly Check[] = [
  checkElementwise,
  checkRandom,
  checkMatmul,
  checkMatmulStreams,
  checkReductions,
  checkGather,
  checkSwaps,
];
