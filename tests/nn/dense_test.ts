import { assert, assertEquals } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { dense, type DenseOptions } from "../../nn/dense.ts";
import { denseGradRef, denseRef } from "../../nn/dense_ref.ts";
import { initialize } from "../../nn/init.ts";
import { EXACT } from "../../tasks/doctor/bench.ts";
import { compareLayer } from "../../tasks/doctor/compare_layer.ts";
import { checkDense } from "../../tasks/doctor/layer_checks.ts";
import { checkGradient, dot, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

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

const matrix = (...rows: number[][]) =>
  ndarray([rows.length, rows[0].length], Float64Array.from(rows.flat()));

testCheck("dense() adds one bias, doubles with twice the identity, and cuts at 0", (bench) => {
  const [x, dy] = [matrix([1, 2], [-5, 3]), matrix([10, 20], [30, 40])];
  const params = [matrix([2, 0], [0, 2]), ndarray([2], Float64Array.of(1, 1))];
  const dw = matrix([10, 20 - 200], [20, 40 + 120]);
  compareLayer(bench, dense({ units: 2, activation: "relu" }), { x, dy, params }, {
    y: matrix([3, 5], [0, 7]),
    dx: matrix([20, 40], [0, 80]),
    grads: [dw, ndarray([2], Float64Array.of(10, 60))],
  }, { y: EXACT, dx: EXACT, grads: [EXACT, EXACT] });
});

testCheck("dense() without bias has one parameter", (bench) => {
  const [x, w, dy] = [randomArray([2, 4], 2), randomArray([4, 3], 1), randomArray([2, 3], 3)];
  const { dx, dw } = denseGradRef(x, w, dy);
  const expected = { y: denseRef(x, w), dx, grads: [dw] };
  const close = { relative: 1e-5, absolute: 1e-6 };
  const tolerance = { y: close, dx: close, grads: [close] };
  compareLayer(
    bench,
    dense({ units: 3, bias: false }),
    { x, dy, params: [w] },
    expected,
    tolerance,
  );
});

Deno.test("dense() gives no dx when it is not wanted", () => {
  const recorder = new Recorder();
  const layer = dense({ units: 3, bias: false }).build(recorder, [2, 4], { name: "net/last" });
  assertEquals(layer.params.map(({ name, decay }) => [name, decay]), [["net/last/weight", true]]);
  const pass = { context: recorder, train: true, state: recorder.empty([8], { dtype: "u32" }) };
  const { backward } = layer.forward(recorder.empty([2, 4]), pass);
  assertEquals(backward(recorder.empty([2, 3]), false), undefined);
});

test("dense() names its parameters and starts them as asked", async ({ gpu }) => {
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

Deno.test("dense() takes any feature shape and refuses what has none", () => {
  assertEquals(dense({ units: 10 }).outputShape([32, 28, 28, 1]), [32, 10]);
  refuses(
    () => dense({ units: 10 }).outputShape([32]),
    "Cannot build dense: input is [32], expected [b, ...features]",
  );
  refuses(
    () => dense({ units: 1.5 }),
    "Cannot make dense: units is 1.5, expected a whole number from 1 on",
  );
  const recorder = new Recorder();
  const layer = dense({ units: 3 }).build(recorder, [2, 4], { name: "d" });
  const pass = { context: recorder, train: true, state: recorder.empty([8], { dtype: "u32" }) };
  refuses(
    () => layer.forward(recorder.empty([2, 5]), pass),
    'Cannot run matmul: "b" is f32 [4, 3], expected [k n] with the k of "a", 5',
  );
});
