import { assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { conv2dBackwardRelu } from "../../nn/conv2d_backward_bias.ts";
import { checkBackwardBias } from "../../tasks/doctor/conv2d_checks.ts";
import { test, testCheck } from "../check.ts";

testCheck("conv2d's bias gradients agree with float64", checkBackwardBias);

test("conv2dBackwardRelu() stops the gradient at zero and needs no bias", async ({ gpu, scope }) => {
  const y = scope.upload(ndarray([1, 1, 1, 4], new Float32Array([0, 1, 0, 2])));
  const dy = scope.upload(ndarray([1, 1, 1, 4], new Float32Array([5, 6, 7, 8])));
  assertEquals([...(await gpu.read(conv2dBackwardRelu(scope, dy, y))).data], [0, 6, 0, 8]);
});
