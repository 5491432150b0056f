import { assertEquals } from "@std/assert";
import { ndarray, sizeOf } from "../../gpu/tensor.ts";
import { conv2dBackwardWeight } from "../../nn/conv2d_backward_weight.ts";
import { conv2dBackwardWeightRef } from "../../nn/conv2d_backward_weight_ref.ts";
import { assertClose, sharedGpu } from "../check.ts";
import { absolute, arraysOf, CASES, PROFILES, tolerance, withProfile } from "./conv2d_cases.ts";

for (const profile of PROFILES) {
  Deno.test(`conv2dBackwardWeight() for a ${profile} adapter agrees with float64 over awkward shapes`, async () => {
    const gpu = await sharedGpu();
    for (const testCase of CASES) {
      using scope = gpu.scope();
      const { x, weight, dy, options, name } = arraysOf(testCase);
      const dw = scope.empty(weight.shape);
      const context = withProfile(scope, profile);
      conv2dBackwardWeight(context, scope.upload(x), scope.upload(dy), dw, options);
      const sums = conv2dBackwardWeightRef(absolute(x), absolute(dy), weight.shape, options);
      const bounds = tolerance(sizeOf(dy.shape.slice(0, 3)), sums);
      const expected = conv2dBackwardWeightRef(x, dy, weight.shape, options);
      assertClose(await gpu.read(dw), expected, { ...bounds, name });
    }
  });
}

Deno.test("conv2dBackwardWeight() adds many chunks, and overwrites", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const { x, weight, dy } = arraysOf({ x: [41, 6, 6, 4], weight: [1, 1, 4] }); // 126 rows, 8 chunks
  const dw = scope.empty(weight.shape);
  const tensors = { x: scope.upload(x), dy: scope.upload(dy) };
  for (let i = 0; i < 2; i++) conv2dBackwardWeight(scope, tensors.x, tensors.dy, dw);
  const sums = conv2dBackwardWeightRef(absolute(x), absolute(dy), weight.shape);
  const expected = conv2dBackwardWeightRef(x, dy, weight.shape);
  assertClose(await gpu.read(dw), expected, tolerance(1476, sums));
});

Deno.test("conv2dBackwardWeight() picks out x where one output's gradient is 1", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = scope.upload(ndarray([1, 1, 4, 1], new Float32Array([1, 2, 3, 4])));
  const dy = scope.upload(ndarray([1, 1, 3, 1], new Float32Array([0, 1, 0])));
  const dw = scope.empty([1, 2, 1, 1]);
  conv2dBackwardWeight(scope, x, dy, dw);
  assertEquals([...(await gpu.read(dw)).data], [2, 3]);
});
