import { assertEquals } from "@std/assert";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { columnsRef, concatenateRef } from "../../nn/concat_ref.ts";
import { conv2dGradientRef, conv2dRef } from "../../nn/conv2d_ref.ts";
import { poolGradientRef, poolRef } from "../../nn/pool_ref.ts";
import { conv1d, maxPool1d, temporalPool } from "../../nn/temporal.ts";
import { compareLayer } from "../../tasks/doctor/compare_layer.ts";
import { randomArray, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { runLayer } from "./run_layer.ts";

/** Sequences as images of one row. */
const image = ({ shape: [b, t, c], data }: NdArray) => ({ shape: [b, 1, t, c], data });

testCheck("conv1d() and its gradients are those of a convolution along one row", (bench) => {
  const cases = [[1, 4, 1, 4, 1], [2, 9, 3, 4, 5], [17, 13, 8, 4, 20], [3, 7, 4, 1, 16]];
  for (const [b, t, c, length, f] of cases) {
    const [x, w] = [randomArray([b, t, c], 1), randomArray([1, length, c, f], 2)];
    const [bias, dy] = [randomArray([f], 3), randomArray([b, t - length + 1, f], 4)];
    const y = { shape: dy.shape, data: conv2dRef(image(x), w, bias).data };
    const { dx, dw, db } = conv2dGradientRef(image(x), w, bias, image(dy));
    const close = { relative: 1e-5, absolute: 1e-5 };
    compareLayer(
      bench,
      conv1d({ length, filters: f }),
      { x, dy, params: [w, bias] },
      { y, dx: { shape: x.shape, data: dx.data }, grads: [dw, db!] },
      { y: close, dx: close, grads: [close, close] },
    );
  }
});

testCheck("temporalPool() joins mean, maximum and L2 norm over time", (bench) => {
  for (const shape of [[1, 1, 1], [2, 5, 3], [3, 14, 64]]) {
    const [b, t, c] = shape;
    const [x, dy] = [randomArray(shape, 1), randomArray([b, 3 * c], 2)];
    const kinds = ["mean", "max", "l2"] as const;
    const size = [1, t] as const;
    const parts = kinds.map((kind) => poolRef(image(x), kind, { size }).data);
    const y = concatenateRef(parts.map((data) => ({ shape: [b, c], data })));
    const gradients = kinds.map((kind, i) => {
      const { data } = columnsRef(dy, i * c, c);
      return poolGradientRef(image(x), { shape: [b, 1, 1, c], data }, kind, { size }).data;
    });
    const dx = gradients[0].map((value, i) => value + gradients[1][i] + gradients[2][i]);
    const close = { relative: 1e-5, absolute: 1e-6 };
    const expected = { y, dx: { shape, data: dx } };
    compareLayer(bench, temporalPool(), { x, dy }, expected, { y: close, dx: close });
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
  refuses(() => conv1d({ length: 4, filters: 2 }).outputShape([1, 8, 8, 3]), "[b, t, c]");
  refuses(() => conv1d({ length: 4, filters: 2 }).outputShape([1, 3, 3]));
  refuses(() => temporalPool().outputShape([1, 8]), "temporalPool");
});
