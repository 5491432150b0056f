import { assert, assertEquals, assertThrows } from "@std/assert";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { argmax, max, mean, norm, sum, sumFirstAxis, sumOfSquares } from "../../gpu/reduce.ts";
import {
  argmaxRef,
  maxRef,
  meanRef,
  normRef,
  sumFirstAxisRef,
  sumGradRef,
  sumOfSquaresRef,
  sumRef,
} from "../../gpu/reduce_ref.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu } from "../check.ts";

/** Thread and workgroup a row, vec4 and not, one element, just past a workgroup and a run. */
const SHAPES = [[1, 1], [3, 5], [2, 3, 64], [67, 7], [3, 65], [2, 68], [5, 1028], [2, 4099], [
  130,
  4,
]];

/** 4 sqrt(d) 2^-24 of the sum of |x|, which for normal numbers is about d. */
function tolerance(d: number) {
  return { relative: 2 ** -22, absolute: 4 * Math.sqrt(d) * 2 ** -24 * d };
}

Deno.test("sumGradRef() agrees with finite differences", () => {
  const [x, dy] = [randomArray([3, 4], 1), randomArray([3], 2)];
  checkGradient(() => dot(sumRef(x), dy), x, sumGradRef(dy, [3, 4]));
});

Deno.test("sum(), mean(), norm() and max() agree with float64 over awkward shapes", async () => {
  const gpu = await sharedGpu();
  for (const shape of SHAPES) {
    using _scope = gpu.scope();
    const host = randomArray(shape, 1);
    const x = gpu.upload(host);
    const d = shape.at(-1)!;
    const { relative, absolute } = tolerance(d);
    const name = `[${shape}]`;
    assertClose(await gpu.read(sum(gpu, x)), sumRef(host), { relative, absolute, name });
    const ofMean = { relative, absolute: absolute / d, name };
    assertClose(await gpu.read(mean(gpu, x)), meanRef(host), ofMean);
    const ofNorm = { relative: 4 * Math.sqrt(d) * 2 ** -24, absolute: 0, name };
    assertClose(await gpu.read(norm(gpu, x)), normRef(host), ofNorm);
    assertClose(await gpu.read(max(gpu, x)), maxRef(host), { relative: 0, absolute: 0, name });
    const places = await gpu.read(argmax(gpu, x));
    assertEquals([...places.data], [...argmaxRef(host).data], name);
    assertEquals(places.data.constructor, Uint32Array);
  }
});

Deno.test("a sum of many equal terms keeps them all", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.upload(ndarray([1, 3_000_000], new Float32Array(3_000_000).fill(0.1)));
  const { data } = await gpu.read(sum(gpu, x));
  const relative = Math.abs(data[0] / (3_000_000 * Math.fround(0.1)) - 1);
  assert(relative < 2e-6, `off by ${relative}`); // one term after the other would be off by 1e-2
});

Deno.test("argmax() gives the first place on ties, in short and in long rows", async () => {
  const gpu = await sharedGpu();
  for (const d of [6, 200]) {
    using _scope = gpu.scope();
    const rows = new Float32Array(3 * d).fill(-1);
    rows[2] = rows[4] = rows[d - 1] = 5; // row 0: 2
    rows[d + 5] = rows[2 * d - 1] = 7; // row 1: 5; row 2 is all equal: 0
    const { data } = await gpu.read(argmax(gpu, gpu.upload(ndarray([3, d], rows))));
    assertEquals([...data], [2, 5, 0]);
  }
});

Deno.test("max() takes minus infinity and negative rows as they are", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const low = Float32Array.of(-Infinity, -3, -2, -Infinity, -Infinity, -Infinity);
  const { data } = await gpu.read(max(gpu, gpu.upload(ndarray([2, 3], low))));
  assertEquals([...data], [-2, -Infinity]);
});

Deno.test("sumFirstAxis() agrees with float64, in one part and in several", async () => {
  const gpu = await sharedGpu();
  for (const shape of [[1, 1], [5, 3], [2, 3, 8], [256, 5], [257, 4], [1031, 3], [20_000, 4]]) {
    using _scope = gpu.scope();
    const host = randomArray(shape, 1);
    const d = shape.at(-1)!;
    const into = gpu.empty([d]);
    const expected = sumFirstAxisRef(host);
    const name = `[${shape}]`;
    const result = sumFirstAxis(gpu, gpu.upload(host), { into });
    assert(result === into);
    const close = { ...tolerance(host.data.length / d), name };
    assertClose(await gpu.read(into), expected, close);
    assertClose(await gpu.read(sumFirstAxis(gpu, gpu.upload(host))), expected, close);
  }
});

Deno.test("sumOfSquares() agrees with float64 and takes no padding along", async () => {
  const gpu = await sharedGpu();
  for (const shape of [[1], [3], [7, 11], [16_384], [16_385], [3, 33_333]]) {
    using _scope = gpu.scope();
    const host = randomArray(shape, 1);
    const x = gpu.upload(host);
    const pad = new Float32Array(4 - host.data.length % 4).fill(1e9); // what lies behind the end
    if (pad.length < 4) {
      const bytes = 4 * host.data.length;
      gpu.device.queue.writeBuffer(x.storage.buffer!, bytes, pad);
    }
    const relative = 1e-6;
    assertClose(await gpu.read(sumOfSquares(gpu, x)), sumOfSquaresRef(host), { relative });
  }
});

Deno.test("recorded reductions replay to the bits of the eager ones", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.upload(randomArray([300, 132], 4));
  const run = (context: Recorder | typeof gpu) => [
    sum(context, x),
    argmax(context, x),
    sumFirstAxis(context, x),
    sumOfSquares(context, x),
  ];
  const eager = await gpu.readAll(run(gpu));
  const recorder = new Recorder(gpu);
  const kept = run(recorder).map((tensor) => recorder.keep(tensor));
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  const replayed: NdArray[] = await gpu.readAll(kept);
  assertEquals(replayed, eager);
});

Deno.test("reductions refuse what does not fit", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.empty([4, 6]);
  assertThrows(() => sum(gpu, gpu.empty([6])), RangeError, '"x" is f32 [6] but must be [*n d]');
  assertThrows(() => sum(gpu, x, { into: gpu.empty([5]) }), RangeError, "Cannot run reduce/sum");
  assertThrows(() => argmax(gpu, x, { into: gpu.empty([4]) }), TypeError, "must be u32");
  assertThrows(
    () => sumFirstAxis(gpu, x, { into: gpu.empty([4]) }),
    RangeError,
    "Cannot run sumFirstAxis",
  );
});
