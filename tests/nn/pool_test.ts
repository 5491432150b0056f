import { assertEquals, assertThrows } from "@std/assert";
import { openGpu } from "../../gpu/gpu.ts";
import type { NdArray, Shape } from "../../gpu/tensor.ts";
import { globalPool, l2Pool, maxPool, meanPool, pool, type PoolKind } from "../../nn/pool.ts";
import type { PoolOptions } from "../../nn/pool.ts";
import { poolGradientRef, poolRef } from "../../nn/pool_ref.ts";
import { assertClose, checkGradient, dot, randomArray } from "../check.ts";
import { runLayer } from "./run_layer.ts";

const KINDS: readonly PoolKind[] = ["max", "mean", "l2"];
const LAYERS = { max: maxPool, mean: meanPool, l2: l2Pool };
const CASES: readonly (readonly [Shape, PoolOptions])[] = [
  [[1, 1, 1, 1], {}],
  [[2, 5, 7, 3], {}], // clipped on both sides, channels not a multiple of four
  [[2, 5, 7, 4], {}],
  [[3, 8, 6, 20], {}], // exact, more than a workgroup
  [[1, 7, 5, 8], { size: 3, stride: 2 }], // windows overlap
  [[2, 6, 4, 5], { size: 3, stride: 1 }],
  [[1, 5, 7, 4], { size: 1, stride: 3 }], // windows leave pixels out
  [[2, 4, 7, 4], { size: [1, 3] }],
  [[1, 7, 9, 4], { border: "drop" }], // pixels after the last windows
  [[2, 8, 11, 4], { size: 4, border: "drop" }],
  [[2, 8, 5, 3], { size: [3, 2], stride: [2, 1], border: "drop" }],
  [[1, 11, 6, 4], { size: 5 }], // windows of 25
];

/** Small whole numbers: nearly every window has ties. */
function withTies(shape: Shape): NdArray<Float64Array> {
  const x = randomArray(shape, 3);
  return { shape, data: x.data.map(Math.round) };
}

Deno.test("poolGradientRef() agrees with finite differences", () => {
  for (const [shape, options] of CASES) {
    for (const kind of KINDS) {
      const x = randomArray(shape, 1);
      const dy = randomArray(poolRef(x, kind, options).shape, 2);
      const gradient = poolGradientRef(x, dy, kind, options);
      const name = `${kind} [${shape}] ${JSON.stringify(options)}`;
      const f = () => dot(poolRef(x, kind, options), dy);
      checkGradient(f, x, gradient, { name, elements: 60, absolute: 1e-6 });
    }
  }
});

Deno.test("maxPool(), meanPool() and l2Pool() agree with float64 over awkward shapes", async () => {
  for (const [shape, options] of CASES) {
    for (const kind of KINDS) {
      const x = kind === "max" ? withTies(shape) : randomArray(shape, 1);
      const expected = poolRef(x, kind, options);
      const dy = randomArray(expected.shape, 2);
      const { y, dx } = await runLayer(LAYERS[kind](options), x, dy);
      const name = `${kind} [${shape}] ${JSON.stringify(options)}`;
      const tolerance = kind === "max"
        ? { relative: 0, absolute: 0, name }
        : { relative: 1e-6, absolute: 1e-6, name };
      assertClose(y, expected, tolerance);
      const gradient = poolGradientRef(x, dy, kind, options);
      assertClose(dx, gradient, { relative: 1e-6, absolute: 1e-6, name });
    }
  }
});

Deno.test("a card's kernels pool to the same values", async () => {
  await using gpu = await openGpu({ profile: "card" });
  for (const [shape, options] of CASES) {
    for (const kind of KINDS) {
      using scope = gpu.scope();
      const x = randomArray(shape, 1);
      const expected = poolRef(x, kind, options);
      const dy = randomArray(expected.shape, 2);
      const pooled = pool(scope, scope.upload(x), kind, options);
      const [y, dx] = await gpu.readAll([pooled.y, pooled.backward(scope.upload(dy))]);
      const name = `${kind} [${shape}] ${JSON.stringify(options)}`;
      const tolerance = { relative: 1e-6, absolute: 1e-6, name };
      assertClose(y, expected, tolerance);
      assertClose(dx, poolGradientRef(x, dy, kind, options), tolerance);
    }
  }
});

Deno.test("globalPool() pools every pixel of each channel", async () => {
  for (const shape of [[2, 5, 3, 4], [3, 1, 7, 5], [1, 1, 1, 1], [2, 9, 9, 8]]) {
    const [b, h, w, c] = shape;
    for (const kind of KINDS) {
      const x = randomArray(shape, 1);
      const dy = randomArray([b, c], 2);
      const size = [h, w] as const;
      const { y, dx } = await runLayer(globalPool(kind), x, dy);
      const name = `${kind} [${shape}]`;
      assertClose(y, { shape: [b, c], data: poolRef(x, kind, { size }).data }, { name });
      const reshaped = { shape: [b, 1, 1, c], data: dy.data };
      assertClose(dx, poolGradientRef(x, reshaped, kind, { size }), { name });
    }
  }
});

Deno.test("maxPool() of the numbers 0 to 24 gives the last of each window and of the border", async () => {
  const x = { shape: [1, 5, 5, 1], data: Float32Array.from({ length: 25 }, (_, i) => i) };
  const dy = { shape: [1, 3, 3, 1], data: Float32Array.from({ length: 9 }, (_, i) => i + 1) };
  const { y, dx } = await runLayer(maxPool(), x, dy);
  assertEquals([...y.data], [6, 8, 9, 16, 18, 19, 21, 23, 24]);
  const winners = [...dx.data].flatMap((gradient, i) => gradient ? [[i, gradient]] : []);
  assertEquals(winners, [...y.data].map((pixel, i) => [pixel, i + 1]));
});

Deno.test("maxPool() gives the gradient to the first maximum on ties", async () => {
  for (const channels of [1, 4]) { // the scalar and the vec4 path
    const x = { shape: [1, 2, 2, channels], data: new Float32Array(4 * channels) };
    const dy = { shape: [1, 1, 1, channels], data: new Float32Array(channels).fill(7) };
    const { dx } = await runLayer(maxPool(), x, dy);
    assertEquals(
      [...dx.data],
      Array.from({ length: 4 * channels }, (_, i) => i < channels ? 7 : 0),
    );
  }
});

Deno.test("meanPool() divides by the pixels that a clipped window has", async () => {
  const x = { shape: [1, 3, 3, 1], data: new Float32Array(9).fill(2) };
  const dy = { shape: [1, 2, 2, 1], data: new Float32Array(4).fill(4) };
  const { y, dx } = await runLayer(meanPool(), x, dy);
  assertEquals([...y.data], [2, 2, 2, 2]);
  assertEquals([...dx.data], [1, 1, 2, 1, 1, 2, 2, 2, 4]);
});

Deno.test("pooling an image of zeros by l2Pool() has a gradient of zero", async () => {
  const x = { shape: [1, 4, 4, 4], data: new Float32Array(64) };
  const dy = { shape: [1, 2, 2, 4], data: new Float32Array(16).fill(1) };
  const { dx } = await runLayer(l2Pool(), x, dy);
  assertEquals([...dx.data], Array(64).fill(0));
});

Deno.test("maxPool() has the output sizes of the galaxy network", () => {
  const pooled = [40, 16, 4, 38, 19].map((side) => maxPool().outputShape([1, side, side, 4])[1]);
  assertEquals(pooled, [20, 8, 2, 19, 10]);
});

Deno.test("pooling refuses what it cannot pool, with the reason", () => {
  assertThrows(
    () => maxPool().outputShape([4, 4, 3]),
    RangeError,
    "Cannot pool [4, 4, 3]: expected images [b, h, w, c]",
  );
  assertThrows(
    () => maxPool({ size: 0 }).outputShape([1, 4, 4, 3]),
    RangeError,
    "size is 0, it must be one or two positive integers",
  );
  assertThrows(
    () => meanPool({ size: 5, border: "drop" }).outputShape([1, 4, 6, 3]),
    RangeError,
    "a window of 5 x 5 does not fit into 4 x 6",
  );
  assertThrows(() => globalPool("sum" as PoolKind), RangeError, 'kind is "sum"');
});
