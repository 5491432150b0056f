import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { kernel } from "../../gpu/kernel.ts";
import { bits, fold, type Key, key, labelHash, permutation, threefry } from "../../gpu/random.ts";
import { fillBernoulli, fillBits, fillNormal, fillPermutation } from "../../gpu/random_kernels.ts";
import { bitsRef, normalRef, permutationRef, uniformRef } from "../../gpu/random_ref.ts";
import { GRID, THREEFRY } from "../../gpu/sources.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { checkPermutations, checkRandom } from "../../tasks/doctor/gpu_checks.ts";
import { test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

const STREAM = fold(key(2014), "test");

/** Random123, tests/kat_vectors, "threefry2x32 20": counter, key, answer. */
const KNOWN_ANSWERS = [
  [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xc4923a9c, 0x483df7a0],
];

/** Threefry and fold_key of WGSL on given words, which no kernel of the toolkit exposes. */
const probe = kernel({
  name: "test/threefry",
  source: [GRID, THREEFRY, {
    file: "tests/gpu/random_test.ts",
    text: `
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> questions: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> answers: array<vec4u>;
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(64)
fn answer(@builtin(local_invocation_index) i: u32) {
    if (i < params.n) {
        let question = questions[i];
        answers[i] = vec4u(threefry(question.zw, question.xy), fold_key(question.zw, question.x));
    }
}`,
  }],
  entry: "answer",
  inputs: { questions: "u32: n 4" },
  outputs: { answers: "u32: n 4" },
  threads: ({ n }) => n,
});

Deno.test("threefry() gives the published known answers", () => {
  for (const [x0, x1, high, low, ...answer] of KNOWN_ANSWERS) {
    assertEquals(threefry([high, low], x0, x1), answer as [number, number]);
  }
});

test("threefry and fold_key in WGSL give the known answers and fold()'s keys", async ({ gpu, scope }) => {
  const questions = KNOWN_ANSWERS.map((row) => row.slice(0, 4));
  for (const label of ["dropout", "", "ü", 3]) {
    questions.push([labelHash(label), 0, ...STREAM]);
  }
  const shape = [questions.length, 4];
  const input = scope.upload(ndarray(shape, Uint32Array.from(questions.flat())));
  const { data } = await gpu.read(probe(scope, { questions: input }).answers);
  questions.forEach(([x0, x1, high, low], i) => {
    const expected = [...threefry([high, low], x0, x1), ...fold([high, low], x0)];
    assertEquals([...data.slice(4 * i, 4 * i + 4)], expected);
    if (i < KNOWN_ANSWERS.length) {
      assertEquals([...data.slice(4 * i, 4 * i + 2)], KNOWN_ANSWERS[i].slice(4));
    }
  });
});

Deno.test("fold() gives another key for each label and parent, and the same for the same", () => {
  const keys = new Set<string>();
  const labels = ["", "a", "b", "ab", "ba", "dropout", "conv1/weight", 0, 1, 2, 1000];
  for (const parent of [key(0), key(1), key(2 ** 32), key(Number.MAX_SAFE_INTEGER)]) {
    for (const label of labels) keys.add(fold(parent, label).join());
  }
  assertEquals(keys.size, 4 * labels.length);
  assertEquals(fold(key(7), "dropout"), fold(key(7), "dropout"));
  assertNotEquals(fold(fold(key(7), "a"), "b"), fold(fold(key(7), "b"), "a"));
  // FNV-1a of "a" and "foobar", from the authors' test vectors.
  assertEquals([labelHash("a"), labelHash("foobar")], [0xE40C292C, 0xBF9CF968]);
});

Deno.test("key() refuses what is not a seed", () => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    refuses(() => key(seed), "expected a whole number from 0 on");
  }
});

testCheck("bits, uniforms, coins and normals agree in WGSL and TypeScript", checkRandom);
testCheck("permutations are the same in WGSL and TypeScript", checkPermutations);

Deno.test("permutations hold each index once", () => {
  for (const n of [1, 2, 3, 4, 5, 16, 17, 64, 65, 1000]) {
    const sorted = permutationRef(n, STREAM).data.toSorted();
    assertEquals(sorted, Uint32Array.from({ length: n }, (_, i) => i), `n = ${n}`);
  }
});

/** Pearson's statistic over equally likely cells, in standard deviations from its mean. */
function chiSquareDeviation(counts: readonly number[], freedom = counts.length - 1): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

Deno.test("uniforms fill 256 cells evenly, alone and in pairs", () => {
  const { data } = uniformRef([2 ** 16], STREAM);
  const alone = new Array(256).fill(0);
  const pairs = new Array(256).fill(0);
  data.forEach((x) => alone[Math.floor(256 * x)]++);
  for (let i = 0; i < data.length; i++) {
    pairs[16 * Math.floor(16 * data[i]) + Math.floor(16 * data[(i + 1) % data.length])]++;
  }
  for (const counts of [alone, pairs]) assert(Math.abs(chiSquareDeviation(counts)) < 4);
});

Deno.test("each of the 32 bits is set half of the time", () => {
  const { data } = bitsRef([2 ** 14], STREAM);
  for (let bit = 0; bit < 32; bit++) {
    const set = data.reduce((sum, word) => sum + ((word >>> bit) & 1), 0);
    assert(Math.abs(set - 2 ** 13) < 4.5 * Math.sqrt(2 ** 12), `bit ${bit}: ${set}`);
  }
});

Deno.test("normals have the moments of a standard normal", () => {
  const n = 2 ** 16;
  const { data } = normalRef([n], STREAM);
  const moment = (power: number) => data.reduce((sum, x) => sum + x ** power, 0) / n;
  // Standard errors: sqrt(variance of x^p / n), with E x^2p = 1, 3, 15, 105.
  const error = (variance: number) => 4 * Math.sqrt(variance / n);
  assert(Math.abs(moment(1)) < error(1));
  assert(Math.abs(moment(2) - 1) < error(2));
  assert(Math.abs(moment(3)) < error(15));
  assert(Math.abs(moment(4) - 3) < error(96));
  const pairs = data.reduce((sum, x, i) => sum + (i % 2 ? x * data[i - 1] : 0), 0) / (n / 2);
  assert(Math.abs(pairs) < 4 / Math.sqrt(n / 2), "the two of a pair are uncorrelated");
});

/** How often each index lands in each place, over many permutations. */
function placeCounts(n: number, draws: number): number[] {
  const counts = new Array(n * n).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    permutation(fold(STREAM, draw), n).forEach((value, i) => counts[n * i + value]++);
  }
  return counts;
}

Deno.test("permutations put each index in each place equally often", () => {
  assertEquals(placeCounts(1, 3), [3]);
  for (const [n, draws] of [[2, 4000], [3, 4000], [5, 4000], [10, 2000], [64, 1000]]) {
    const deviation = chiSquareDeviation(placeCounts(n, draws), (n - 1) ** 2);
    assert(Math.abs(deviation) < 4, `n = ${n}: ${deviation}`);
  }
});

Deno.test("neighbours in a permutation of 1000 are in either order equally often", () => {
  let rising = 0;
  let fixed = 0;
  for (let draw = 0; draw < 40; draw++) {
    const values = permutation(fold(STREAM, draw), 1000);
    values.forEach((value, i) => {
      if (i > 0 && value > values[i - 1]) rising++;
      if (value === i) fixed++;
    });
  }
  const pairs = 40 * 999;
  assert(Math.abs(rising - pairs / 2) < 4 * Math.sqrt(pairs / 12), `${rising} of ${pairs}`);
  assert(Math.abs(fixed - 40) < 4 * Math.sqrt(40), `${fixed} fixed points, 40 expected`);
});

Deno.test("streams of neighbouring keys have nothing in common", () => {
  let equalBits = 0;
  for (let i = 0; i < 4096; i++) {
    let same = ~(bits(key(1), i) ^ bits(key(2), i)) >>> 0;
    for (; same; same &= same - 1) equalBits++;
  }
  assert(Math.abs(equalBits - 2 ** 16) < 4 * Math.sqrt(2 ** 15), `${equalBits} of ${2 ** 17}`);
});

test("random kernels refuse the wrong element type and probability", ({ scope }) => {
  const stream: Key = STREAM;
  const [values, words] = [scope.empty([4]), scope.empty([2, 2], { dtype: "u32" })];
  assertThrows(() => fillBits(scope, values, stream), TypeError, "expected u32");
  assertThrows(() => fillNormal(scope, words, stream), TypeError, "expected f32");
  refuses(() => fillPermutation(scope, words, stream), "expected [u32: n]");
  refuses(() => fillBernoulli(scope, words, stream, 1.5), "expected a number from 0 to 1");
});
