/** A NaN must come out of every layer that it goes into: one that vanishes hides a broken training. */
import { assert } from "@std/assert";
import type { Context } from "../../gpu/kernel.ts";
import { matmul } from "../../gpu/matmul.ts";
import { type Shape, sizeOf, type Tensor } from "../../gpu/tensor.ts";
import { reluForward } from "../../nn/activation.ts";
import { conv2dForward } from "../../nn/conv2d.ts";
import { maxoutForward } from "../../nn/maxout.ts";
import { pool } from "../../nn/pool.ts";
import { poolViews } from "../../nn/view_pool.ts";
import { test } from "../check.ts";

/** Ones, with a NaN at one place. */
function spoilt(shape: Shape, place: number) {
  const data = new Float32Array(sizeOf(shape)).fill(1);
  data[place] = NaN;
  return { shape, data };
}

const ones = (shape: Shape) => ({ shape, data: new Float32Array(sizeOf(shape)).fill(1) });

/** Each layer over vec4 and scalar extents, and the NaN at the first and a later place. */
const CASES: Readonly<Record<string, [Shape, (context: Context, x: Tensor) => Tensor]>> = {
  "relu": [[2, 4], (context, x) => reluForward(context, x)],
  "max pool, 4 channels": [[1, 2, 2, 4], (context, x) => pool(context, x, "max").y],
  "max pool, 3 channels": [[1, 2, 2, 3], (context, x) => pool(context, x, "max").y],
  "mean pool": [[1, 2, 2, 4], (context, x) => pool(context, x, "mean").y],
  "maxout of 2": [[1, 8], (context, x) => maxoutForward(context, x, 2)],
  "maxout of 3": [[1, 6], (context, x) => maxoutForward(context, x, 3)],
  "view pool, 4 features": [[3, 4], (context, x) => poolViews(context, x, MAX_OF_3).y],
  "view pool, 5 features": [[3, 5], (context, x) => poolViews(context, x, MAX_OF_3).y],
};
const MAX_OF_3 = { parts: 3, kind: "max" } as const;

test("pooling, maxout and relu pass a NaN on, wherever it stands", async ({ gpu }) => {
  for (const [name, [shape, run]] of Object.entries(CASES)) {
    for (let place = 0; place < sizeOf(shape); place++) {
      using scope = gpu.scope();
      const { data } = await gpu.read(run(scope, scope.upload(spoilt(shape, place))));
      assert(data.some(Number.isNaN), `${name}: the NaN at ${place} is lost`);
    }
  }
});

test("a matrix product with fused ReLU passes a NaN on", async ({ gpu }) => {
  for (const [m, k, n] of [[1, 4, 8], [3, 5, 37], [40, 8, 16], [17, 3, 4]]) {
    using scope = gpu.scope();
    const [a, b] = [scope.upload(spoilt([m, k], m * k - 1)), scope.upload(ones([k, n]))];
    const { data } = await gpu.read(matmul(scope, a, b, { relu: true }));
    assert(data.some(Number.isNaN), `[${m}, ${k}] by [${k}, ${n}]`);
  }
});

test("a convolution with fused ReLU passes a NaN on", async ({ gpu }) => {
  for (const [b, c, f] of [[1, 3, 4], [16, 3, 32], [2, 4, 8], [16, 8, 16], [1, 2, 5]]) {
    using scope = gpu.scope();
    const x = scope.upload(spoilt([b, 4, 4, c], 5 * c));
    const weight = scope.upload(ones([3, 3, c, f]));
    const { data } = await gpu.read(conv2dForward(scope, x, weight, { activation: "relu" }));
    assert(data.some(Number.isNaN), `${b} images of ${c} channels, ${f} filters`);
  }
});
