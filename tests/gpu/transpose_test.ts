import { assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { swapAxes, transpose } from "../../gpu/transpose.ts";
import { swapAxesRef } from "../../gpu/transpose_ref.ts";
import { checkSwaps } from "../../tasks/doctor/gpu_checks.ts";
import { checkGradient, dot, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("swapAxes() puts every element where the reference does", checkSwaps);

Deno.test("the gradient of a swap is the same swap", () => {
  const [x, dy] = [randomArray([2, 3, 4], 1), randomArray([4, 3, 2], 2)];
  checkGradient(() => dot(swapAxesRef(x, 0, 2), dy), x, swapAxesRef(dy, 0, 2));
});

test("transpose() of two rows gives two columns", async ({ gpu, scope }) => {
  const x = scope.upload(ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
  const turned = await gpu.read(transpose(scope, x));
  assertEquals(turned, { shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) });
});

test("a swap of a swap gives the input", async ({ gpu, scope }) => {
  const host = randomArray([3, 8, 12], 1);
  const twice = transpose(scope, swapAxes(scope, scope.upload(host), 1, 2));
  assertEquals(await gpu.read(twice), { ...host, data: Float32Array.from(host.data) });
});

test("swapAxes() refuses axes that are not there", ({ scope }) => {
  const x = scope.empty([2, 3], { label: "scores" });
  refuses(
    () => swapAxes(scope, x, 0, 2),
    'Cannot swap axes of "scores" [2, 3]: axes is "0 and 2", expected two different ones from 0 to 1',
  );
  refuses(() => swapAxes(scope, x, 1, 1), "expected two different ones");
  refuses(() => transpose(scope, scope.empty([5])), "Cannot swap axes");
  refuses(
    () => transpose(scope, x, { into: scope.empty([2, 3]) }),
    '"result" is [2, 3], expected [3, 2]',
  );
});
