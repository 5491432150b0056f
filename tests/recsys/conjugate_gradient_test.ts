import { assert, assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { uploadTables } from "../../recsys/als_step.ts";
import { surplus } from "../../recsys/confidence.ts";
import { conjugateGradient } from "../../recsys/conjugate_gradient.ts";
import { conjugateGradientRef } from "../../recsys/conjugate_gradient_ref.ts";
import { rowRanges } from "../../recsys/row_plan.ts";
import { drawnPlays, weighted } from "../../tasks/doctor/drawn_plays.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

const { byUser, users, items } = drawnPlays(71, 53);

Deno.test("conjugateGradientRef() with as many steps as factors solves every system", () => {
  const k = 4;
  const fixed = randomArray([items, k], 1);
  const rows = weighted(byUser);
  const { data } = conjugateGradientRef(rows, fixed, randomArray([users, k], 2), 2 * k);
  for (let user = 0; user < users; user++) {
    const z = data.subarray(user * k, (user + 1) * k);
    const rest = z.slice(); // (I + sum s y yᵀ) z - sum (1 + s) y
    for (let e = rows.starts[user]; e < rows.starts[user + 1]; e++) {
      const y = fixed.data.subarray(rows.indices[e] * k, (rows.indices[e] + 1) * k);
      const product = y.reduce((sum, value, a) => sum + value * z[a], 0);
      y.forEach((value, a) => rest[a] += (rows.weights[e] * (product - 1) - 1) * value);
    }
    assert(rest.every((value) => Math.abs(value) < 1e-9), `user ${user}: ${rest}`);
  }
});

/** Runs on the device what the reference is asked for; rows cut as told. */
async function solve(
  k: number,
  steps: number,
  { longestPart = 4096, mostBytes = 1e9 } = {},
) {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const [fixed, start] = [randomArray([items, k], k, 0.3), randomArray([users, k], k + 1)];
  const none = { ...byUser, starts: new Uint32Array(items + 1) };
  const columnRanges = rowRanges(none, 4 * k, mostBytes);
  const [table] = uploadTables(scope, byUser, surplus(byUser.counts), {
    ranges: [{ first: 0, end: users }],
    columnRanges,
    factors: k,
    solver: "conjugateGradient",
    longestPart,
    mostBytes: 1e9,
    steps: 3,
    mostIterations: 1e9,
  });
  const shards = columnRanges.map(({ first, end }) => ({
    tensor: scope.upload(ndarray([end - first, k], fixed.data.slice(first * k, end * k))),
    base: first,
  }));
  const solution = scope.upload(start);
  conjugateGradient(scope, { ...table, fixed: shards, solution }, steps);
  const expected = conjugateGradientRef(weighted(byUser), fixed, start, steps);
  return { actual: await gpu.read(solution), expected, shards: shards.length };
}

Deno.test("rows taken whole agree with float64 for every number of vec4", async () => {
  for (const k of [4, 8, 12, 16, 20, 32, 36, 40, 48, 52, 64]) {
    for (const steps of [1, 3]) {
      const { actual, expected } = await solve(k, steps);
      const close = { relative: 1e-4, absolute: 1e-4, name: `k = ${k}, ${steps} steps` };
      assertClose(actual, expected, close);
    }
  }
});

Deno.test("rows cut into parts agree with float64, in one binding and in several", async () => {
  for (const k of [4, 28, 36, 64, 68, 132]) {
    for (const [longestPart, mostBytes] of [[1, 1e9], [5, 1e9], [7, 4 * 16 * k], [4096, 12 * k]]) {
      const { actual, expected, shards } = await solve(k, 2, { longestPart, mostBytes });
      const close = { relative: 1e-4, absolute: 1e-4, name: `k = ${k}, parts of ${longestPart}` };
      assertClose(actual, expected, close);
      assertEquals(shards > 1, mostBytes < 1e9);
    }
  }
});

Deno.test("long rows cut into parts give what uncut ones give", async () => {
  const [whole, cut] = [await solve(40, 2), await solve(40, 2, { longestPart: 3 })];
  assertClose(cut.actual, whole.actual, { relative: 1e-4, absolute: 1e-5 });
  assertEquals((await solve(40, 2, { longestPart: 3 })).actual, cut.actual); // and the same bits
});

Deno.test("a row without entries becomes zero, whole or in parts", async () => {
  for (const longestPart of [4096, 2]) {
    for (const k of [8, 72]) {
      const { actual } = await solve(k, 1, { longestPart });
      assertEquals([...actual.data.subarray(2 * k, 3 * k)], Array(k).fill(0));
    }
  }
});
