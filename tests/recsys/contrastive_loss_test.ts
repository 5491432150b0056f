import { assertEquals, assertThrows } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import type { Pass } from "../../nn/layer.ts";
import { packState, STATE_WORDS } from "../../nn/state.ts";
import { contrastiveLoss } from "../../recsys/contrastive_loss.ts";
import {
  type ContrastiveLossInputs,
  contrastiveLossRef,
} from "../../recsys/contrastive_loss_ref.ts";
import { checkContrastiveLoss } from "../../tasks/doctor/latent_checks.ts";
import { assertClose, checkGradient, randomArray, test, testCheck } from "../check.ts";
import { runLoss } from "../nn/run_loss.ts";
import { refuses } from "../refusals.ts";

function meanLoss(inputs: ContrastiveLossInputs): number {
  const { perExample } = contrastiveLossRef(inputs);
  return perExample.data.reduce((sum, value) => sum + value, 0) / inputs.count;
}

testCheck(
  "the shader agrees with float64 over awkward shapes and ignores padding",
  checkContrastiveLoss,
);

Deno.test("the loss of two songs at right angles is log(1 + exp(-1 / temperature))", () => {
  const y = ndarray([2, 2], new Float64Array([3, 0, 0, 5]));
  const target = ndarray([2, 2], new Float64Array([0.1, 0, 0, 7]));
  const { perExample } = contrastiveLossRef({ y, target, count: 2, temperature: 0.5 });
  const expected = Math.log1p(Math.exp(-2));
  assertClose(perExample, ndarray([2], new Float64Array([expected, expected])), {
    relative: 1e-12,
    absolute: 0,
  });
});

Deno.test("its gradient in float64 agrees with finite differences of the mean loss", () => {
  for (const k of [1, 3, 5]) {
    const y = randomArray([4, k], 1);
    const inputs = { y, target: randomArray([4, k], 2), count: 3, temperature: 0.3 };
    checkGradient(() => meanLoss(inputs), y, contrastiveLossRef(inputs).dy, { name: `k = ${k}` });
  }
});

Deno.test("its gradient agrees with finite differences where a vector is below the floor", () => {
  const y = randomArray([3, 4], 1);
  for (let i = 4; i < 8; i++) y.data[i] *= 1e-7;
  const inputs = { y, target: randomArray([3, 4], 2), count: 3, temperature: 0.1 };
  const short = { shape: [4], data: y.data.subarray(4, 8) };
  const dy = { shape: [4], data: contrastiveLossRef(inputs).dy.data.subarray(4, 8) };
  checkGradient(() => meanLoss(inputs), short, dy, { step: 1e-11, relative: 1e-4 });
});

Deno.test("vectors of no and of tiny length give finite losses and the right gradient", async () => {
  const [y, target] = [randomArray([5, 3], 1), randomArray([5, 3], 2)];
  y.data.fill(0, 3, 6);
  for (let i = 6; i < 9; i++) y.data[i] = Math.fround(1e-7 * y.data[i]);
  target.data.fill(0, 9, 12);
  const inputs = { y, target, count: 5, temperature: 0.1 };
  const expected = contrastiveLossRef(inputs);
  const { perExample, dy } = await runLoss(contrastiveLoss(), inputs);
  assertClose(perExample, expected.perExample, { relative: 2e-6, absolute: 4e-6 });
  assertClose(dy, expected.dy, { relative: 1e-5, absolute: 1e-5 });
});

Deno.test("a NaN of a song that counts reaches the loss of every row", async () => {
  const [y, target] = [randomArray([3, 2], 1), randomArray([3, 2], 2)];
  y.data[1] = NaN;
  const { perExample } = await runLoss(contrastiveLoss(), { y, target, count: 3 });
  assertEquals([...perExample.data], [NaN, NaN, NaN]);
});

Deno.test("the same inputs give the same bits", async () => {
  const [y, target] = [randomArray([65, 50], 1), randomArray([65, 50], 2)];
  const inputs = { y, target, count: 63 };
  const run = () => runLoss(contrastiveLoss(), inputs);
  assertEquals(await run(), await run());
});

test("contrastiveLoss() refuses weights and temperatures that make no sense", ({ scope }) => {
  for (const temperature of [0, -1, NaN, Infinity]) {
    refuses(() => contrastiveLoss({ temperature }), `is ${temperature}, expected`);
  }
  const words = packState({ step: 1, learningRate: 0, key: key(1), count: 2 });
  const state = scope.upload({ shape: [STATE_WORDS], data: words });
  const pass: Pass = { context: scope, train: true, state };
  const y = scope.upload(randomArray([2, 3]));
  assertThrows(
    () => contrastiveLoss()(pass, y, y, y),
    TypeError,
    "weights is [2, 3], expected none",
  );
  const narrow = scope.upload(randomArray([2, 2]));
  refuses(() => contrastiveLoss()(pass, y, narrow));
});
