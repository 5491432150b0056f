import { assert, assertEquals } from "@std/assert";
import { assign } from "../../audio/assign.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { checkAssignment } from "../../tasks/doctor/audio_checks.ts";
import { randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("assign() finds the directions of float64 over awkward shapes", checkAssignment);

test("assign() takes the lowest direction of equals, and a signed maximum", async ({ gpu, scope }) => {
  const k = 70;
  const same = ndarray([k, 1], new Float32Array(k).fill(2));
  same.data[69] = 3;
  // Times 1 the last is largest, times -1 the others are, times 0 all are equal.
  const x = ndarray([3, 1], Float32Array.of(1, -1, 0));
  const { place, similarity } = assign(scope, scope.upload(x), scope.upload(same));
  assertEquals([...(await gpu.read(place)).data], [69, 0, 0]);
  assertEquals([...(await gpu.read(similarity)).data], [3, -2, 0]);
});

test("a NaN in a row shows in its similarity only", async ({ gpu, scope }) => {
  const x = ndarray([3, 2], Float32Array.of(1, 2, NaN, 1, 3, 4));
  const { similarity } = assign(scope, scope.upload(x), scope.upload(randomArray([5, 2])));
  const { data } = await gpu.read(similarity);
  assertEquals([...data].map(Number.isNaN), [false, true, false]);
  assert(data[0] > 0);
});

test("assign() refuses directions of another length", ({ scope }) => {
  const [x, directions] = [scope.empty([3, 4]), scope.empty([2, 5])];
  refuses(() => assign(scope, x, directions), "is f32 [3, 4], expected [n, 5]");
});
