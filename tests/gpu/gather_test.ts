import { assertEquals, assertThrows } from "@std/assert";
import { gather, scatterAdd, scatterAddSorted, sortIndex } from "../../gpu/gather.ts";
import { gatherRef, scatterAddRef } from "../../gpu/gather_ref.ts";
import { Program } from "../../gpu/program.ts";
import { permutation } from "../../gpu/random.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu } from "../check.ts";

/** [n, d, m]: one, primes, vec4 and not, lists that end inside a vec4. */
const CASES = [[1, 1, 1], [7, 5, 13], [3, 4, 2], [31, 8, 65], [5, 37, 4], [67, 12, 131]];

/** Indices with repeats, and some out of range. */
function indices(n: number, m: number): NdArray<Uint32Array> {
  const shuffled = permutation([1, 2], 4 * m);
  const data = Uint32Array.from({ length: m }, (_, i) => shuffled[i] % (n + 1));
  if (m > 2) data[m - 2] = 0xFFFFFFFF;
  return ndarray([m], data);
}

Deno.test("scatterAddRef() is the gradient of gatherRef()", () => {
  const x = randomArray([4, 3], 1);
  const index = ndarray([5], Uint32Array.of(2, 0, 2, 9, 3));
  const dy = randomArray([5, 3], 2);
  checkGradient(() => dot(gatherRef(x, index), dy), x, scatterAddRef(dy, index, 4));
});

Deno.test("gather() takes the rows of the reference, and zeros for indices outside", async () => {
  const gpu = await sharedGpu();
  for (const [n, d, m] of CASES) {
    using _scope = gpu.scope();
    const [x, index] = [randomArray([n, d], 1), indices(n, m)];
    const result = gather(gpu, gpu.upload(x), gpu.upload(index));
    assertClose(await gpu.read(result), gatherRef(x, index), { relative: 0, absolute: 0 });
  }
});

Deno.test("scatterAdd() and scatterAddSorted() agree with float64 and with each other", async () => {
  const gpu = await sharedGpu();
  for (const [n, d, m] of CASES) {
    using _scope = gpu.scope();
    const [host, index] = [randomArray([m, d], 1), indices(n, m)];
    const dy = gpu.upload(host);
    const scanned = await gpu.read(scatterAdd(gpu, dy, gpu.upload(index), n));
    const expected = scatterAddRef(host, index, n);
    assertClose(scanned, expected, { relative: 1e-6, absolute: 1e-5, name: `[${n}, ${d}] ${m}` });
    const { starts, order } = sortIndex(index.data, n);
    const lists = [ndarray([n + 1], starts), ndarray([m], order)].map((list) => gpu.upload(list));
    const sorted = await gpu.read(scatterAddSorted(gpu, dy, lists[0], lists[1]));
    assertEquals(sorted, scanned);
  }
});

Deno.test("scatterAdd() does not take what lies behind the list for indices", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const index = gpu.upload(ndarray([1], Uint32Array.of(0)));
  gpu.device.queue.writeBuffer(index.storage.buffer!, 4, new Uint32Array(3)); // three more zeros
  const dy = gpu.upload(ndarray([1, 1], Float32Array.of(3)));
  gpu.device.queue.writeBuffer(dy.storage.buffer!, 4, Float32Array.of(9, 9, 9));
  assertEquals([...(await gpu.read(scatterAdd(gpu, dy, index, 2))).data], [3, 0]);
});

Deno.test("gather() does not read rows behind the table", async () => {
  const gpu = await sharedGpu();
  for (const d of [3, 4]) {
    using _scope = gpu.scope();
    const longer = gpu.upload(ndarray([3, d], new Float32Array(3 * d).fill(7)));
    const index = gpu.upload(ndarray([3], Uint32Array.of(1, 2, 3)));
    const { data } = await gpu.read(gather(gpu, { ...longer, shape: [2, d] }, index));
    assertEquals([...data], Array.from({ length: 3 * d }, (_, i) => i < d ? 7 : 0));
  }
});

Deno.test("rows named twice are given twice and get both gradients", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const table = gpu.upload(ndarray([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)));
  const index = gpu.upload(ndarray([4], Uint32Array.of(2, 0, 2, 3)));
  const rows = gather(gpu, table, index);
  assertEquals([...(await gpu.read(rows)).data], [5, 6, 1, 2, 5, 6, 0, 0]);
  const ones = gpu.upload(ndarray([4, 2], new Float32Array(8).fill(1)));
  assertEquals([...(await gpu.read(scatterAdd(gpu, ones, index, 3))).data], [1, 1, 0, 0, 2, 2]);
});

Deno.test("sortIndex() lists the places of each row in order", () => {
  const { starts, order } = sortIndex([2, 0, 2, 9, 1], 4);
  assertEquals([...starts], [0, 1, 2, 4, 4]);
  assertEquals([...order.subarray(0, 4)], [1, 4, 0, 2]);
});

Deno.test("a recorded gather and scatter replay to the bits of the eager ones", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const [x, index] = [gpu.upload(randomArray([9, 8], 1)), gpu.upload(indices(9, 21))];
  const run = (context: Recorder | typeof gpu) =>
    scatterAdd(context, gather(context, x, index), index, 9);
  const eager = await gpu.read(run(gpu));
  const recorder = new Recorder(gpu);
  const result = recorder.keep(run(recorder));
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  assertEquals(await gpu.read(result), eager);
});

Deno.test("gather() and scatterAdd() refuse what does not fit", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const [x, index] = [gpu.empty([4, 2]), gpu.empty([3], { dtype: "u32" })];
  assertThrows(() => gather(gpu, x, gpu.empty([3])), TypeError, '"index" is f32 [3] but must be');
  assertThrows(
    () => scatterAdd(gpu, x, index, 5),
    RangeError,
    '"index" is u32 [3], read as [u32: m], but m is 4 in "dy"',
  );
  assertThrows(
    () => gather(gpu, x, index, { into: gpu.empty([3, 3]) }),
    RangeError,
    "Cannot run gather",
  );
});
