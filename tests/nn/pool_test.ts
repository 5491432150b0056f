import { assertEquals } from "@std/assert";
import { globalPool, l2Pool, maxPool, meanPool, type PoolKind } from "../../nn/pool.ts";
import { globalPools, pools } from "../../tasks/doctor/layer_checks.ts";
import { refuses } from "../refusals.ts";
import { testLayers } from "./test_layers.ts";
import { runLayer } from "./run_layer.ts";

testLayers("maxPool(), meanPool() and l2Pool() agree with float64", pools);
testLayers("globalPool() pools every pixel of each channel", globalPools);

Deno.test("maxPool() of the numbers 0 to 24 gives the last of each window and of the border", async () => {
  const x = { shape: [1, 5, 5, 1], data: Float32Array.from({ length: 25 }, (_, i) => i) };
  const dy = { shape: [1, 3, 3, 1], data: Float32Array.from({ length: 9 }, (_, i) => i + 1) };
  const { y, dx } = await runLayer(maxPool(), x, dy);
  assertEquals([...y.data], [6, 8, 9, 16, 18, 19, 21, 23, 24]);
  const winners = [...dx.data].flatMap((gradient, i) => gradient ? [[i, gradient]] : []);
  assertEquals(winners, [...y.data].map((pixel, i) => [pixel, i + 1]));
});

Deno.test("maxPool() gives the gradient to the first maximum on ties", async () => {
  for (const channels of [1, 4]) { // the scalar and the vec4 path
    const x = { shape: [1, 2, 2, channels], data: new Float32Array(4 * channels) };
    const dy = { shape: [1, 1, 1, channels], data: new Float32Array(channels).fill(7) };
    const { dx } = await runLayer(maxPool(), x, dy);
    assertEquals(
      [...dx.data],
      Array.from({ length: 4 * channels }, (_, i) => i < channels ? 7 : 0),
    );
  }
});

Deno.test("meanPool() divides by the pixels that a clipped window has", async () => {
  const x = { shape: [1, 3, 3, 1], data: new Float32Array(9).fill(2) };
  const dy = { shape: [1, 2, 2, 1], data: new Float32Array(4).fill(4) };
  const { y, dx } = await runLayer(meanPool(), x, dy);
  assertEquals([...y.data], [2, 2, 2, 2]);
  assertEquals([...dx.data], [1, 1, 2, 1, 1, 2, 2, 2, 4]);
});

Deno.test("pooling an image of zeros by l2Pool() has a gradient of zero", async () => {
  const x = { shape: [1, 4, 4, 4], data: new Float32Array(64) };
  const dy = { shape: [1, 2, 2, 4], data: new Float32Array(16).fill(1) };
  const { dx } = await runLayer(l2Pool(), x, dy);
  assertEquals([...dx.data], Array(64).fill(0));
});

Deno.test("maxPool() has the output sizes of the galaxy network", () => {
  const pooled = [40, 16, 4, 38, 19].map((side) => maxPool().outputShape([1, side, side, 4])[1]);
  assertEquals(pooled, [20, 8, 2, 19, 10]);
});

Deno.test("pooling refuses what it cannot pool, with the reason", () => {
  refuses(
    () => maxPool().outputShape([4, 4, 3]),
    "Cannot pool: input is [4, 4, 3], expected images [b, h, w, c]",
  );
  refuses(
    () => maxPool({ size: 0 }).outputShape([1, 4, 4, 3]),
    "size is 0, expected one or two whole numbers from 1 on",
  );
  refuses(
    () => meanPool({ size: 5, border: "drop" }).outputShape([1, 4, 6, 3]),
    'size is [5, 5], expected at most 4 x 6, or border "clip"',
  );
  refuses(() => globalPool("sum" as PoolKind), 'kind is "sum"');
});
