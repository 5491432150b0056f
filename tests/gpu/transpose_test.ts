import { assertEquals, assertThrows } from "@std/assert";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { swapAxes, transpose } from "../../gpu/transpose.ts";
import { swapAxesRef } from "../../gpu/transpose_ref.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu } from "../check.ts";

/** Shape and axes: scalars, vec4 along the inner axes, 4 by 4 blocks, one past a block of 32. */
const CASES: readonly (readonly [number[], number, number])[] = [
  [[1, 1], 0, 1],
  [[3, 5], 0, 1],
  [[2, 3, 5], 0, 2],
  [[2, 3, 5, 7], 1, 2],
  [[3, 5, 8], 0, 1],
  [[7, 2, 3, 4, 4], 2, 0],
  [[36, 68], 0, 1],
  [[2, 4, 3, 8], 1, 3],
  [[3, 132, 4], 1, 2],
  [[33, 65], 1, 0],
];

Deno.test("swapAxes() puts every element where the reference does", async () => {
  const gpu = await sharedGpu();
  for (const [shape, a, b] of CASES) {
    using _scope = gpu.scope();
    const x = randomArray(shape, 1);
    const result = await gpu.read(swapAxes(gpu, gpu.upload(x), a, b));
    const name = `[${shape}] ${a} ${b}`;
    assertClose(result, swapAxesRef(x, a, b), { relative: 0, absolute: 0, name });
  }
});

Deno.test("the gradient of a swap is the same swap", () => {
  const [x, dy] = [randomArray([2, 3, 4], 1), randomArray([4, 3, 2], 2)];
  checkGradient(() => dot(swapAxesRef(x, 0, 2), dy), x, swapAxesRef(dy, 0, 2));
});

Deno.test("transpose() of two rows gives two columns", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.upload(ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
  const turned = await gpu.read(transpose(gpu, x));
  assertEquals(turned, { shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) });
});

Deno.test("a recorded swap replays to the eager one and its double gives the input", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const host = randomArray([3, 8, 12], 1);
  const x = gpu.upload(host);
  const recorder = new Recorder(gpu);
  const once = recorder.keep(swapAxes(recorder, x, 1, 2));
  const twice = recorder.keep(transpose(recorder, once));
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  assertEquals(await gpu.read(once), await gpu.read(swapAxes(gpu, x, 1, 2)));
  assertClose(await gpu.read(twice), host, { relative: 0, absolute: 0 });
});

Deno.test("swapAxes() refuses axes that are not there", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.empty([2, 3], { label: "scores" });
  assertThrows(
    () => swapAxes(gpu, x, 0, 2),
    RangeError,
    'Cannot swap axes 0 and 2 of "scores" [2, 3]: two different axes from 0 to 1 are expected',
  );
  assertThrows(() => swapAxes(gpu, x, 1, 1), RangeError, "two different axes");
  assertThrows(() => transpose(gpu, gpu.empty([5])), RangeError, "Cannot swap axes");
  assertThrows(
    () => transpose(gpu, x, { into: gpu.empty([2, 3]) }),
    RangeError,
    '"result" is [2, 3] but must be [3, 2]',
  );
});
