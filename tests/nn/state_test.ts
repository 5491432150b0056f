import { assertAlmostEquals, assertEquals } from "@std/assert";
import { packState } from "../../nn/state.ts";

Deno.test("packState() packs what the struct State reads", () => {
  const words = packState({
    step: 3,
    learningRate: 0.25,
    key: [7, 9],
    count: 5,
    betas: [0.5, 0.9],
  });
  const floats = new Float32Array(words.buffer);
  assertEquals([words[0], floats[1], words[2], words[3], words[4], words[7]], [
    3,
    0.25,
    7,
    9,
    5,
    0,
  ]);
  assertAlmostEquals(floats[5], 1 / (1 - 0.125), 1e-6);
  assertAlmostEquals(floats[6], 1 / (1 - 0.729), 1e-6);
  const set = packState({ step: 1, learningRate: 0, key: [0, 0], count: 1, user: 7 });
  assertEquals(set[7], 7);
});
