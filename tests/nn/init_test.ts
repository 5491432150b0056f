import { assert, assertEquals } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { fans, glorotUniform, heNormal, initialize, normalInit } from "../../nn/init.ts";
import { makeParam } from "../../nn/layer.ts";
import { test } from "../check.ts";

Deno.test("fans() multiplies by the filter's rows and columns", () => {
  assertEquals(fans([3, 3, 4, 8]), { fanIn: 36, fanOut: 72 });
  assertEquals(fans([10, 2]), { fanIn: 10, fanOut: 2 });
});

Deno.test("initialisers have the deviation they promise", () => {
  const shape = [50, 400];
  const deviation = (fill: ReturnType<typeof heNormal>) => {
    const out = new Float32Array(20_000);
    fill(out, 0, shape, key(1));
    return Math.sqrt(out.reduce((sum, value) => sum + value * value, 0) / out.length);
  };
  const near = (actual: number, expected: number) =>
    assert(Math.abs(actual / expected - 1) < 0.02, `${actual} against ${expected}`);
  near(deviation(heNormal()), Math.sqrt(2 / 50));
  near(deviation(glorotUniform()), Math.sqrt(2 / 450));
  near(deviation(normalInit(0.01)), 0.01);
});

Deno.test("an initialiser draws any range of a tensor as part of the whole", () => {
  const whole = new Float32Array(101);
  const part = new Float32Array(30);
  normalInit(1)(whole, 0, [101], key(2));
  normalInit(1)(part, 51, [101], key(2));
  assertEquals(part, whole.slice(51, 81));
});

test("initialize() gives each parameter its own stream", async ({ gpu }) => {
  const options = { init: normalInit(1), decay: true };
  const params = ["a", "b"].map((name) => makeParam(gpu, name, [8], options));
  initialize(gpu, params, key(1));
  const [a, b] = await gpu.readAll(params.map(({ value }) => value));
  assert(a.data.every((value, i) => value !== b.data[i]));
});
