import { assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { conv2dForward } from "../../nn/conv2d_forward.ts";
import { checkForward } from "../../tasks/doctor/conv2d_checks.ts";
import { test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("conv2dForward() agrees with float64 over awkward shapes", checkForward);

test("conv2dForward() counts the ones under its filter", async ({ gpu, scope }) => {
  const x = scope.upload(ndarray([1, 3, 3, 4], new Float32Array(36).fill(1)));
  const weight = scope.upload(ndarray([3, 3, 4, 4], new Float32Array(144).fill(1)));
  const y = await gpu.read(conv2dForward(scope, x, weight, { padding: "same" }));
  const inside = [4, 6, 4, 6, 9, 6, 4, 6, 4];
  assertEquals([...y.data], inside.flatMap((taps) => Array(4).fill(4 * taps)));
});

test("conv2dForward() does not flip its filter", async ({ gpu, scope }) => {
  const x = scope.upload(ndarray([1, 1, 3, 1], new Float32Array([1, 10, 100])));
  const weight = scope.upload(ndarray([1, 2, 1, 1], new Float32Array([2, 3])));
  assertEquals([...(await gpu.read(conv2dForward(scope, x, weight))).data], [32, 320]);
});

test("conv2dForward() names what is wrong with its shapes", ({ scope }) => {
  const x = scope.empty([1, 4, 4, 4]);
  refuses(
    () => conv2dForward(scope, x, scope.empty([3, 3, 8, 4])),
    "Cannot convolve: weight is [3, 3, 8, 4], expected filters [kh, kw, 4, f]",
  );
  refuses(() =>
    conv2dForward(scope, x, scope.empty([3, 3, 4, 4]), {
      bias: scope.empty([8], { label: "b" }),
    }), "Cannot run conv2d: b is [8], expected [4] or [2, 2, 4]");
});
