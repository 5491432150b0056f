import { assert, assertEquals } from "@std/assert";
import type { NdArray } from "../../gpu/tensor.ts";
import { mergeParts, viewPool, type ViewPoolKind } from "../../nn/view_pool.ts";
import { views } from "../../nn/views.ts";
import { pooledViews } from "../../tasks/doctor/layer_checks.ts";
import { assertClose, randomArray } from "../check.ts";
import { refuses } from "../refusals.ts";
import { testLayers } from "./test_layers.ts";
import { runLayer } from "./run_layer.ts";

const KINDS: readonly ViewPoolKind[] = ["mean", "max", "rms"];

testLayers("viewPool() agrees with float64 over awkward shapes", pooledViews);

Deno.test("viewPool() of the numbers 1 to 4 gives their mean, maximum and root mean square", async () => {
  const x = { shape: [4, 1], data: new Float32Array([1, 2, 3, 4]) };
  const dy = { shape: [1, 1], data: new Float32Array([4]) };
  const expected = { mean: 2.5, max: 4, rms: Math.sqrt(7.5) };
  const gradients = { mean: [1, 1, 1, 1], max: [0, 0, 0, 4], rms: [1, 2, 3, 4] };
  for (const kind of KINDS) {
    const { y, dx } = await runLayer(viewPool({ parts: 4, kind }), x, dy);
    assertClose(y, { shape: [1, 1], data: new Float64Array([expected[kind]]) }, { name: kind });
    const factor = kind === "rms" ? 1 / Math.sqrt(7.5) : 1;
    const gradient = Float64Array.from(gradients[kind], (value) => value * factor);
    assertClose(dx, { shape: [4, 1], data: gradient }, { name: kind });
  }
});

Deno.test("viewPool() gives the gradient of the maximum to the first part that has it", async () => {
  for (const n of [1, 4]) { // the scalar and the vec4 path
    const x = { shape: [3, n], data: new Float32Array(3 * n).fill(1) };
    const dy = { shape: [1, n], data: new Float32Array(n).fill(5) };
    const { dx } = await runLayer(viewPool({ parts: 3, kind: "max" }), x, dy);
    assertEquals([...dx.data], Array.from({ length: 3 * n }, (_, i) => i < n ? 5 : 0));
  }
});

// ---- Invariance -----------------------------------------------------------------------------

const [SIDE, PART, CHANNELS, FEATURES] = [9, 6, 3, 10];
const PIXELS = PART * PART * CHANNELS;

/** Views [b, v, s, s, c] turned counter-clockwise by quarters, then mirrored left to right. */
function turned(x: NdArray, quarters: number, mirror: boolean): NdArray<Float64Array> {
  const [b, v, s, , c] = x.shape;
  const data = new Float64Array(x.data.length);
  let at = 0;
  for (let image = 0; image < b * v; image++) {
    for (let row = 0; row < s; row++) {
      for (let column = 0; column < s; column++) {
        let [y, z] = [row, mirror ? s - 1 - column : column];
        for (let quarter = 0; quarter < quarters; quarter++) [y, z] = [z, s - 1 - y];
        for (let channel = 0; channel < c; channel++) {
          data[at++] = x.data[((image * s + y) * s + z) * c + channel];
        }
      }
    }
  }
  return { shape: x.shape, data };
}

/** A fixed function of a part, the same for each: a random linear map and a rectifier, rounded. */
function featuresOf(parts: NdArray): NdArray<Float64Array> {
  const weights = randomArray([PIXELS, FEATURES], 9, 1 / Math.sqrt(PIXELS)).data;
  const data = new Float64Array(parts.shape[0] * FEATURES);
  for (let part = 0; part < parts.shape[0]; part++) {
    for (let feature = 0; feature < FEATURES; feature++) {
      let sum = 0;
      for (let pixel = 0; pixel < PIXELS; pixel++) {
        sum += parts.data[part * PIXELS + pixel] * weights[pixel * FEATURES + feature];
      }
      data[part * FEATURES + feature] = Math.fround(Math.max(sum, 0));
    }
  }
  return { shape: [parts.shape[0], FEATURES], data };
}

async function throughNetwork(x: NdArray, merge: ViewPoolKind | "concat"): Promise<NdArray> {
  const layers = [views({ part: PART }), mergeParts({ merge, parts: 16 })] as const;
  const zeros = (shape: readonly number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  const cut = await runLayer(layers[0], x, zeros(layers[0].outputShape(x.shape)));
  const features = featuresOf(cut.y);
  return (await runLayer(layers[1], features, zeros(layers[1].outputShape(features.shape)))).y;
}

Deno.test("viewPool() is invariant when the image is turned or mirrored; mergeViews() is not", async () => {
  const x = randomArray([2, 2, SIDE, SIDE, CHANNELS], 1);
  for (const merge of [...KINDS, "concat"] as const) {
    const upright = await throughNetwork(x, merge);
    for (const quarters of [0, 1, 2, 3]) {
      for (const mirror of [false, true]) {
        const other = await throughNetwork(turned(x, quarters, mirror), merge);
        const name = `${merge}, ${quarters} quarters${mirror ? ", mirrored" : ""}`;
        if (merge === "concat") {
          const same = other.data.every((value, i) => value === upright.data[i]);
          assertEquals(same, quarters === 0 && !mirror, name);
        } else {
          const absolute = merge === "max" ? 0 : 1e-6;
          assertClose(other, upright, { relative: 0, absolute, name });
        }
      }
    }
    assert(upright.data.some((value) => value > 0.5), "the features say something");
  }
});

Deno.test("mergeParts() gives the layer of each way of merging", () => {
  const input = [32, 2, 2, 5];
  assertEquals(mergeParts({ merge: "concat", parts: 16 }).outputShape(input), [2, 320]);
  for (const merge of KINDS) {
    const layer = mergeParts({ merge, parts: 8, name: "merge" });
    assertEquals([layer.name, layer.kind, ...layer.outputShape(input)], [
      "merge",
      "viewPool",
      4,
      20,
    ]);
  }
});

Deno.test("viewPool() refuses a kind or a shape that it cannot pool", () => {
  const sum = "sum" as ViewPoolKind;
  refuses(() => viewPool({ parts: 16, kind: sum }), 'kind is "sum", expected max or mean or rms');
  refuses(
    () => viewPool({ parts: 16 }).outputShape([24, 8]),
    "Cannot pool views: input is [24, 8], expected a first axis that is a multiple of 16",
  );
});
