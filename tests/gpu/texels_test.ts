import { assert, assertEquals } from "@std/assert";
import { openGpu } from "../../gpu/gpu.ts";
import { kernel, type TexelKind } from "../../gpu/kernel.ts";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { GRID, OPERANDS } from "../../gpu/sources.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { withinTextures } from "../../gpu/texels.ts";
import { randomArray, test } from "../check.ts";
import { rejects } from "../refusals.ts";

const TEXT = `
struct Params { n: u32 }
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn sum_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i < params.n / 4u) {
        let sum = left_vec4(i) + 10.0 * right_vec4(i);
        for (var k = 0u; k < 4u; k++) { y[4u * i + k] = sum[k]; }
    }
}

@compute @workgroup_size(64)
fn sum_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i < params.n) { y[i] = left_scalar(i) + 10.0 * right_scalar(i); }
}
`;

/** y = a + 10 b, by whole vec4 or by scalars, from buffers or from textures. */
function sums(kind: TexelKind, from: "buffers" | "textures") {
  return kernel({
    name: `sum ${kind} ${from}`,
    source: [GRID, OPERANDS, { file: "tests/sum.wgsl", text: TEXT }],
    texels: from === "textures" ? { a: kind, b: kind } : undefined,
    entry: `sum_${kind}`,
    inputs: { a: "n", b: "n" },
    outputs: { y: "n" },
    threads: ({ n }) => n,
  });
}

/** Elements about the ends of rows of 4096 texels. */
const LENGTHS = { vec4: [4, 16_380, 16_384, 16_388, 49_160], scalar: [1, 4095, 4096, 4097, 9001] };

for (const kind of ["vec4", "scalar"] as const) {
  test(`operands as ${kind} come from textures as from buffers`, async ({ gpu }) => {
    const [textures, buffers] = [sums(kind, "textures"), sums(kind, "buffers")];
    for (const length of LENGTHS[kind]) {
      using scope = gpu.scope();
      const host = Float32Array.from({ length }, (_, i) => i + 0.25);
      const a = scope.upload(ndarray([length], host));
      const b = scope.upload(ndarray([length], host.map((value) => -value)));
      const expected = host.map((value) => -9 * value);
      for (const sum of [textures, buffers]) {
        assertEquals((await gpu.read(sum(scope, { a, b }).y)).data, expected, `${length}`);
      }
    }
  });
}

test("an operand longer than a texture is read from its buffer, to the same bits", async ({ gpu, scope }) => {
  for (const kind of ["vec4", "scalar"] as const) {
    const recorder = new Recorder(gpu);
    const [a, b] = [scope.upload(randomArray([16_388], 1)), scope.upload(randomArray([16_388], 2))];
    const y = sums(kind, "textures")(recorder, { a, b }).y;
    const [dispatch] = recorder.dispatches; // 16,388 elements: 2 rows as vec4, 5 as scalars
    const rows = kind === "vec4" ? 2 : 5;
    assert(withinTextures(dispatch, { maxTextureDimension2D: rows }) === dispatch);
    const tall = withinTextures(dispatch, { maxTextureDimension2D: rows - 1 });
    assertEquals(tall.spec.texels, undefined);
    assert(withinTextures(dispatch, { maxTextureDimension2D: 1 }).spec === tall.spec); // compiled once
    const results: NdArray[] = [];
    for (const one of [dispatch, tall]) {
      const into = scope.empty(y.shape);
      gpu.dispatch({ ...one, tensors: [a, b, into] });
      results.push(await gpu.read(into));
    }
    assertEquals(results[1].data, results[0].data);
  }
});

test("a program copies operands that an earlier dispatch of the step has written", async ({ gpu }) => {
  const sum = sums("vec4", "textures");
  const recorder = new Recorder(gpu);
  const x = recorder.feed("x", [8]);
  const long = recorder.feed("long", [20_000]); // the textures are as large as the largest operand
  const once = sum(recorder, { a: x, b: x }).y;
  const twice = recorder.keep(sum(recorder, { a: once, b: x }).y);
  const other = recorder.keep(sum(recorder, { a: long, b: long }).y);
  using program = await Program.compile(gpu, recorder);
  const x1 = Float32Array.from({ length: 8 }, (_, i) => i);
  const long1 = new Float32Array(20_000).fill(2);
  program.run([{ x: x1.map((v) => v + 1), long: long1 }, { x: x1, long: long1 }]);
  assertEquals((await gpu.read(twice)).data, x1.map((v) => 21 * v));
  assertEquals((await gpu.read(other)).data.every((v) => v === 22), true);
});

Deno.test("textures count against the budget and are given back", async () => {
  using gpu = await openGpu({ budgetBytes: 400_000 });
  const sum = sums("vec4", "textures"); // two textures of a row of 4096 texels, 64 KiB each
  const recorder = new Recorder(gpu);
  recorder.keep(sum(recorder, { a: recorder.feed("a", [8]), b: recorder.feed("b", [8]) }).y);
  const program = await Program.compile(gpu, recorder);
  const { byLabel } = gpu.memory();
  assertEquals(byLabel[0], ["operands as textures", 2 * 65_536]);
  program[Symbol.dispose]();
  assertEquals(gpu.memory().liveBytes, 0);

  using small = await openGpu({ budgetBytes: 100_000 });
  const refused = new Recorder(small);
  refused.keep(sum(refused, { a: refused.feed("a", [8]), b: refused.feed("b", [8]) }).y);
  await rejects(() => Program.compile(small, refused), "operands as textures");
  assertEquals(small.memory().liveBytes, 0);
});
