import { assert, assertEquals, assertThrows } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { ndarray } from "../../gpu/tensor.ts";
import type { Pass } from "../../nn/layer.ts";
import { accumulate, mse, weightedMse } from "../../nn/loss.ts";
import { type LossName, lossRef } from "../../nn/loss_ref.ts";
import { packState, STATE_WORDS } from "../../nn/state.ts";
import {
  checkLosses,
  checkTotal,
  LOSS_NAMES,
  lossArrays,
  LOSSES,
} from "../../tasks/doctor/training_checks.ts";
import { assertClose, checkGradient, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { runLoss } from "./run_loss.ts";

function stateWords(count: number, step = 1): Uint32Array {
  return packState({ step, learningRate: 0, key: key(1), count });
}

testCheck("losses agree with float64 over awkward shapes and ignore padding", checkLosses);
testCheck("accumulate() adds the examples that count to a total", checkTotal);

Deno.test("loss gradients in float64 agree with finite differences of the mean loss", () => {
  for (const name of LOSS_NAMES) {
    const [b, k, count] = [4, 5, 3];
    const { y, target, weights } = lossArrays(name, b, k);
    const mean = () => {
      const { perExample } = lossRef(name, y, target, count, weights);
      return perExample.data.reduce((sum, value) => sum + value, 0) / count;
    };
    checkGradient(mean, y, lossRef(name, y, target, count, weights).dy, { name });
  }
});

Deno.test("losses agree with scikit-learn", async () => {
  // scikit-learn 1.2.1, row by row with z = [[2, -1, 0.5], [0, 3, -2]]:
  // log_loss([0 or 2], [softmax(z)]), log_loss(t, expit(z)) and mean_squared_error(t, z) with
  // t = [[1, 0, 1], [0, 1, 1]], the last with sample_weight w and times sum(w) / 3.
  const y = ndarray([2, 3], new Float32Array([2, -1, 0.5, 0, 3, -2]));
  const binary = ndarray([2, 3], new Float32Array([1, 0, 1, 0, 1, 1]));
  const classes = ndarray([2, 3], new Float32Array([1, 0, 0, 0, 0, 1]));
  const weights = ndarray([2, 3], new Float32Array([1, 2, 0, 0.5, 1, 4]));
  const golden: Record<LossName, number[]> = {
    mse: [0.75, 4.333333333333333],
    weightedMse: [1, 13.333333333333334],
    binaryCrossEntropy: [0.3047555609137674, 0.9562208477255533],
    categoricalCrossEntropy: [0.24131129665715703, 5.054985235377147],
  };
  for (const name of LOSS_NAMES) {
    const target = name === "categoricalCrossEntropy" ? classes : binary;
    const given = name === "weightedMse" ? weights : undefined;
    const inputs = { y, target, weights: given, count: 2 };
    const { perExample } = await runLoss(LOSSES[name], inputs);
    const expected = ndarray([2], Float64Array.from(golden[name]));
    assertClose(perExample, expected, { relative: 1e-6, absolute: 1e-6, name });
  }
});

Deno.test("cross-entropies of large logits are finite and right", async () => {
  const y = ndarray([2, 2], new Float32Array([1000, -1000, 200, 300]));
  const target = ndarray([2, 2], new Float32Array([1, 0, 1, 0]));
  const binary = await runLoss(LOSSES.binaryCrossEntropy, { y, target, count: 2 });
  assertEquals([...binary.perExample.data], [0, 150]);
  assertEquals([...binary.dy.data], [0, 0, 0, 0.25]);
  const categorical = await runLoss(LOSSES.categoricalCrossEntropy, { y, target, count: 2 });
  assertEquals([...categorical.perExample.data], [0, 100]);
  assertEquals([...categorical.dy.data], [0, 0, -0.5, 0.5]);
});

test("accumulate() adds the valid examples of each step of a replayed program", async ({ gpu, scope }) => {
  const [b, k] = [150, 3];
  const recorder = new Recorder(gpu);
  const state = recorder.feed("state", [STATE_WORDS], "u32");
  const [y, target] = [recorder.feed("y", [b, k]), recorder.feed("target", [b, k])];
  const total = recorder.persistent([4]);
  gpu.write(total, new Float32Array(4));
  const { perExample, dy } = LOSSES.mse({ context: recorder, train: true, state }, y, target);
  accumulate(recorder, { perExample, state, total });
  recorder.keep(dy);
  using program = await Program.compile(gpu, recorder);
  const outputs = randomArray([b, k], 1);
  const targets = randomArray([b, k], 2);
  let expected = 0;
  const steps = [150, 7, 64].map((count, i) => {
    const { perExample } = lossRef("mse", outputs, targets, count);
    expected += perExample.data.reduce((sum, value) => sum + value, 0);
    return {
      state: stateWords(count, i + 1),
      y: Float32Array.from(outputs.data),
      target: Float32Array.from(targets.data),
    };
  });
  program.run(steps);
  const sum = ndarray([4], Float64Array.from([expected, 221, 0, 0]));
  assertClose(await gpu.read(total), sum, { relative: 1e-6, absolute: 0 });
  const last = lossRef("mse", outputs, targets, 64).dy;
  assertClose(await gpu.read(dy), last, { relative: 1e-6, absolute: 1e-9 });
  scope.release(total);
});

test("accumulate() keeps the first step whose loss was not finite", async ({ gpu }) => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    using scope = gpu.scope();
    const total = scope.upload(ndarray([4], new Float32Array(4)));
    const add = (step: number, losses: number[]) => {
      const perExample = scope.upload(ndarray([losses.length], Float32Array.from(losses)));
      const words = { shape: [STATE_WORDS], data: stateWords(2, step) };
      accumulate(scope, { perExample, state: scope.upload(words), total });
    };
    add(1, [1, 2, bad]); // the third example is padding
    assertEquals([...(await gpu.read(total)).data], [3, 2, 0, 0]);
    for (const [step, loss] of [[2, 5], [3, bad], [4, bad], [5, 1]]) add(step, [1, loss]);
    const { data } = await gpu.read(total);
    assertEquals([...data.slice(1)], [10, 3, 0]);
    assert(!Number.isFinite(data[0]));
  }
});

test("losses refuse weights that they do not take, or miss", ({ scope }) => {
  const state = scope.upload({ shape: [STATE_WORDS], data: stateWords(2) });
  const pass: Pass = { context: scope, train: true, state };
  const y = scope.upload(randomArray([2, 3]));
  assertThrows(
    () => weightedMse()(pass, y, y),
    TypeError,
    "weights is undefined, expected [b, 3]",
  );
  for (const name of LOSS_NAMES.filter((name) => name !== "weightedMse")) {
    assertThrows(
      () => LOSSES[name](pass, y, y, y),
      TypeError,
      `Cannot run ${name}: weights is [2, 3], expected none`,
    );
  }
  const narrow = scope.upload(randomArray([2, 2]));
  refuses(() => mse()(pass, y, narrow), '"target" is f32 [2, 2]');
});
