import { assertEquals } from "@std/assert";
import { add } from "../../gpu/elementwise.ts";
import { flatten } from "../../nn/flatten.ts";
import { layerOf } from "../../nn/layer.ts";
import { sequential } from "../../nn/sequential.ts";
import { randomArray, test } from "../check.ts";
import { refuses } from "../refusals.ts";
import { runLayer } from "./run_layer.ts";

Deno.test("layerOf() makes a layer of a shape and a function, which learns its path", async () => {
  const paths: string[] = [];
  const twice = layerOf("twice", (input) => input, (x, { context }, path) => {
    paths.push(path);
    return { y: add(context, x, x), backward: (dy) => add(context, dy, dy) };
  }, { name: "double" });
  const x = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const { y, dx } = await runLayer(sequential([twice]), x, x);
  assertEquals([[...y.data], [...dx.data]], [[2, 4, 6, 8, 10, 12], [2, 4, 6, 8, 10, 12]]);
  assertEquals([twice.kind, new Set(paths).size, paths[0].endsWith("double")], ["twice", 1, true]);
});

test("layerOf() runs no backward where the input's gradient is not wanted", ({ gpu, scope }) => {
  const layer = layerOf("once", (input) => input, (x) => ({
    y: x,
    backward: () => {
      throw new Error("not wanted");
    },
  })).build(gpu, [2, 3], { name: "once" });
  const x = scope.upload(randomArray([2, 3], 1));
  const pass = { context: scope, train: true, state: x };
  assertEquals(layer.forward(x, pass).backward(x, false), undefined);
});

test("a layer refuses a shape that its outputShape refuses, before it is built", ({ gpu }) => {
  const picky = layerOf("picky", () => {
    throw new RangeError("no such shape");
  }, (x) => ({ y: x, backward: (dy) => dy }));
  refuses(() => picky.build(gpu, [1], { name: "" }), "no such shape");
});

Deno.test("flatten() puts an example's features in a row, and takes the gradient apart", async () => {
  const [x, dy] = [randomArray([2, 3, 4, 5], 1), randomArray([2, 60], 2)];
  const { y, dx } = await runLayer(flatten(), x, dy);
  assertEquals([y.shape, [...y.data]], [[2, 60], [...Float32Array.from(x.data)]]);
  assertEquals([dx.shape, [...dx.data]], [x.shape, [...Float32Array.from(dy.data)]]);
});
