import { assertEquals, assertThrows } from "@std/assert";
import { type NdArray, ndarray, type Shape } from "../../gpu/tensor.ts";
import { conv1d, maxPool1d, temporalPool } from "../../nn/temporal.ts";
import { LAYER_STATE } from "../../tasks/doctor/compare_layer.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu } from "../check.ts";
import { runLayer } from "./run_layer.ts";
import { packState, STATE_WORDS } from "../../nn/state.ts";

/** Convolution over time from its definition; x [b, t, c], w [length, c, f]. */
function conv1dRef(x: NdArray, w: NdArray, bias: NdArray): NdArray<Float64Array> {
  const [b, t, c] = x.shape;
  const [length, , f] = w.shape;
  const y = ndarray([b, t - length + 1, f], new Float64Array(b * (t - length + 1) * f));
  for (let n = 0; n < b; n++) {
    for (let o = 0; o < t - length + 1; o++) {
      for (let g = 0; g < f; g++) {
        let sum = bias.data[g];
        for (let l = 0; l < length; l++) {
          for (let d = 0; d < c; d++) {
            sum += x.data[(n * t + o + l) * c + d] * w.data[(l * c + d) * f + g];
          }
        }
        y.data[(n * (t - length + 1) + o) * f + g] = sum;
      }
    }
  }
  return y;
}

/** Mean, maximum and L2 norm over time, side by side. */
function temporalPoolRef(x: NdArray): NdArray<Float64Array> {
  const [b, t, c] = x.shape;
  const y = ndarray([b, 3 * c], new Float64Array(b * 3 * c));
  for (let n = 0; n < b; n++) {
    for (let d = 0; d < c; d++) {
      const values = Array.from({ length: t }, (_, i) => x.data[(n * t + i) * c + d]);
      y.data.set([values.reduce((sum, v) => sum + v, 0) / t], n * 3 * c + d);
      y.data.set([Math.max(...values)], n * 3 * c + c + d);
      const square = values.reduce((sum, v) => sum + v * v, 0) / t;
      y.data.set([Math.sqrt(square + 1e-8)], n * 3 * c + 2 * c + d);
    }
  }
  return y;
}

Deno.test("conv1d() and its gradients agree with the definition over awkward shapes", async () => {
  const gpu = await sharedGpu();
  for (
    const [b, t, c, length, f] of [[1, 4, 1, 4, 1], [2, 9, 3, 4, 5], [17, 13, 8, 4, 20], [
      3,
      7,
      4,
      1,
      16,
    ]]
  ) {
    const [x, w] = [randomArray([b, t, c], 1), randomArray([length, c, f], 2)];
    const bias = randomArray([f], 3);
    const expected = conv1dRef(x, w, bias);
    const dy = randomArray(expected.shape, 4);
    const layer = conv1d({ length, filters: f }).build(gpu, [b, t, c], { name: "conv" });
    gpu.write(layer.params[0].value, Float32Array.from(w.data));
    gpu.write(layer.params[1].value, Float32Array.from(bias.data));
    const state = gpu.empty([STATE_WORDS], { dtype: "u32" });
    gpu.write(state, packState(LAYER_STATE));
    const { y, backward } = layer.forward(gpu.upload(x), { context: gpu, train: true, state });
    const dx = backward(gpu.upload(dy))!;
    const name = `[${[b, t, c, length, f]}]`;
    const tolerance = { relative: 1e-5, absolute: 1e-5 };
    assertClose(await gpu.read(y), expected, { ...tolerance, name });
    const loss = () => dot(conv1dRef(x, w, bias), dy);
    const [heard, seen] = [await gpu.read(dx), await gpu.read(layer.params[0].grad)];
    const found = { elements: 40, relative: 1e-4, absolute: 1e-4 };
    checkGradient(loss, x, heard, { ...found, name: `dx ${name}` });
    checkGradient(loss, w, ndarray(w.shape, seen.data), { ...found, name: `dw ${name}` });
    for (const { value, grad } of layer.params) gpu.release(value, grad);
  }
});

Deno.test("temporalPool() and its gradient agree with float64", async () => {
  for (const shape of [[1, 1, 1], [2, 5, 3], [3, 14, 64]] as Shape[]) {
    const x = randomArray(shape, 1);
    const expected = temporalPoolRef(x);
    const dy = randomArray(expected.shape, 2);
    const { y, dx } = await runLayer(temporalPool(), x, dy);
    const tolerance = { relative: 1e-5, absolute: 1e-6 };
    assertClose(y, expected, { ...tolerance, name: `temporalPool [${shape}]` });
    const loss = () => dot(temporalPoolRef(x), dy);
    checkGradient(loss, x, dx, {
      name: `[${shape}]`,
      elements: 40,
      relative: 1e-4,
      absolute: 1e-4,
    });
  }
});

Deno.test("maxPool1d() drops or clips the frames after the last whole window", async () => {
  const x = ndarray([1, 5, 1], Float64Array.of(1, 3, 2, 0, 9));
  const dropped = await runLayer(maxPool1d(), x, ndarray([1, 2, 1], Float64Array.of(1, 1)));
  assertEquals([...dropped.y.data], [3, 2]);
  assertEquals([...dropped.dx.data], [0, 1, 1, 0, 0]);
  assertEquals(maxPool1d({ border: "clip" }).outputShape([1, 5, 1]), [1, 3, 1]);
});

Deno.test("layers over time refuse what is no sequence, or too short a one", () => {
  assertThrows(
    () => conv1d({ length: 4, filters: 2 }).outputShape([1, 8, 8, 3]),
    RangeError,
    "[b, t, c]",
  );
  assertThrows(() => conv1d({ length: 4, filters: 2 }).outputShape([1, 3, 3]), RangeError);
  assertThrows(() => temporalPool().outputShape([1, 8]), RangeError, "temporalPool");
});
