import { assertEquals, assertThrows } from "@std/assert";
import { ndarray, sizeOf } from "../../gpu/tensor.ts";
import { conv2dForward } from "../../nn/conv2d_forward.ts";
import { conv2dRef } from "../../nn/conv2d_forward_ref.ts";
import { assertClose, sharedGpu } from "../check.ts";
import { absolute, arraysOf, CASES, PROFILES, tolerance, withProfile } from "./conv2d_cases.ts";

for (const profile of PROFILES) {
  Deno.test(`conv2dForward() for a ${profile} adapter agrees with float64 over awkward shapes`, async () => {
    const gpu = await sharedGpu();
    for (const testCase of CASES) {
      using scope = gpu.scope();
      const { x, weight, bias, options, name } = arraysOf(testCase);
      const context = withProfile(scope, profile);
      const tensors = { x: scope.upload(x), weight: scope.upload(weight) };
      const y = conv2dForward(context, tensors.x, tensors.weight, {
        ...options,
        bias: bias && scope.upload(bias),
      });
      const linear = { ...options, activation: "none" } as const;
      const sums = conv2dRef(absolute(x), absolute(weight), bias && absolute(bias), linear);
      const terms = sizeOf(weight.shape.slice(0, 3)) + 1;
      const bounds = tolerance(terms, sums);
      assertClose(await gpu.read(y), conv2dRef(x, weight, bias, options), { ...bounds, name });
    }
  });
}

Deno.test("conv2dForward() counts the ones under its filter", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = scope.upload(ndarray([1, 3, 3, 4], new Float32Array(36).fill(1)));
  const weight = scope.upload(ndarray([3, 3, 4, 4], new Float32Array(144).fill(1)));
  const y = await gpu.read(conv2dForward(scope, x, weight, { padding: "same" }));
  const inside = [4, 6, 4, 6, 9, 6, 4, 6, 4];
  assertEquals([...y.data], inside.flatMap((taps) => Array(4).fill(4 * taps)));
});

Deno.test("conv2dForward() does not flip its filter", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = scope.upload(ndarray([1, 1, 3, 1], new Float32Array([1, 10, 100])));
  const weight = scope.upload(ndarray([1, 2, 1, 1], new Float32Array([2, 3])));
  assertEquals([...(await gpu.read(conv2dForward(scope, x, weight))).data], [32, 320]);
});

Deno.test("conv2dForward() names what is wrong with its shapes", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = scope.empty([1, 4, 4, 4]);
  assertThrows(
    () => conv2dForward(scope, x, scope.empty([3, 3, 8, 4])),
    RangeError,
    "Cannot convolve [1, 4, 4, 4] with weights [3, 3, 8, 4]",
  );
  assertThrows(
    () =>
      conv2dForward(scope, x, scope.empty([3, 3, 4, 4]), {
        bias: scope.empty([8], { label: "b" }),
      }),
    RangeError,
    'Cannot run conv2d: "b" is f32 [8] but must be [4] or [2, 2, 4]',
  );
});
