import { assertEquals, assertThrows } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { conv2dBackwardInput } from "../../nn/conv2d_backward_input.ts";
import { conv2dBackwardInputRef } from "../../nn/conv2d_backward_input_ref.ts";
import { assertClose, sharedGpu } from "../check.ts";
import { absolute, arraysOf, CASES, PROFILES, tolerance, withProfile } from "./conv2d_cases.ts";

for (const profile of PROFILES) {
  Deno.test(`conv2dBackwardInput() for a ${profile} adapter agrees with float64 over awkward shapes`, async () => {
    const gpu = await sharedGpu();
    for (const testCase of CASES) {
      using scope = gpu.scope();
      const { x, weight, dy, options, name } = arraysOf(testCase);
      const context = withProfile(scope, profile);
      const tensors = { dy: scope.upload(dy), weight: scope.upload(weight) };
      const dx = conv2dBackwardInput(context, tensors.dy, tensors.weight, x.shape, options);
      const sums = conv2dBackwardInputRef(absolute(dy), absolute(weight), x.shape, options);
      const [kh, kw, , f] = weight.shape;
      const bounds = tolerance(kh * kw * f, sums);
      const expected = conv2dBackwardInputRef(dy, weight, x.shape, options);
      assertClose(await gpu.read(dx), expected, { ...bounds, name });
    }
  });
}

Deno.test("conv2dBackwardInput() puts the filter where one output's gradient is 1", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const dy = scope.upload(ndarray([1, 1, 3, 1], new Float32Array([0, 1, 0])));
  const weight = scope.upload(ndarray([1, 2, 1, 1], new Float32Array([2, 3])));
  const dx = await gpu.read(conv2dBackwardInput(scope, dy, weight, [1, 1, 4, 1]));
  assertEquals([...dx.data], [0, 2, 3, 0]);
});

Deno.test("conv2dBackwardInput() refuses a dy that does not fit", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const [dy, weight] = [scope.empty([1, 3, 3, 4], { label: "dy" }), scope.empty([3, 3, 4, 4])];
  const attempt = () => conv2dBackwardInput(scope, dy, weight, [1, 4, 4, 4]);
  assertThrows(attempt, RangeError, "[1, 3, 3, 4]");
});
