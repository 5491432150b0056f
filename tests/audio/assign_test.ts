import { assert, assertEquals, assertThrows } from "@std/assert";
import { assign } from "../../audio/assign.ts";
import { assignRef } from "../../audio/assign_ref.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

/** [n, d, k]: one, primes, ends inside tiles of 16 rows, vec4 and groups, more than 16 groups. */
const CASES = [
  [1, 1, 1],
  [7, 5, 3],
  [17, 4, 16],
  [33, 7, 17],
  [67, 12, 65],
  [130, 31, 50],
  [19, 8, 301],
];

Deno.test("assign() finds the directions of float64 over awkward shapes, in both profiles", async () => {
  for (const profile of ["software", "card"] as const) {
    await using gpu = await openGpu({ profile });
    for (const [n, d, k] of CASES) {
      using scope = gpu.scope();
      const [x, directions] = [randomArray([n, d], 1), randomArray([k, d], 2)];
      const { place, similarity } = assign(scope, scope.upload(x), scope.upload(directions));
      const expected = assignRef(x, directions);
      const name = `${profile} [${n}, ${d}, ${k}]`;
      assertEquals((await gpu.read(place)).data, expected.place.data, name);
      const tolerance = { relative: 1e-6, absolute: 1e-5, name };
      assertClose(await gpu.read(similarity), expected.similarity, tolerance);
    }
  }
});

Deno.test("assign() takes the lowest direction of equals, and a signed maximum", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const k = 70;
  const same = ndarray([k, 1], new Float32Array(k).fill(2));
  same.data[69] = 3;
  // Times 1 the last is largest, times -1 the others are, times 0 all are equal.
  const x = ndarray([3, 1], Float32Array.of(1, -1, 0));
  const { place, similarity } = assign(scope, scope.upload(x), scope.upload(same));
  assertEquals([...(await gpu.read(place)).data], [69, 0, 0]);
  assertEquals([...(await gpu.read(similarity)).data], [3, -2, 0]);
});

Deno.test("a NaN in a row shows in its similarity only", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = ndarray([3, 2], Float32Array.of(1, 2, NaN, 1, 3, 4));
  const { similarity } = assign(scope, scope.upload(x), scope.upload(randomArray([5, 2])));
  const { data } = await gpu.read(similarity);
  assertEquals([...data].map(Number.isNaN), [false, true, false]);
  assert(data[0] > 0);
});

Deno.test("assign() refuses directions of another length", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const [x, directions] = [scope.empty([3, 4]), scope.empty([2, 5])];
  assertThrows(
    () => assign(scope, x, directions),
    RangeError,
    "directions of [2, 5] ask for [n, 5]",
  );
});
