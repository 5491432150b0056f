import { assertEquals } from "@std/assert";
import { maxout } from "../../nn/maxout.ts";
import { maxouts } from "../../tasks/doctor/layer_checks.ts";
import { refuses } from "../refusals.ts";
import { testLayers } from "./test_layers.ts";
import { runLayer } from "./run_layer.ts";

testLayers("maxout() agrees with float64 for any number of pieces and units", maxouts);

Deno.test("maxout() takes adjacent units and gives the gradient to the lowest on ties", async () => {
  const x = { shape: [1, 6], data: new Float32Array([1, 5, 2, 2, -3, -4]) };
  const dy = { shape: [1, 3], data: new Float32Array([10, 20, 30]) };
  const pairs = await runLayer(maxout(), x, dy);
  assertEquals([...pairs.y.data], [5, 2, -3]);
  assertEquals([...pairs.dx.data], [0, 10, 20, 0, 30, 0]);
  const triples = await runLayer(maxout(3), x, { shape: [1, 2], data: new Float32Array([7, 8]) });
  assertEquals([...triples.y.data], [5, 2]);
  assertEquals([...triples.dx.data], [0, 7, 0, 8, 0, 0]);
});

Deno.test("maxout() refuses units that the pieces do not divide", () => {
  refuses(
    () => maxout(2).outputShape([16, 37]),
    "Cannot take maxout: input is [16, 37], expected a last axis that is a multiple of 2",
  );
  refuses(() => maxout(1.5), "pieces is 1.5, expected a whole number from 1 on");
});
