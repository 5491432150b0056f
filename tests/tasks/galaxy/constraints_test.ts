import { assert, assertEquals } from "@std/assert";
import shader from "../../../tasks/galaxy/constraints.wgsl" with { type: "text" };
import { Recorder } from "../../../gpu/recorder.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { LAYER_STATE } from "../../../tasks/doctor/compare_layer.ts";
import {
  checkConstraints,
  CONSTRAINTS,
  galaxyOutputs,
} from "../../../tasks/doctor/galaxy_checks.ts";
import {
  type ConstraintVariant,
  galaxyConstraints,
  UNCONSTRAINED,
} from "../../../tasks/galaxy/constraints.ts";
import {
  type ConstraintRefOptions,
  galaxyConstraintsBackwardRef,
  galaxyConstraintsRef,
} from "../../../tasks/galaxy/constraints_ref.ts";
import { QUESTIONS, questionWeight } from "../../../tasks/galaxy/questions.ts";
import { assertClose, checkGradient, dot, randomArray, testCheck } from "../../check.ts";
import { runLayer } from "../../nn/run_layer.ts";
import { refuses } from "../../refusals.ts";

const ATOMS = { relative: 2e-6, absolute: 2e-6 };

/** Output and input gradient of the layer, from the device. */
async function onDevice(
  z: NdArray,
  dy: NdArray,
  options: ConstraintRefOptions & { count?: number } = {},
): Promise<[NdArray, NdArray]> {
  const { count = z.shape[0], useConstraints = true } = options;
  const state = { ...LAYER_STATE, count, user: useConstraints ? 0 : UNCONSTRAINED };
  const { y, dx } = await runLayer(galaxyConstraints(options), z, dy, { state });
  return [y, dx];
}

/** The layer's output and gradient, after checking the device against the reference. */
async function checkedOnDevice(
  z: NdArray,
  dy: NdArray,
  options: ConstraintRefOptions & { count?: number } = {},
  bounds = ATOMS,
): Promise<[NdArray, NdArray]> {
  const [y, dz] = await onDevice(z, dy, options);
  const name = JSON.stringify(options);
  assertClose(y, galaxyConstraintsRef(z, options), { ...ATOMS, name: `y ${name}` });
  const expected = galaxyConstraintsBackwardRef(z, dy, options);
  assertClose(dz, expected, { ...bounds, name: `dz ${name}` });
  return [y, dz];
}

/** One example with the same value everywhere but in some columns. */
function example(value: number, columns: Record<number, number> = {}): NdArray<Float64Array> {
  const data = new Float64Array(37).fill(value);
  for (const [column, x] of Object.entries(columns)) data[Number(column)] = x;
  return ndarray([1, 37], data);
}

Deno.test("the table of questions in WGSL is that of questions.ts", () => {
  const table = [...shader.matchAll(/vec4u\((\d+)u, (\d+)u, (\w+), (\w+)\)/g)];
  const columns = (names: string[]) => names.filter((name) => name !== "NONE").map(parseFloat);
  const rows = table.map(([, start, end, ...weight]) => ({
    start: Number(start),
    end: Number(end),
    weight: columns(weight),
  }));
  assertEquals(rows, QUESTIONS.map(({ start, end, weight }) => ({ start, end, weight })));
});

Deno.test("galaxyConstraintsBackwardRef() agrees with finite differences for all options", () => {
  for (const options of CONSTRAINTS) {
    const [z, dy] = [galaxyOutputs(3, 1), randomArray([3, 37], 2)];
    const gradient = galaxyConstraintsBackwardRef(z, dy, options);
    const name = JSON.stringify(options);
    const f = () => dot(galaxyConstraintsRef(z, options), dy);
    checkGradient(f, z, gradient, { relative: 1e-6, absolute: 1e-6, name });
  }
});

testCheck("galaxyConstraints() agrees with float64 for all options", checkConstraints);

Deno.test("galaxyConstraints() takes batches beside a workgroup and gives padding no gradient", async () => {
  for (const [b, count] of [[1, 1], [1, 0], [64, 63], [65, 64], [131, 70]]) {
    const [z, dy] = [galaxyOutputs(b, b), randomArray([b, 37], b + 1)];
    dy.data.fill(NaN, 37 * count); // nothing of padding may be read into a gradient
    const bounds = { relative: 1e-5, absolute: 1e-5 };
    const [, dz] = await checkedOnDevice(z, dy, { count }, bounds);
    assert(dz.data.subarray(37 * count).every((x) => x === 0));
  }
});

Deno.test("galaxyConstraints() multiplies the fractions of each question down the tree", async () => {
  // 80 % see features, 90 % of them not edge-on, half of those spiral arms, and so on.
  const z = example(0);
  z.data.set([0.15, 0.8, 0.05, 0.1, 0.9, 0.25, 0.75, 0.5, 0.5, 0.1, 0.4, 0.4, 0.1, 0.3, 0.7]);
  z.data.set([0.2, 0.5, 0.3, 0.5, 0, 0, 0.25, 0.25, 0, 0, 1, 0, 0, 0.6, 0.3, 0.1], 15);
  z.data.set([0.1, 0.5, 0.2, 0.1, 0, 0.1], 31);
  const [{ data: y }] = await onDevice(z, example(0));
  const expected = Float64Array.from(z.data);
  const weigh = (from: number, to: number, w: number) => {
    for (let i = from; i < to; i++) expected[i] *= w;
  };
  weigh(3, 5, 0.8);
  weigh(5, 13, 0.72);
  weigh(15, 18, 0.15);
  weigh(18, 25, 0.3);
  weigh(25, 28, 0.08);
  weigh(28, 37, 0.36);
  assertClose(ndarray([37], y as Float32Array), ndarray([37], expected), ATOMS);
});

Deno.test("the sums of all questions are their weights in the tree within 1e-6", async () => {
  for (const variant of ["divisive", "squared-divisive", "softmax"] as const) {
    for (const q6Weight of ["one", "tree"] as const) {
      const z = galaxyOutputs(40, 5);
      for (const { start } of QUESTIONS) { // no dead questions, which the next test has
        for (let b = 0; b < 40; b++) {
          z.data[37 * b + start] = Math.abs(z.data[37 * b + start]) + 0.1;
        }
      }
      const [{ data }] = await onDevice(z, galaxyOutputs(40, 6), { variant, q6Weight });
      for (let b = 0; b < 40; b++) {
        const row = Array.from(data.subarray(37 * b, 37 * b + 37));
        for (const question of QUESTIONS) {
          const sum = row.slice(question.start, question.end).reduce((a, x) => a + x);
          const error = Math.abs(sum - questionWeight(row, question, q6Weight));
          assert(error < 1e-6, `question ${question.number}: ${sum}, off by ${error}`);
        }
      }
    }
  }
});

Deno.test("q6Weight tree scales question 6 by smooth + features, and question 8 with it", async () => {
  const z = example(1, { 0: 0.25, 1: 0.25, 2: 0.5, 13: 0.5, 14: 0.5 });
  const [{ data: one }] = await onDevice(z, example(0));
  const [{ data: tree }] = await onDevice(z, example(0), { q6Weight: "tree" });
  assertEquals([one[13], tree[13]], [0.5, 0.25]);
  for (let i = 18; i < 25; i++) assert(Math.abs(one[i] - 2 * tree[i]) < 1e-7 && one[i] > 0.07);
});

Deno.test("a question without positive outputs is dead: 0, with gradient 0 for all below it", async () => {
  const dead = { 3: -0.5, 4: -1e-3 }; // question 2, above 3, 4, 5, 9, 10 and 11
  const z = example(0.5, dead);
  for (const variant of ["divisive", "squared-divisive"] as const) {
    const [y, dz] = await checkedOnDevice(z, randomArray([1, 37], 7), { variant });
    const below = [...range(3, 13), ...range(25, 37)];
    for (const column of below) assertEquals([y.data[column], dz.data[column]], [0, 0]);
    const alive = [...range(0, 3), ...range(13, 25)];
    for (const column of alive) assert(y.data[column] > 0 && dz.data[column] !== 0);
  }
  // The first part of training, without the layer, is the way out.
  const zeros = example(0);
  const [, dz] = await onDevice(zeros, example(1), { useConstraints: false });
  assert(dz.data.every((g) => g === 1));
});

Deno.test("all outputs zero or negative give zeros and no NaN", async () => {
  for (const value of [0, -0, -1, -1e30]) {
    const [y, dz] = await checkedOnDevice(example(value), randomArray([1, 37], 8));
    assert(y.data.every((x) => x === 0) && dz.data.every((x) => x === 0), `${value}`);
  }
});

Deno.test("gradients grow as 1 / sum for tiny positive sums, and stay finite", async () => {
  for (const scale of [1, 2 ** -10, 2 ** -30]) {
    const z = example(0.5, { 0: 0.5 * scale, 1: 0.25 * scale, 2: 0.25 * scale });
    const bounds = { relative: 1e-5, absolute: 1e-5 / scale };
    const [y, dz] = await checkedOnDevice(z, example(0, { 0: 1 }), {}, bounds);
    // dL/dz_0 = (g - p_0) / S with p_0 = 1/2; 1e-12 shows in S below 1e-6.
    const sum = scale + 1e-12;
    assert(Math.abs(dz.data[0] * sum - 0.5) < 1e-3, `${scale}: ${dz.data[0] * sum}`);
    assert(Math.abs(y.data[0] - 0.5 * scale / sum) < 1e-6);
  }
  const [, dz] = await onDevice(example(1e-30), example(1));
  assert(dz.data.every(Number.isFinite));
});

Deno.test("a weight of 0 makes its questions 0 without gradient, but gets their gradient itself", async () => {
  const z = example(0.5, { 1: 0 }); // nobody sees features
  const dy = example(0, { 3: 1 });
  const [y, dz] = await checkedOnDevice(z, dy);
  for (const column of [...range(3, 13), ...range(25, 37)]) {
    assertEquals([y.data[column], dz.data[column]], [0, 0]);
  }
  // z_1 itself sits on the ReLU's kink; a hair above it the gradient is that of the weight, p_3.
  const above = example(0.5, { 1: 2 ** -20 });
  const [, gradient] = await checkedOnDevice(above, dy);
  assert(Math.abs(gradient.data[1] - 0.5) < 1e-4, `${gradient.data[1]}`);
  assert(Math.abs(gradient.data[0]) < 1e-4 && gradient.data[3] > 0 && gradient.data[3] < 1e-4);
});

Deno.test("softmax takes large outputs", async () => {
  const z = example(-300, { 0: 300, 13: 1000, 14: 1000 });
  const [y] = await checkedOnDevice(z, randomArray([1, 37], 9), { variant: "softmax" });
  assertEquals([...y.data.slice(0, 3), y.data[13]], [1, 0, 0, 0.5]);
});

Deno.test("without constraints the output is clipped, and the bounds let gradients pass", async () => {
  const z = example(0.5, { 0: -0.1, 1: 0, 2: 1, 3: 1.1, 4: 0.25 });
  for (const options of [{ useConstraints: false }, { variant: "none" }] as const) {
    const [y, dz] = await onDevice(z, example(2), options);
    assertEquals([...y.data.slice(0, 6)], [0, 0, 1, 1, 0.25, 0.5]);
    assertEquals([...dz.data.slice(0, 6)], [0, 2, 2, 0, 2, 2]);
  }
});

Deno.test("galaxyConstraints() says what is wrong with shapes and options", () => {
  const layer = galaxyConstraints();
  assertEquals(layer.outputShape([3, 37]), [3, 37]);
  refuses(
    () => layer.outputShape([3, 36]),
    "Cannot apply the output constraints: input is [3, 36], expected [b, 37]",
  );
  const variant = "hard" as ConstraintVariant;
  refuses(() => galaxyConstraints({ variant }), 'variant is "hard", expected divisive');
  const q6Weight = "two" as "one";
  refuses(() => galaxyConstraints({ q6Weight }), 'q6Weight is "two", expected one or tree');
  const recorder = new Recorder();
  const pass = { context: recorder, train: true, state: recorder.empty([8], { dtype: "u32" }) };
  const { backward } = layer.build(recorder, [2, 37], { name: "out" })
    .forward(recorder.empty([2, 37]), pass);
  const wrong = recorder.empty([3, 37], { label: "dy" });
  refuses(() => backward(wrong), '"dy" is f32 [3, 37]');
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
