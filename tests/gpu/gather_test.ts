import { assertEquals, assertThrows } from "@std/assert";
import { gather, scatterAdd, scatterAddSorted, sortIndex } from "../../gpu/gather.ts";
import { gatherRef, scatterAddRef } from "../../gpu/gather_ref.ts";
import { permutation } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { checkGather } from "../../tasks/doctor/gpu_checks.ts";
import { checkGradient, dot, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("gather() and both forms of scatterAdd() agree with float64", checkGather);

Deno.test("scatterAddRef() is the gradient of gatherRef()", () => {
  const x = randomArray([4, 3], 1);
  const index = ndarray([5], Uint32Array.of(2, 0, 2, 9, 3));
  const dy = randomArray([5, 3], 2);
  checkGradient(() => dot(gatherRef(x, index), dy), x, scatterAddRef(dy, index, 4));
});

test("scatterAddSorted() gives the bits of scatterAdd()", async ({ gpu }) => {
  for (const [n, d, m] of [[1, 1, 1], [3, 4, 2], [5, 37, 4], [67, 12, 131]]) {
    using scope = gpu.scope();
    const shuffled = permutation([1, 2], 4 * m);
    const index = Uint32Array.from({ length: m }, (_, i) => shuffled[i] % (n + 1));
    const dy = scope.upload(randomArray([m, d], 1));
    const { starts, order } = sortIndex(index, n);
    const [at, ...lists] = [index, starts, order]
      .map((list) => scope.upload(ndarray([list.length], list)));
    const sorted = await gpu.read(scatterAddSorted(scope, dy, lists[0], lists[1]));
    assertEquals(sorted, await gpu.read(scatterAdd(scope, dy, at, n)));
  }
});

test("scatterAdd() does not take what lies behind the list for indices", async ({ gpu, scope }) => {
  const index = scope.upload(ndarray([1], Uint32Array.of(0)));
  gpu.device.queue.writeBuffer(index.storage.buffer!, 4, new Uint32Array(3)); // three more zeros
  const dy = scope.upload(ndarray([1, 1], Float32Array.of(3)));
  gpu.device.queue.writeBuffer(dy.storage.buffer!, 4, Float32Array.of(9, 9, 9));
  assertEquals([...(await gpu.read(scatterAdd(scope, dy, index, 2))).data], [3, 0]);
});

test("gather() does not read rows behind the table", async ({ gpu }) => {
  for (const d of [3, 4]) {
    using scope = gpu.scope();
    const longer = scope.upload(ndarray([3, d], new Float32Array(3 * d).fill(7)));
    const index = scope.upload(ndarray([3], Uint32Array.of(1, 2, 3)));
    const { data } = await gpu.read(gather(scope, { ...longer, shape: [2, d] }, index));
    assertEquals([...data], Array.from({ length: 3 * d }, (_, i) => i < d ? 7 : 0));
  }
});

test("rows named twice are given twice and get both gradients", async ({ gpu, scope }) => {
  const table = scope.upload(ndarray([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)));
  const index = scope.upload(ndarray([4], Uint32Array.of(2, 0, 2, 3)));
  const rows = gather(scope, table, index);
  assertEquals([...(await gpu.read(rows)).data], [5, 6, 1, 2, 5, 6, 0, 0]);
  const ones = scope.upload(ndarray([4, 2], new Float32Array(8).fill(1)));
  assertEquals([...(await gpu.read(scatterAdd(scope, ones, index, 3))).data], [1, 1, 0, 0, 2, 2]);
});

Deno.test("sortIndex() lists the places of each row in order", () => {
  const { starts, order } = sortIndex([2, 0, 2, 9, 1], 4);
  assertEquals([...starts], [0, 1, 2, 4, 4]);
  assertEquals([...order.subarray(0, 4)], [1, 4, 0, 2]);
});

test("gather() and scatterAdd() refuse what does not fit", ({ scope }) => {
  const [x, index] = [scope.empty([4, 2]), scope.empty([3], { dtype: "u32" })];
  assertThrows(
    () => gather(scope, x, scope.empty([3])),
    TypeError,
    '"index" is f32 [3], expected',
  );
  refuses(
    () => scatterAdd(scope, x, index, 5),
    '"index" is u32 [3], expected [u32: m] with the m of "dy", 4',
  );
  refuses(() => gather(scope, x, index, { into: scope.empty([3, 3]) }), "Cannot run gather");
});
