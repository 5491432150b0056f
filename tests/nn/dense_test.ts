import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Context, EagerContext } from "../../gpu/kernel.ts";
import { key } from "../../gpu/random.ts";
import { type NdArray, ndarray, type Tensor } from "../../gpu/tensor.ts";
import { dense, type DenseOptions } from "../../nn/dense.ts";
import { denseGradRef, denseRef } from "../../nn/dense_ref.ts";
import { initialize } from "../../nn/init.ts";
import type { Layer } from "../../nn/layer.ts";
import { packState } from "../../nn/state.ts";
import { checkDense } from "../../tasks/doctor/layer_checks.ts";
import { assertClose, checkGradient, dot, randomArray, sharedGpu, testCheck } from "../check.ts";

/** Writes values drawn from a seed into a parameter and returns them. */
function fill(context: EagerContext, tensor: Tensor, seed: number): NdArray<Float64Array> {
  const values = randomArray(tensor.shape, seed, 0.5);
  context.write(tensor, values.data);
  return values;
}

function uploadState(context: EagerContext): Tensor {
  const words = packState({ step: 1, learningRate: 0.1, key: key(1), count: 1 });
  return context.upload(ndarray([8], words), "state");
}

/** Output, gradient of the input and gradients of the parameters. */
function both(layer: Layer, context: Context, x: Tensor, dy: Tensor, state: Tensor): Tensor[] {
  const { y, backward } = layer.forward(x, { context, train: true, state });
  const dx = backward(dy);
  assert(dx);
  return [y, dx];
}

Deno.test("denseGradRef() agrees with finite differences, with and without ReLU", () => {
  for (const relu of [false, true]) {
    const [x, w] = [randomArray([3, 2, 2], 1), randomArray([4, 5], 2)];
    const [bias, dy] = [randomArray([5], 3), randomArray([3, 5], 4)];
    const loss = () => dot(denseRef(x, w, { bias, relu }), dy);
    const { dx, dw, db } = denseGradRef(x, w, dy, { bias, relu });
    checkGradient(loss, x, dx, { name: "dx" });
    checkGradient(loss, w, dw, { name: "dw" });
    checkGradient(loss, bias, db, { name: "db" });
  }
});

testCheck("dense(), with ReLU and without, agrees with float64", checkDense);

Deno.test("dense() adds one bias, doubles with twice the identity, and cuts at 0", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const layer = dense({ units: 2, activation: "relu" }).build(gpu, [2, 2], { name: "layer" });
  gpu.write(layer.params[0].value, Float32Array.of(2, 0, 0, 2));
  gpu.write(layer.params[1].value, Float32Array.of(1, 1));
  const x = scope.upload(ndarray([2, 2], Float32Array.of(1, 2, -5, 3)));
  const dy = scope.upload(ndarray([2, 2], Float32Array.of(10, 20, 30, 40)));
  const [y, dx] = await gpu.readAll(both(layer, scope, x, dy, uploadState(scope)));
  assertEquals([...y.data], [3, 5, 0, 7]);
  assertEquals([...dx.data], [20, 40, 0, 80]);
  const [dw, db] = await gpu.readAll(layer.params.map(({ grad }) => grad));
  assertEquals([...db.data], [10, 60]);
  assertEquals([...dw.data], [10, 20 - 200, 20, 40 + 120]);
});

Deno.test("dense() without bias has one parameter, and no dx when it is not wanted", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const layer = dense({ units: 3, bias: false }).build(gpu, [2, 4], { name: "net/last" });
  assertEquals(layer.params.map(({ name, decay }) => [name, decay]), [["net/last/weight", true]]);
  const w = fill(scope, layer.params[0].value, 1);
  const [x, dy] = [randomArray([2, 4], 2), randomArray([2, 3], 3)];
  const pass = { context: scope, train: true, state: uploadState(scope) };
  const { y, backward } = layer.forward(scope.upload(x), pass);
  assertClose(await gpu.read(y), denseRef(x, w));
  assertEquals(backward(scope.upload(dy), false), undefined);
  assertClose(await gpu.read(layer.params[0].grad), denseGradRef(x, w, dy).dw);
});

Deno.test("dense() names its parameters and starts them as asked", async () => {
  const gpu = await sharedGpu();
  const biasInit: DenseOptions["biasInit"] = (out) => {
    out.fill(0.1);
  };
  const layer = dense({ units: 50, biasInit }).build(gpu, [2, 10, 10], { name: "d" });
  assertEquals(layer.params.map(({ name, decay }) => [name, decay]), [
    ["d/weight", true],
    ["d/bias", false],
  ]);
  initialize(gpu, layer.params, key(3));
  const [w, bias] = await gpu.readAll(layer.params.map(({ value }) => value));
  assertEquals(bias.data[49], Math.fround(0.1));
  assertEquals(w.shape, [100, 50]);
  const largest = Math.max(...[...w.data].map(Math.abs));
  assert(largest <= Math.sqrt(6 / 150) && largest > 0.95 * Math.sqrt(6 / 150));
});

Deno.test("dense() takes any feature shape and refuses what has none", async () => {
  assertEquals(dense({ units: 10 }).outputShape([32, 28, 28, 1]), [32, 10]);
  assertThrows(
    () => dense({ units: 10 }).outputShape([32]),
    RangeError,
    "Cannot build dense: input is [32], expected [b, ...features]",
  );
  assertThrows(
    () => dense({ units: 1.5 }),
    RangeError,
    "Cannot make dense: units is 1.5, expected a whole number from 1 on",
  );
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const layer = dense({ units: 3 }).build(gpu, [2, 4], { name: "d" });
  const pass = { context: scope, train: true, state: uploadState(scope) };
  assertThrows(
    () => layer.forward(scope.empty([2, 5]), pass),
    RangeError,
    'Cannot run matmul: "b" is f32 [4, 3], expected [k n] with the k of "a", 5',
  );
});
