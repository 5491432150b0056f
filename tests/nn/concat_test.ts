import { leakyRelu, relu } from "../../nn/activation.ts";
import { concat } from "../../nn/concat.ts";
import { columnsRef, concatenateRef } from "../../nn/concat_ref.ts";
import { leakyReluRef, reluRef } from "../../nn/activation_ref.ts";
import { checkConcat } from "../../tasks/doctor/layer_checks.ts";
import { assertClose, checkGradient, dot, randomArray, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { runLayer } from "./run_layer.ts";

testCheck("concatenate() puts columns side by side for awkward widths", checkConcat);

Deno.test("the reference gradient of concatenate agrees with differences", () => {
  const parts = [randomArray([3, 2], 1), randomArray([3, 4], 2)];
  const dy = randomArray([3, 6], 3);
  checkGradient(() => dot(concatenateRef(parts), dy), parts[1], columnsRef(dy, 2, 4));
});

Deno.test("concat() runs its layers side by side and adds their input gradients", async () => {
  const x = randomArray([4, 5], 1);
  const dy = randomArray([4, 10], 2);
  const run = await runLayer(concat([relu(), leakyRelu(0.1)]), x, dy);
  assertClose(run.y, concatenateRef([reluRef(x), leakyReluRef(x, 0.1)]), { relative: 1e-6 });
  const expected = x.data.map((value, i) => {
    const [row, column] = [Math.floor(i / 5), i % 5];
    const [a, b] = [dy.data[row * 10 + column], dy.data[row * 10 + 5 + column]];
    return value > 0 ? a + b : 0.1 * b;
  });
  assertClose(run.dx, { shape: x.shape, data: expected }, { relative: 1e-5 });
});

Deno.test("concat() refuses no layers", () => {
  refuses(() => concat([]), "layers is 0, expected a whole number from 1 on");
});
