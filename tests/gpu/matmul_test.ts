import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import {
  matmul,
  type MatmulForm,
  type MatmulOptions,
  matmulTransposedA,
  matmulTransposedB,
  planMatmul,
} from "../../gpu/matmul.ts";
import {
  matmulGradRef,
  matmulRef,
  matmulTransposedARef,
  matmulTransposedBRef,
} from "../../gpu/matmul_ref.ts";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { checkGradient, dot, randomArray, sharedGpu } from "../check.ts";

const FORMS: readonly MatmulForm[] = ["plain", "transposedA", "transposedB"];
const PRODUCTS = {
  plain: matmul,
  transposedA: matmulTransposedA,
  transposedB: matmulTransposedB,
} as const;
const REFERENCES = {
  plain: matmulRef,
  transposedA: matmulTransposedARef,
  transposedB: matmulTransposedBRef,
} as const;

/** [m, n, k]: one, primes, just past a tile, whole vec4, long sums that are split. */
const EXTENTS: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 8, 5],
  [2, 37, 19],
  [2, 132, 64],
  [3, 20, 260],
  [4, 64, 12],
  [5, 3, 7],
  [5, 7, 300],
  [8, 24, 40],
  [17, 129, 31],
  [20, 36, 300],
  [33, 68, 16],
  [32, 37, 513],
  [132, 12, 9],
];

function operands(form: MatmulForm, m: number, n: number, k: number): [NdArray, NdArray] {
  return [
    randomArray(form === "transposedA" ? [k, m] : [m, k], 1),
    randomArray(form === "transposedB" ? [n, k] : [k, n], 2),
  ];
}

/** Throws unless a product is within 4 sqrt(k) 2^-24 of the sum of |a b|, element by element. */
function assertProduct(actual: NdArray, form: MatmulForm, a: NdArray, b: NdArray, k: number) {
  assertWithin(actual, REFERENCES[form](a, b), form, a, b, k);
}

function assertWithin(
  actual: NdArray,
  expected: NdArray,
  form: MatmulForm,
  a: NdArray,
  b: NdArray,
  k: number,
) {
  assertEquals(actual.shape, expected.shape);
  const size = REFERENCES[form](absolute(a), absolute(b));
  expected.data.forEach((value, i) => {
    const bound = 4 * Math.sqrt(k) * 2 ** -24 * (size.data[i] + 8); // 8: a bias of a few units
    const error = Math.abs(actual.data[i] - value);
    assert(error <= bound, `${form} [${actual.shape}] k ${k}: element ${i} is off by ${error}`);
  });
}

function absolute({ shape, data }: NdArray): NdArray {
  return { shape, data: Float64Array.from(data, Math.abs) };
}

async function check(gpu: Gpu, form: MatmulForm, m: number, n: number, k: number): Promise<void> {
  using _scope = gpu.scope();
  const [a, b] = operands(form, m, n, k);
  const result = PRODUCTS[form](gpu, gpu.upload(a), gpu.upload(b));
  assertProduct(await gpu.read(result), form, a, b, k);
}

Deno.test("matmulGradRef() agrees with finite differences", () => {
  const [a, b, dy] = [randomArray([3, 4], 1), randomArray([4, 5], 2), randomArray([3, 5], 3)];
  const { da, db } = matmulGradRef(a, b, dy);
  const loss = () => dot(matmulRef(a, b), dy);
  checkGradient(loss, a, da, { name: "da" });
  checkGradient(loss, b, db, { name: "db" });
});

for (const form of FORMS) {
  Deno.test(`${PRODUCTS[form].name}() agrees with float64 over awkward shapes`, async () => {
    const gpu = await sharedGpu();
    for (const [m, n, k] of EXTENTS) await check(gpu, form, m, n, k);
  });
}

Deno.test("the awkward shapes reach every entry point but those for large operands", () => {
  const reached = new Set(
    FORMS.flatMap((form) =>
      EXTENTS.map(([m, n, k]) => planMatmul({ m, n, k }, form, "software").entry)
    ),
  );
  const eight = new Set(
    FORMS.flatMap((form) =>
      EXTENTS.map(([m, n, k]) => planMatmul({ m, n, k }, form, "card").entry)
    ),
  );
  assertEquals([...reached.union(eight)].sort(), [
    "dots16",
    "dots2",
    "dots8",
    "outer16",
    "outer8",
    "quads16",
    "quads8",
    "rows16",
    "rows2",
    "rows4",
    "rows8",
    "scalars2",
    "scalars8",
  ]);
});

Deno.test("products planned for a card agree with float64, staged or not", async () => {
  using gpu = await openGpu({ profile: "card" });
  for (const form of FORMS) {
    const extents = { m: 516, n: 520, k: 68 };
    assertEquals(planMatmul(extents, form, "card").entry, "staged");
    await check(gpu, form, extents.m, extents.n, extents.k);
    await check(gpu, form, 20, 36, 300);
    await check(gpu, form, 32, 37, 513);
  }
});

Deno.test("a large b for few rows is read along its rows, or summed in short parts", async () => {
  const cases = [[1, 8196, 128, "stream2", 4], [4, 4100, 256, "stream4", 8], [
    3,
    4100,
    256,
    "stream4",
    8,
  ], [
    2,
    2052,
    520,
    "rows2",
    9,
  ]] as const;
  for (const [m, n, k, entry, parts] of cases) {
    const plan = planMatmul({ m, n, k }, "plain", "software");
    assertEquals([plan.entry, plan.parts], [entry, parts]);
    await check(await sharedGpu(), "plain", m, n, k);
  }
});

Deno.test("matmul() of a counted matrix and the identity gives the matrix", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const counted = ndarray([5, 4], Float32Array.from({ length: 20 }, (_, i) => i));
  const identity = ndarray([4, 4], Float32Array.from({ length: 16 }, (_, i) => i % 5 ? 0 : 1));
  const [a, eye] = [gpu.upload(counted), gpu.upload(identity)];
  assertEquals((await gpu.read(matmul(gpu, a, eye))).data, counted.data);
  assertEquals((await gpu.read(matmulTransposedB(gpu, a, eye))).data, counted.data);
});

Deno.test("bias comes before ReLU, in one part and in several, with vec4 and with scalars", async () => {
  const gpu = await sharedGpu();
  for (const form of FORMS) {
    for (const [m, n, k] of [[3, 8, 4], [3, 5, 3], [2, 16, 400], [2, 7, 401]] as const) {
      using _scope = gpu.scope();
      const [a, b] = operands(form, m, n, k);
      const bias = randomArray([n], 3, 2);
      const options: MatmulOptions = { bias: gpu.upload(bias), relu: true };
      const result = PRODUCTS[form](gpu, gpu.upload(a), gpu.upload(b), options);
      const expected = REFERENCES[form](a, b, { bias, relu: true });
      assert(expected.data.some((value) => value === 0));
      assertWithin(await gpu.read(result), expected, form, a, b, k);
    }
  }
});

Deno.test("matmul() writes into the tensor that is given", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const [a, b] = operands("plain", 3, 4, 300);
  const into = gpu.empty([3, 4]);
  const result = matmul(gpu, gpu.upload(a), gpu.upload(b), { into });
  assert(result === into);
  assertProduct(await gpu.read(into), "plain", a, b, 300);
});

Deno.test("a recorded product replays to the bits of the eager one", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const [a, b] = operands("plain", 4, 12, 300).map((host) => gpu.upload(host));
  const eager = await gpu.read(matmul(gpu, a, b));
  const recorder = new Recorder(gpu);
  const y = recorder.keep(matmul(recorder, a, b));
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  assertEquals(await gpu.read(y), eager);
  assertEquals(program.flops, 2 * 4 * 12 * 300);
});

Deno.test("products refuse shapes that do not fit and say which", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const [a, b, bias] = [gpu.empty([2, 3]), gpu.empty([4, 5]), gpu.empty([4])];
  assertThrows(
    () => matmul(gpu, a, b),
    RangeError,
    'Cannot run matmul: "b" is f32 [4, 5], read as [k n], but k is 3 in "a"',
  );
  assertThrows(
    () => matmulTransposedA(gpu, a, gpu.empty([2, 5]), { bias }),
    RangeError,
    'Cannot run matmulTransposedA: "bias" is f32 [4] but must be [5]',
  );
  assertThrows(
    () => matmulTransposedB(gpu, a, gpu.empty([7, 3]), { into: b }),
    RangeError,
    "Cannot run matmulTransposedB",
  );
  assertThrows(() => matmul(gpu, gpu.empty([6]), b), RangeError, "must be [m k]");
});

Deno.test("writing a product over its own operand is an error", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const a = gpu.empty([4, 4], { label: "a" });
  assertThrows(
    () => matmul(gpu, a, gpu.empty([4, 4]), { into: a }),
    Error,
    'Cannot run matmul: it would write "a" while reading it',
  );
});
