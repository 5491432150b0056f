import { assertEquals } from "@std/assert";
import { leakyRelu, relu, sigmoid, softmax } from "../../nn/activation.ts";
import { activations } from "../../tasks/doctor/layer_checks.ts";
import { assertClose, randomArray } from "../check.ts";
import { refuses } from "../refusals.ts";
import { testLayers } from "./test_layers.ts";
import { runLayer } from "./run_layer.ts";

testLayers("relu(), leakyRelu(), sigmoid() and softmax() agree with float64", activations);

Deno.test("relu() keeps what is positive and has no gradient at zero", async () => {
  const x = { shape: [5], data: new Float32Array([-2, -0, 0, 3, 1e30]) };
  const dy = { shape: [5], data: new Float32Array([1, 2, 3, 4, 5]) };
  const { y, dx } = await runLayer(relu(), x, dy);
  assertEquals([...y.data], [0, 0, 0, 3, Math.fround(1e30)]);
  assertEquals([...dx.data], [0, 0, 0, 4, 5]);
});

Deno.test("sigmoid() agrees with scipy, far from zero too", async () => {
  // scipy 1.10.1: scipy.special.expit([-100, -5, -0.5, 0, 0.5, 5, 100])
  const x = { shape: [7], data: new Float32Array([-100, -5, -0.5, 0, 0.5, 5, 100]) };
  const expected = {
    shape: [7],
    data: new Float64Array([
      3.7200759760208356e-44,
      0.0066928509242848554,
      0.3775406687981454,
      0.5,
      0.6224593312018546,
      0.9933071490757153,
      1.0,
    ]),
  };
  const { y } = await runLayer(sigmoid(), x, { shape: [7], data: new Float32Array(7) });
  assertClose(y, expected, { relative: 1e-6, absolute: 1e-37 }); // subnormals may become 0
});

Deno.test("softmax() agrees with scipy, for large numbers too", async () => {
  // scipy 1.10.1: scipy.special.softmax([[2, -1, 0.5], [0, 3, -2]], axis=1); each row again + 1000
  const rows = [2, -1, 0.5, 0, 3, -2];
  const x = { shape: [4, 3], data: new Float32Array([...rows, ...rows.map((v) => v + 1000)]) };
  const golden = [
    ...[0.7855970345892759, 0.03911257327068745, 0.1752903921400367],
    ...[0.04712341652466415, 0.9464991225528937, 0.006377460922442298],
  ];
  const expected = { shape: [4, 3], data: new Float64Array([...golden, ...golden]) };
  const { y } = await runLayer(softmax(), x, { shape: [4, 3], data: new Float32Array(12) });
  assertClose(y, expected, { relative: 1e-6, absolute: 0 });
});

Deno.test("softmax() has no gradient along equal gradients of its outputs", async () => {
  const x = randomArray([3, 5], 1);
  const dy = { shape: [3, 5], data: new Float32Array(15).fill(2) };
  const { dx } = await runLayer(softmax(), x, dy);
  assertClose(dx, { shape: [3, 5], data: new Float64Array(15) }, { absolute: 1e-6 });
});

Deno.test("leakyRelu() refuses a slope outside (0, 1)", () => {
  for (const slope of [0, 1, -0.1, NaN]) {
    refuses(() => leakyRelu(slope), `slope is ${slope}, expected a number in (0, 1)`);
  }
});
