/**
 * Ensembles to and from a safetensors file, and what a damaged one is told.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../files/input_error.ts";
import { key } from "../../../gpu/random.ts";
import { readSafetensors, writeSafetensors } from "../../../files/disk/safetensors.ts";
import { hostTensor } from "../../../files/safetensors.ts";
import { type HostData, type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { fitGradientBoosting } from "../../../nn/classifiers/gradient_boosting.ts";
import { fitRandomForest } from "../../../nn/classifiers/random_forest.ts";
import { ensembleFrom, ensembleTensors } from "../../../nn/classifiers/tree_file.ts";
import { test } from "../../check.ts";
import { table } from "./tree_data.ts";

const { x, labels } = table(60, 0);

test("ensembles come back from a file as they went in", async ({ gpu }) => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  const models = [
    await fitRandomForest(gpu, x, { labels, key: key(1), trees: 3, workers: 1 }),
    await fitGradientBoosting(gpu, x, { labels, rounds: 3 }),
  ];
  for (const model of models) {
    const named = Object.entries(ensembleTensors(model));
    await writeSafetensors(path, { tensors: named.map(([name, a]) => hostTensor(`m/${name}`, a)) });
    using file = await readSafetensors(path);
    const read: Record<string, NdArray> = {};
    for (const [name] of named) read[name] = await file.read(`m/${name}`);
    assertEquals(ensembleFrom(read), model);
  }
  await Deno.remove(path);
});

/** Two trees: a split with two leaves, and a leaf. */
const GOOD: Readonly<Record<string, HostData>> = {
  kind: Uint32Array.of(0),
  columns: Uint32Array.of(2),
  base: Float64Array.of(0),
  starts: Uint32Array.of(0, 3, 4),
  feature: Uint32Array.of(1, 0, 0, 0),
  threshold: Float32Array.of(0.5, 0, 0, 0),
  left: Int32Array.of(1, -1, -1, -1),
  right: Int32Array.of(2, -1, -1, -1),
  value: Float64Array.of(0, 0.25, 1, 0.5),
  gain: Float32Array.of(3, 0, 0, 0),
};

function arrays(change: Record<string, HostData | undefined>): Record<string, NdArray> {
  const entries = Object.entries({ ...GOOD, ...change }).filter(([, data]) => data !== undefined);
  return Object.fromEntries(entries.map(([name, data]) => [name, ndarray([data!.length], data!)]));
}

Deno.test("damaged arrays are refused by name, node and tree", () => {
  assertEquals(ensembleFrom(arrays({})).starts, Uint32Array.of(0, 3, 4));
  const cases: [string, Record<string, HostData | undefined>][] = [
    ['there is no "gain"', { gain: undefined }],
    ["kind is 2, expected 0 (forest) or 1 (boosting)", { kind: Uint32Array.of(2) }],
    ['"columns" is Uint32Array [2], expected Uint32Array [1]', { columns: Uint32Array.of(2, 2) }],
    ['"value" is Float32Array [4], expected Float64Array [4]', { value: new Float32Array(4) }],
    ['"left" is Int32Array [3], expected Int32Array [4]', { left: Int32Array.of(1, -1, -1) }],
    ["base is NaN", { base: Float64Array.of(NaN) }],
    ["starts leads from 0 to 3, expected from 0 to 4", { starts: Uint32Array.of(0, 3) }],
    ["starts leads from 1 to 4, expected from 0 to 4", { starts: Uint32Array.of(1, 4) }],
    ["tree 0 starts at node 0 and ends at 0", { starts: Uint32Array.of(0, 0, 4) }],
    ["tree 1 starts at node 9 and ends at 4", { starts: Uint32Array.of(0, 9, 4) }],
    ["node 0 of tree 0 looks at column 2 of 2", { feature: Uint32Array.of(2, 0, 0, 0) }],
    // A child before or at its parent would send rows in circles.
    ["node 0 of tree 0 has child 0, expected 1 to 2", { left: Int32Array.of(0, -1, -1, -1) }],
    ["node 0 of tree 0 has child -2", { right: Int32Array.of(-2, -1, -1, -1) }],
    ["node 0 of tree 0 has child 3, expected 1 to 2", { right: Int32Array.of(3, -1, -1, -1) }],
    ["node 0 of tree 0 has child -1, expected 1 to 2", { right: Int32Array.of(-1, -1, -1, -1) }],
    ["node 0 of tree 0 has child 2, expected -1", { left: Int32Array.of(-1, -1, -1, -1) }],
    ["node 0 of tree 0 has threshold", { threshold: Float32Array.of(NaN, 0, 0, 0) }],
    ["node 1 of tree 0 has threshold", { value: Float64Array.of(0, Infinity, 0, 0) }],
    ["node 0 of tree 0 has threshold", { gain: Float32Array.of(-1, 0, 0, 0) }],
  ];
  for (const [message, change] of cases) {
    assertThrows(
      () => ensembleFrom(arrays(change)),
      InputError,
      `Cannot make an ensemble of trees: ${message}`,
    );
  }
});

Deno.test("arrays of more than one axis are refused", () => {
  const tensors = { ...arrays({}), feature: ndarray([2, 2], new Uint32Array(4)) };
  assertThrows(() => ensembleFrom(tensors), InputError, '"feature" is Uint32Array [2, 2]');
});
