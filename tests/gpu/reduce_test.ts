import { assert, assertEquals, assertThrows } from "@std/assert";
import { argmax, max, sum, sumFirstAxis } from "../../gpu/reduce.ts";
import { sumGradRef, sumRef } from "../../gpu/reduce_ref.ts";
import { ndarray } from "../../gpu/tensor.ts";
import {
  checkReductions,
  checkSumFirstAxis,
  checkSumOfSquares,
} from "../../tasks/doctor/gpu_checks.ts";
import { checkGradient, dot, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("sum(), mean(), norm(), max() and argmax() agree with float64", checkReductions);
testCheck("sumFirstAxis() agrees with float64, in one part and in several", checkSumFirstAxis);
testCheck("sumOfSquares() agrees with float64 and takes no padding along", checkSumOfSquares);

Deno.test("sumGradRef() agrees with finite differences", () => {
  const [x, dy] = [randomArray([3, 4], 1), randomArray([3], 2)];
  checkGradient(() => dot(sumRef(x), dy), x, sumGradRef(dy, [3, 4]));
});

test("a sum of many equal terms keeps them all", async ({ gpu, scope }) => {
  const x = scope.upload(ndarray([1, 3_000_000], new Float32Array(3_000_000).fill(0.1)));
  const { data } = await gpu.read(sum(scope, x));
  const relative = Math.abs(data[0] / (3_000_000 * Math.fround(0.1)) - 1);
  assert(relative < 2e-6, `off by ${relative}`); // one term after the other would be off by 1e-2
});

test("argmax() gives the first place on ties, in short and in long rows", async ({ gpu }) => {
  for (const d of [6, 200]) {
    using scope = gpu.scope();
    const rows = new Float32Array(3 * d).fill(-1);
    rows[2] = rows[4] = rows[d - 1] = 5; // row 0: 2
    rows[d + 5] = rows[2 * d - 1] = 7; // row 1: 5; row 2 is all equal: 0
    const { data } = await gpu.read(argmax(scope, scope.upload(ndarray([3, d], rows))));
    assertEquals(data, Uint32Array.of(2, 5, 0));
  }
});

test("max() takes minus infinity and negative rows as they are", async ({ gpu, scope }) => {
  const low = Float32Array.of(-Infinity, -3, -2, -Infinity, -Infinity, -Infinity);
  const { data } = await gpu.read(max(scope, scope.upload(ndarray([2, 3], low))));
  assertEquals([...data], [-2, -Infinity]);
});

test("reductions refuse what does not fit", ({ scope }) => {
  const x = scope.empty([4, 6]);
  refuses(() => sum(scope, scope.empty([6])), '"x" is f32 [6], expected [*n d]');
  refuses(() => sum(scope, x, { into: scope.empty([5]) }), "Cannot run reduce/sum");
  assertThrows(() => argmax(scope, x, { into: scope.empty([4]) }), TypeError, "expected u32");
  refuses(() => sumFirstAxis(scope, x, { into: scope.empty([4]) }), "Cannot run sumFirstAxis");
});
