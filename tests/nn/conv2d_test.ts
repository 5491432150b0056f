import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../../gpu/gpu.ts";
import type { Context, DeviceProfile } from "../../gpu/kernel.ts";
import { Program } from "../../gpu/program.ts";
import { key } from "../../gpu/random.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { type NdArray, ndarray, sizeOf, type Tensor } from "../../gpu/tensor.ts";
import {
  conv2d,
  conv2dBackwardBias,
  conv2dBackwardInput,
  conv2dBackwardRelu,
  conv2dBackwardWeight,
  conv2dForward,
  type Conv2dOptions,
  convOutputLength,
} from "../../nn/conv2d.ts";
import { conv2dGradientRef, conv2dRef } from "../../nn/conv2d_ref.ts";
import { initialize } from "../../nn/init.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu } from "../check.ts";

interface Case extends Conv2dOptions {
  readonly x: readonly [b: number, h: number, w: number, c: number];
  readonly weight: readonly [kh: number, kw: number, f: number];
  readonly bias?: "tied" | "untied";
}

const CASES: readonly Case[] = [
  { x: [1, 1, 1, 1], weight: [1, 1, 1] },
  { x: [1, 5, 4, 4], weight: [3, 2, 4], bias: "tied" },
  { x: [17, 5, 6, 8], weight: [3, 3, 20], bias: "untied", activation: "relu" }, // past both tiles
  { x: [16, 4, 4, 20], weight: [3, 3, 16], padding: "same", activation: "relu", bias: "tied" },
  { x: [9, 7, 5, 12], weight: [2, 4, 12], padding: "same", bias: "untied" },
  { x: [3, 8, 9, 16], weight: [3, 3, 36], stride: 2, bias: "tied" },
  { x: [10, 7, 8, 4], weight: [3, 5, 12], stride: 3, padding: "same", activation: "relu" },
  { x: [19, 9, 8, 3], weight: [6, 5, 16], bias: "untied", activation: "relu" }, // pictures
  { x: [2, 6, 6, 3], weight: [3, 3, 8], padding: "same", bias: "tied" },
  { x: [9, 6, 7, 1], weight: [4, 4, 12], padding: "same", stride: 2, activation: "relu" },
  { x: [18, 4, 5, 3], weight: [3, 3, 32], bias: "tied" }, // the tiles of 32 filters
  { x: [9, 3, 3, 5], weight: [2, 2, 64], padding: "same", bias: "untied" },
  { x: [3, 5, 5, 4], weight: [3, 3, 5], bias: "untied", activation: "relu" }, // no vec4 filters
  { x: [2, 5, 7, 7], weight: [3, 2, 11], padding: "same", stride: 2, bias: "tied" },
  { x: [5, 1, 13, 8], weight: [1, 4, 12], bias: "tied" }, // one axis
  { x: [2, 2, 1, 4], weight: [5, 3, 4], padding: "same" }, // filter larger than the image
];

const absolute = (array: NdArray): NdArray => ({ ...array, data: array.data.map(Math.abs) });

/** 4 sqrt(K) 2^-24 times the largest sum of the products' absolute values. */
function tolerance(terms: number, sums: NdArray): { absolute: number; relative: number } {
  const largest = Math.max(...sums.data);
  return { absolute: 4 * Math.sqrt(terms) * 2 ** -24 * largest, relative: 0 };
}

/** The same device with kernels of another profile. */
function withProfile(gpu: Gpu, profile: DeviceProfile): Context {
  return {
    profile,
    empty: (shape, options) => gpu.empty(shape, options),
    persistent: (shape, options) => gpu.persistent(shape, options),
    dispatch: (dispatch) => gpu.dispatch(dispatch),
  };
}

function arraysOf({ x, weight, bias, ...options }: Case) {
  const [kh, kw, f] = weight;
  const arrays = { x: randomArray(x, 1), weight: randomArray([kh, kw, x[3], f], 2) };
  const { shape } = conv2dRef(arrays.x, arrays.weight, undefined, options);
  const biasShape = bias === "untied" ? shape.slice(1) : [f];
  return {
    ...arrays,
    bias: bias && randomArray(biasShape, 3),
    dy: randomArray(shape, 4),
    options,
    name: JSON.stringify({ x, weight, bias, ...options }),
  };
}

/** Gradients by the kernels, as the layer calls them. */
function gradients(
  context: Context,
  tensors: { x: Tensor; weight: Tensor; bias?: Tensor; dy: Tensor; y: Tensor },
  options: Conv2dOptions,
) {
  const { x, weight, bias, dy, y } = tensors;
  const db = bias && context.empty(bias.shape);
  const dw = context.empty(weight.shape);
  const isRelu = options.activation === "relu";
  const dz = isRelu ? conv2dBackwardRelu(context, dy, y, db) : dy;
  if (db && !isRelu) conv2dBackwardBias(context, dz, db);
  conv2dBackwardWeight(context, x, dz, dw, options);
  return { dx: conv2dBackwardInput(context, dz, weight, x.shape, options), dw, db };
}

Deno.test("conv2dGradientRef() agrees with finite differences", () => {
  for (const options of [{}, { stride: 2 }, { padding: "same" }, { stride: 3, padding: "same" }]) {
    for (const bias of [randomArray([2], 3), randomArray([1, 1, 1], 3)]) {
      const isUntied = bias.shape.length === 3;
      const { x, weight, dy, options: full } = arraysOf({
        x: [2, 5, 4, 2],
        weight: [3, 2, 2],
        activation: "relu",
        ...options as Conv2dOptions,
      });
      const b = isUntied ? randomArray(dy.shape.slice(1), 5) : bias;
      const f = () => dot(conv2dRef(x, weight, b, full), dy);
      const { dx, dw, db } = conv2dGradientRef(x, weight, b, dy, full);
      checkGradient(f, x, dx, { name: "dx" });
      checkGradient(f, weight, dw, { name: "dw" });
      checkGradient(f, b, db!, { name: "db" });
    }
  }
});

for (const profile of ["software", "card"] as const) {
  Deno.test(`conv2d's kernels for a ${profile} adapter agree with float64 over awkward shapes`, async () => {
    const gpu = await sharedGpu();
    const context = withProfile(gpu, profile);
    for (const testCase of CASES) {
      using _scope = gpu.scope();
      const { x, weight, bias, dy, options, name } = arraysOf(testCase);
      const tensors = {
        x: gpu.upload(x),
        weight: gpu.upload(weight),
        bias: bias && gpu.upload(bias),
        dy: gpu.upload(dy),
      };
      const linear = { ...options, activation: "none" } as const;
      const sums = conv2dRef(absolute(x), absolute(weight), bias && absolute(bias), linear);
      const terms = sizeOf(weight.shape.slice(0, 3)) + 1;
      const y = conv2dForward(context, tensors.x, tensors.weight, {
        ...options,
        bias: tensors.bias,
      });
      assertClose(await gpu.read(y), conv2dRef(x, weight, bias, options), {
        ...tolerance(terms, sums),
        name: `y ${name}`,
      });
      const actual = gradients(context, { ...tensors, y }, options);
      const expected = conv2dGradientRef(x, weight, bias, dy, options);
      const bounds = conv2dGradientRef(
        absolute(x),
        absolute(weight),
        bias && absolute(bias),
        absolute(dy),
        linear,
      );
      const positions = sizeOf(dy.shape.slice(0, 3));
      assertClose(await gpu.read(actual.dx), expected.dx, {
        ...tolerance(weight.shape[0] * weight.shape[1] * weight.shape[3], bounds.dx),
        name: `dx ${name}`,
      });
      assertClose(await gpu.read(actual.dw), expected.dw, {
        ...tolerance(positions, bounds.dw),
        name: `dw ${name}`,
      });
      if (bias) {
        assertClose(await gpu.read(actual.db!), expected.db!, {
          ...tolerance(positions, bounds.db!),
          name: `db ${name}`,
        });
      }
    }
  });
}

Deno.test("conv2d's gradients do not depend on how many chunks the sum takes", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const { x, weight, dy } = arraysOf({ x: [40, 6, 6, 4], weight: [1, 1, 4] }); // 90 chunks
  const expected = conv2dGradientRef(x, weight, ndarray([4], new Float64Array(4)), dy);
  const [xt, dyt] = [gpu.upload(x), gpu.upload(dy)];
  const [dw, db] = [gpu.empty(weight.shape), gpu.empty([4])];
  for (let i = 0; i < 2; i++) {
    conv2dBackwardWeight(gpu, xt, dyt, dw);
    conv2dBackwardBias(gpu, dyt, db);
  }
  const options = { absolute: 4 * Math.sqrt(1440) * 2 ** -24 * 1440, relative: 0 };
  assertClose(await gpu.read(dw), expected.dw, options);
  assertClose(await gpu.read(db), expected.db!, options);
});

Deno.test("conv2d() counts the ones under its filter", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.upload(ndarray([1, 3, 3, 4], new Float32Array(36).fill(1)));
  const weight = gpu.upload(ndarray([3, 3, 4, 4], new Float32Array(144).fill(1)));
  const y = await gpu.read(conv2dForward(gpu, x, weight, { padding: "same" }));
  const inside = [4, 6, 4, 6, 9, 6, 4, 6, 4];
  assertEquals([...y.data], inside.flatMap((taps) => Array(4).fill(4 * taps)));
});

Deno.test("conv2d() does not flip its filter", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.upload(ndarray([1, 1, 3, 1], new Float32Array([1, 10, 100])));
  const weight = gpu.upload(ndarray([1, 2, 1, 1], new Float32Array([2, 3])));
  assertEquals([...(await gpu.read(conv2dForward(gpu, x, weight))).data], [32, 320]);
});

Deno.test("conv2d() recorded and replayed gives the bits of an eager run", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const spec = conv2d({ filters: 8, size: [3, 2], bias: "untied", activation: "relu" });
  const shape = [6, 7, 6, 4];
  const layer = spec.build(gpu, shape, { name: "conv" });
  initialize(gpu, layer.params, key(7));
  assertEquals(layer.params.map(({ name, decay, value }) => [name, decay, value.shape]), [
    ["conv/weight", true, [3, 2, 4, 8]],
    ["conv/bias", false, [5, 5, 8]],
  ]);
  const [x, dy] = [randomArray(shape, 1), randomArray(spec.outputShape(shape), 2)];
  const state = gpu.empty([8], { dtype: "u32" });
  const grads = () => Promise.all(layer.params.map(({ grad }) => gpu.read(grad)));
  const run = (context: Context, xt: Tensor, dyt: Tensor) => {
    const { y, backward } = layer.forward(xt, { context, train: true, state });
    return { y, dx: backward(dyt)! };
  };
  const eager = run(gpu, gpu.upload(x), gpu.upload(dy));
  const before = [await gpu.read(eager.y), await gpu.read(eager.dx), ...await grads()];

  const recorder = new Recorder(gpu);
  const recorded = run(recorder, recorder.feed("x", shape), recorder.feed("dy", dy.shape));
  recorder.keep(recorded.y);
  recorder.keep(recorded.dx);
  using program = await Program.compile(gpu, recorder);
  const feeds = { x: Float32Array.from(x.data), dy: Float32Array.from(dy.data) };
  program.run([feeds, feeds]);
  const after = [await gpu.read(recorded.y), await gpu.read(recorded.dx), ...await grads()];
  assertEquals(after, before);
  for (const { grad, value } of layer.params) gpu.release(grad, value);
});

Deno.test("conv2d() computes no gradient of its input when it is not wanted", async () => {
  const gpu = await sharedGpu();
  const recorder = new Recorder();
  const layer = conv2d({ filters: 4, size: 2 }).build(recorder, [2, 4, 4, 4], { name: "conv" });
  const state = gpu.empty([8], { dtype: "u32" });
  const x = recorder.empty([2, 4, 4, 4]);
  const { y, backward } = layer.forward(x, { context: recorder, train: true, state });
  assertEquals(backward(recorder.empty(y.shape), false), undefined);
  const names = recorder.dispatches.map(({ spec }) => spec.name);
  assert(!names.includes("conv2d/flip"), names.join());
  gpu.release(state);
});

Deno.test("conv2d counts the operations inside the image only", () => {
  const recorder = new Recorder();
  const layer = conv2d({ filters: 4, size: 3, padding: "same", bias: "none" })
    .build(recorder, [1, 3, 3, 4], { name: "conv" });
  layer.forward(recorder.empty([1, 3, 3, 4]), {
    context: recorder,
    train: false,
    state: recorder.empty([8], { dtype: "u32" }),
  });
  assertEquals(recorder.flops, 2 * 4 * 4 * 49);
});

Deno.test("convOutputLength() knows valid and same padding", () => {
  assertEquals(convOutputLength(45, 6, 1, "valid"), { length: 40, before: 0 });
  assertEquals(convOutputLength(8, 3, 2, "valid"), { length: 3, before: 0 });
  assertEquals(convOutputLength(8, 3, 1, "same"), { length: 8, before: 1 });
  assertEquals(convOutputLength(8, 3, 2, "same"), { length: 4, before: 0 });
  assertEquals(convOutputLength(7, 1, 3, "same"), { length: 3, before: 0 });
});

Deno.test("conv2d() names what is wrong with its options and shapes", async () => {
  assertThrows(
    () => conv2d({ filters: 4, size: 6 }).outputShape([1, 5, 9, 3]),
    RangeError,
    "Cannot convolve 5 pixels with a filter of 6: it must not be larger than the image",
  );
  assertThrows(() => conv2d({ filters: 4, size: 3 }).outputShape([5, 9]), RangeError, "[5, 9]");
  assertThrows(() => conv2d({ filters: 0, size: 3 }), RangeError, "filters is 0");
  assertThrows(() => conv2d({ filters: 4, size: [3, 1.5] }), RangeError, "filter columns is 1.5");
  assertThrows(() => conv2d({ filters: 4, size: 3, stride: 0 }), RangeError, "stride is 0");
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.empty([1, 4, 4, 4]);
  assertThrows(
    () => conv2dForward(gpu, x, gpu.empty([3, 3, 8, 4])),
    RangeError,
    "Cannot convolve [1, 4, 4, 4] with weights [3, 3, 8, 4]",
  );
  assertThrows(
    () => conv2dForward(gpu, x, gpu.empty([3, 3, 4, 4]), { bias: gpu.empty([8], { label: "b" }) }),
    RangeError,
    'Cannot run conv2d: "b" is f32 [8] but must be [4] or [2, 2, 4]',
  );
});
