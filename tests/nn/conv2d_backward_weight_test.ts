import { assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { conv2dBackwardWeight } from "../../nn/conv2d_backward_weight.ts";
import { checkBackwardWeight } from "../../tasks/doctor/conv2d_checks.ts";
import { test, testCheck } from "../check.ts";

testCheck("conv2dBackwardWeight() agrees with float64 over awkward shapes", checkBackwardWeight);

test("conv2dBackwardWeight() picks out x where one output's gradient is 1", async ({ gpu, scope }) => {
  const x = scope.upload(ndarray([1, 1, 4, 1], new Float32Array([1, 2, 3, 4])));
  const dy = scope.upload(ndarray([1, 1, 3, 1], new Float32Array([0, 1, 0])));
  const dw = scope.empty([1, 2, 1, 1]);
  conv2dBackwardWeight(scope, x, dy, dw);
  assertEquals([...(await gpu.read(dw)).data], [2, 3]);
});
