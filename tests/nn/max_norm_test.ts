import { assertEquals, assertThrows } from "@std/assert";
import type { EagerContext } from "../../gpu/kernel.ts";
import { Program } from "../../gpu/program.ts";
import { key } from "../../gpu/random.ts";
import { Recorder } from "../../gpu/recorder.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { maxNorm } from "../../nn/max_norm.ts";
import { maxNormRef } from "../../nn/max_norm_ref.ts";
import { packState, STATE_FEED, STATE_WORDS } from "../../nn/state.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

function weightOf(context: EagerContext, array: NdArray) {
  return { name: "dense1/weight", value: context.upload(array) };
}

function stateOf(step: number): Uint32Array {
  return packState({ step, learningRate: 1, key: key(1), count: 1 });
}

const SHAPES = [[1, 1], [3, 4], [33, 37], [7, 64 * 4 + 4], [64, 65], [1031, 8], [257, 3]];

Deno.test("maxNorm() agrees with float64 over awkward shapes, scalar and vec4", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  for (const shape of SHAPES) {
    const array = randomArray(shape, 2);
    const weight = weightOf(scope, array);
    maxNorm(scope, weight, 1); // about half of the columns exceed it
    const tolerance = { relative: 2e-6, absolute: 0, name: `[${shape}]` };
    assertClose(await gpu.read(weight.value), maxNormRef(array, 1), tolerance);
  }
});

Deno.test("maxNorm() halves a column of 0.8 at limit 0.4 and keeps the bits of smaller ones", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  for (const k of [3, 4]) {
    const columns = [0.8, -0.3, 0, 0.1].slice(0, k);
    const data = Float32Array.from({ length: 50 * k }, (_, i) => columns[i % k]);
    const weight = weightOf(scope, { shape: [50, k], data });
    maxNorm(scope, weight, 0.4);
    const after = (await gpu.read(weight.value)).data;
    for (let i = 0; i < after.length; i++) {
      const expected = i % k === 0 ? 0.4 : Math.fround(columns[i % k]);
      const isClose = i % k === 0 ? Math.abs(after[i] - expected) < 1e-6 : after[i] === expected;
      if (!isClose) throw new Error(`k ${k}: element ${i} is ${after[i]}, expected ${expected}`);
    }
  }
});

Deno.test("maxNorm() with every acts only in steps that are its multiples, recorded too", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const array = randomArray([9, 12], 3);
  const narrow = Float32Array.from(array.data);
  for (const step of [1, 9, 10, 11, 20]) {
    const [eager, recorded] = [weightOf(scope, array), weightOf(scope, array)];
    const state = scope.upload({ shape: [STATE_WORDS], data: stateOf(step) });
    maxNorm(scope, eager, 0.23, { every: 10, state });
    const recorder = new Recorder(gpu);
    const fed = recorder.feed(STATE_FEED, [STATE_WORDS], "u32");
    maxNorm(recorder, recorded, 0.23, { every: 10, state: fed });
    using program = await Program.compile(gpu, recorder);
    program.run([{ [STATE_FEED]: stateOf(step) }]);
    const [a, b] = await gpu.readAll([eager.value, recorded.value]);
    assertEquals(a.data, b.data);
    if (step % 10) assertEquals(a.data, narrow);
    else assertClose(a, maxNormRef(array, 0.23), { relative: 2e-6, absolute: 0 });
  }
});

Deno.test("a recorded maxNorm() without a state acts in every replay", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const array = randomArray([5, 7], 4);
  const weight = weightOf(scope, array);
  const recorder = new Recorder(gpu);
  maxNorm(recorder, weight, 0.1);
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  assertClose(await gpu.read(weight.value), maxNormRef(array, 0.1), {
    relative: 2e-6,
    absolute: 0,
  });
});

Deno.test("maxNorm() refuses other ranks, limits that make no sense and every without a state", async () => {
  const gpu = await sharedGpu();
  const weight = weightOf(gpu, randomArray([2, 3]));
  const filters = weightOf(gpu, randomArray([3, 3, 2, 4]));
  assertThrows(() => maxNorm(gpu, filters, 1), RangeError, "expected [d k]");
  assertThrows(() => maxNorm(gpu, weight, 0), RangeError, '"dense1/weight": the limit is 0');
  assertThrows(() => maxNorm(gpu, weight, 1, { every: 10 }), RangeError, "every is 10");
});
