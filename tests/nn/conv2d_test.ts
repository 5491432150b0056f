import { assert, assertEquals } from "@std/assert";
import { Recorder } from "../../gpu/recorder.ts";
import { conv2d, type Conv2dOptions } from "../../nn/conv2d.ts";
import { conv2dGradientRef, conv2dRef } from "../../nn/conv2d_ref.ts";
import { checkConv2d, convolutionArrays } from "../../tasks/doctor/conv2d_checks.ts";
import { checkGradient, dot, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

Deno.test("conv2dGradientRef() agrees with finite differences", () => {
  for (const options of [{}, { stride: 2 }, { padding: "same" }, { stride: 3, padding: "same" }]) {
    for (const bias of [randomArray([2], 3), randomArray([1, 1, 1], 3)]) {
      const isUntied = bias.shape.length === 3;
      const { x, weight, dy, options: full } = convolutionArrays({
        x: [2, 5, 4, 2],
        size: [3, 2],
        f: 2,
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

testCheck("conv2d() agrees with float64, forward and backward", checkConv2d);

Deno.test("conv2d() names its parameters, and decays all but the bias", () => {
  const spec = conv2d({ filters: 8, size: [3, 2], bias: "untied", activation: "relu" });
  const { params } = spec.build(new Recorder(), [6, 7, 6, 4], { name: "conv" });
  assertEquals(params.map(({ name, decay, value }) => [name, decay, value.shape]), [
    ["conv/weight", true, [3, 2, 4, 8]],
    ["conv/bias", false, [5, 5, 8]],
  ]);
});

test("conv2d() computes no gradient of its input when it is not wanted", ({ gpu }) => {
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
  refuses(
    () => conv2d({ filters: 4, size: 6 }).outputShape([1, 5, 9, 3]),
    'Cannot convolve: size is 6, expected at most 5 pixels, or padding "same"',
  );
  refuses(() => conv2d({ filters: 4, size: 3 }).outputShape([5, 9]), "[5, 9]");
  refuses(() => conv2d({ filters: 0, size: 3 }), "filters is 0");
  refuses(() => conv2d({ filters: 4, size: [3, 1.5] }), "filter columns is 1.5");
  refuses(() => conv2d({ filters: 4, size: 3, stride: 0 }), "stride is 0");
});
