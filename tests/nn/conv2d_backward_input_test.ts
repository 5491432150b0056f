import { assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { conv2dBackwardInput } from "../../nn/conv2d_backward_input.ts";
import { checkBackwardInput } from "../../tasks/doctor/conv2d_checks.ts";
import { test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("conv2dBackwardInput() agrees with float64 over awkward shapes", checkBackwardInput);

test("conv2dBackwardInput() puts the filter where one output's gradient is 1", async ({ gpu, scope }) => {
  const dy = scope.upload(ndarray([1, 1, 3, 1], new Float32Array([0, 1, 0])));
  const weight = scope.upload(ndarray([1, 2, 1, 1], new Float32Array([2, 3])));
  const dx = await gpu.read(conv2dBackwardInput(scope, dy, weight, [1, 1, 4, 1]));
  assertEquals([...dx.data], [0, 2, 3, 0]);
});

test("conv2dBackwardInput() refuses a dy that does not fit", ({ scope }) => {
  const [dy, weight] = [scope.empty([1, 3, 3, 4], { label: "dy" }), scope.empty([3, 3, 4, 4])];
  const attempt = () => conv2dBackwardInput(scope, dy, weight, [1, 4, 4, 4]);
  refuses(attempt, "[1, 3, 3, 4]");
});
