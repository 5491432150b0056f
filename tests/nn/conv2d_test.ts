import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Context } from "../../gpu/kernel.ts";
import { Program } from "../../gpu/program.ts";
import { key } from "../../gpu/random.ts";
import { Recorder } from "../../gpu/recorder.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { conv2d, type Conv2dOptions } from "../../nn/conv2d.ts";
import { conv2dGradientRef, conv2dRef } from "../../nn/conv2d_ref.ts";
import { initialize } from "../../nn/init.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu } from "../check.ts";
import { arraysOf } from "./conv2d_cases.ts";

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

Deno.test("conv2d() agrees with float64, forward and backward", async () => {
  const gpu = await sharedGpu();
  for (
    const [bias, activation] of [["tied", "none"], ["untied", "relu"], ["none", "relu"]] as const
  ) {
    using scope = gpu.scope();
    const { x, weight, dy, options, name } = arraysOf({
      x: [3, 6, 5, 4],
      weight: [3, 2, 8],
      activation,
    });
    const spec = conv2d({ filters: 8, size: [3, 2], bias, ...options });
    const layer = spec.build(gpu, x.shape, { name: "conv" });
    const biasArray = bias === "none" ? undefined : randomArray(layer.params[1].value.shape, 3);
    gpu.write(layer.params[0].value, weight.data);
    if (biasArray) gpu.write(layer.params[1].value, biasArray.data);
    const state = scope.empty([8], { dtype: "u32" });
    const { y, backward } = layer.forward(scope.upload(x), { context: scope, train: true, state });
    const dx = backward(scope.upload(dy))!;
    const bounds = { absolute: 1e-5, relative: 0, name };
    assertClose(await gpu.read(y), conv2dRef(x, weight, biasArray, options), bounds);
    const expected = conv2dGradientRef(x, weight, biasArray, dy, options);
    assertClose(await gpu.read(dx), expected.dx, bounds);
    assertClose(await gpu.read(layer.params[0].grad), expected.dw, bounds);
    if (biasArray) assertClose(await gpu.read(layer.params[1].grad), expected.db!, bounds);
    for (const { grad, value } of layer.params) scope.release(grad, value);
  }
});

Deno.test("conv2d() recorded and replayed gives the bits of an eager run", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const spec = conv2d({ filters: 8, size: [3, 2], bias: "untied", activation: "relu" });
  const shape = [6, 7, 6, 4];
  const layer = spec.build(gpu, shape, { name: "conv" });
  initialize(gpu, layer.params, key(7));
  assertEquals(layer.params.map(({ name, decay, value }) => [name, decay, value.shape]), [
    ["conv/weight", true, [3, 2, 4, 8]],
    ["conv/bias", false, [5, 5, 8]],
  ]);
  const [x, dy] = [randomArray(shape, 1), randomArray(spec.outputShape(shape), 2)];
  const state = scope.empty([8], { dtype: "u32" });
  const grads = () => Promise.all(layer.params.map(({ grad }) => gpu.read(grad)));
  const run = (context: Context, xt: Tensor, dyt: Tensor) => {
    const { y, backward } = layer.forward(xt, { context, train: true, state });
    return { y, dx: backward(dyt)! };
  };
  const eager = run(scope, scope.upload(x), scope.upload(dy));
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
  for (const { grad, value } of layer.params) scope.release(grad, value);
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

Deno.test("conv2d() names what is wrong with its options and shapes", () => {
  assertThrows(
    () => conv2d({ filters: 4, size: 6 }).outputShape([1, 5, 9, 3]),
    RangeError,
    "Cannot convolve 5 pixels with a filter of 6: it must not be larger than the image",
  );
  assertThrows(() => conv2d({ filters: 4, size: 3 }).outputShape([5, 9]), RangeError, "[5, 9]");
  assertThrows(() => conv2d({ filters: 0, size: 3 }), RangeError, "filters is 0");
  assertThrows(() => conv2d({ filters: 4, size: [3, 1.5] }), RangeError, "filter columns is 1.5");
  assertThrows(() => conv2d({ filters: 4, size: 3, stride: 0 }), RangeError, "stride is 0");
});
