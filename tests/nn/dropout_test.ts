import { assert, assertEquals } from "@std/assert";
import { bernoulli, fold, key } from "../../gpu/random.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { Program } from "../../gpu/program.ts";
import { dropout } from "../../nn/dropout.ts";
import { packState, STATE_WORDS } from "../../nn/state.ts";
import { LAYER_STATE } from "../../tasks/doctor/compare_layer.ts";
import { dropouts } from "../../tasks/doctor/layer_checks.ts";
import { assertClose, randomArray, test } from "../check.ts";
import { refuses } from "../refusals.ts";
import { testLayers } from "./test_layers.ts";
import { runLayer } from "./run_layer.ts";

testLayers("dropout() draws the mask of bernoulli(), the same in both directions", dropouts);

Deno.test("dropout() keeps the share it should and the mean", async () => {
  const ones = { shape: [100, 1000], data: new Float32Array(100_000).fill(1) };
  const { y } = await runLayer(dropout(0.25), ones, ones);
  const kept = y.data.filter((value) => value !== 0);
  assert(Math.abs(kept.length / 1e5 - 0.75) < 4 * Math.sqrt(0.25 * 0.75 / 1e5), `${kept.length}`);
  assert(kept.every((value) => Math.abs(value - 1 / 0.75) < 2e-7));
});

Deno.test("dropout() passes x through without a dispatch outside training", async () => {
  for (const [rate, train] of [[0.5, false], [0, true]] as const) {
    const recorder = new Recorder();
    const x = recorder.feed("x", [2, 3]);
    const state = recorder.feed("state", [STATE_WORDS], "u32");
    const layer = dropout(rate).build(recorder, [2, 3], { name: "layer" });
    const { y, backward } = layer.forward(x, { context: recorder, train, state });
    assertEquals(y, x);
    assertEquals(backward(x), x);
    assertEquals(recorder.dispatches.length, 0);
  }
  const x = randomArray([2, 3], 1);
  assertClose((await runLayer(dropout(), x, x, { train: false })).y, x, { relative: 0 });
});

test("a recorded dropout() draws a new mask for each step's key and layer name", async ({ gpu }) => {
  const n = 64;
  const recorder = new Recorder(gpu);
  const x = recorder.feed("x", [n]);
  const state = recorder.feed("state", [STATE_WORDS], "u32");
  const outputs = ["first", "second"].map((name) => {
    const layer = dropout(0.5).build(recorder, [n], { name });
    return recorder.keep(layer.forward(x, { context: recorder, train: true, state }).y);
  });
  using program = await Program.compile(gpu, recorder);
  const ones = new Float32Array(n).fill(1);
  for (const seed of [1, 2]) {
    program.run([{ x: ones, state: packState({ ...LAYER_STATE, key: key(seed) }) }]);
    for (const [i, name] of ["first", "second"].entries()) {
      const stream = fold(key(seed), name);
      const expected = Array.from(ones, (_, j) => bernoulli(stream, j, 0.5) ? 0 : 2);
      assertEquals([...(await gpu.read(outputs[i])).data], expected);
    }
  }
});

Deno.test("dropout() refuses a rate outside [0, 1)", () => {
  for (const rate of [1, -0.1, NaN]) {
    refuses(() => dropout(rate), `rate is ${rate}, expected a number in [0, 1)`);
  }
});
