import { assertEquals } from "@std/assert";
import { mergeViews, views } from "../../nn/views.ts";
import { cutViews, mergedViews } from "../../tasks/doctor/layer_checks.ts";
import { refuses } from "../refusals.ts";
import { testLayers } from "./test_layers.ts";
import { runLayer } from "./run_layer.ts";

testLayers("views() cuts the same parts as float64 and adds up their gradients", cutViews);
testLayers("mergeViews() joins the features of parts, its gradient takes them apart", mergedViews);

Deno.test("views() puts the image's outer corners top left, in the order of galaxy parts", async () => {
  // A 3 x 3 view numbered row by row, cut into parts of 2 x 2.
  const x = { shape: [1, 1, 3, 3, 1], data: Float32Array.from({ length: 9 }, (_, i) => i) };
  const dy = { shape: [8, 2, 2, 1], data: new Float32Array(32).fill(1) };
  const { y, dx } = await runLayer(views({ part: 2 }), x, dy);
  const parts = Array.from({ length: 8 }, (_, p) => [...y.data.slice(4 * p, 4 * p + 4)]);
  assertEquals(parts, [
    [0, 1, 3, 4], // top left
    [2, 5, 1, 4], // top right, turned counter-clockwise
    [8, 7, 5, 4], // bottom right, turned half round
    [6, 3, 7, 4], // bottom left, turned clockwise
    [2, 1, 5, 4], // the same of the mirror image
    [0, 3, 1, 4],
    [6, 7, 3, 4],
    [8, 5, 7, 4],
  ]);
  // A corner is in one part of each orientation, an edge in two, the centre in four.
  assertEquals([...dx.data], [2, 4, 2, 4, 8, 4, 2, 4, 2]);
});

Deno.test("views() orders parts by view, flip, corner, and keeps examples together in each", async () => {
  const [b, v, s] = [2, 2, 3];
  const shape = [b, v, s, s, 1];
  // Every pixel says which example and view it is from: 10 example + view.
  const data = Float32Array.from({ length: b * v * s * s }, (_, i) => {
    const image = Math.floor(i / (s * s));
    return 10 * Math.floor(image / v) + image % v;
  });
  const dy = { shape: [32, 2, 2, 1], data: new Float32Array(128) };
  const { y } = await runLayer(views({ part: 2 }), { shape, data }, dy);
  const firstPixels = Array.from({ length: 32 }, (_, image) => y.data[4 * image]);
  const expected = [0, 1].flatMap((view) => Array(8).fill([view, 10 + view]).flat());
  assertEquals(firstPixels, expected);
});

Deno.test("mergeViews() puts part after part into an example's row", async () => {
  // [2 parts x 2 examples, 2 features]: hundreds part, tens example, ones feature.
  const x = { shape: [4, 2], data: new Float32Array([0, 1, 10, 11, 100, 101, 110, 111]) };
  const { y } = await runLayer(mergeViews(2), x, { shape: [2, 4], data: new Float32Array(8) });
  assertEquals([...y.data], [0, 1, 100, 101, 10, 11, 110, 111]);
});

Deno.test("views() and mergeViews() have the shapes of the galaxy network", () => {
  assertEquals(views({ part: 45 }).outputShape([16, 2, 69, 69, 3]), [256, 45, 45, 3]);
  assertEquals(mergeViews(16).outputShape([256, 2, 2, 128]), [16, 8192]);
});

Deno.test("views() and mergeViews() refuse what they cannot cut or merge", () => {
  refuses(
    () => views({ part: 45 }).outputShape([2, 69, 69, 3]),
    "Cannot cut views: input is [2, 69, 69, 3], expected square views [b, v, s, s, c]",
  );
  refuses(
    () => views({ part: 46 }).outputShape([1, 2, 45, 45, 3]),
    "part is 46, expected at most the 45 pixels of a view",
  );
  refuses(() => views({ part: 0 }), "part is 0, expected a whole number from 1 on");
  refuses(
    () => mergeViews(16).outputShape([24, 2, 2, 8]),
    "Cannot merge views: input is [24, 2, 2, 8], expected a first axis that is a multiple of 16",
  );
  refuses(() => mergeViews(0).outputShape([4, 2]), "parts is 0");
});
