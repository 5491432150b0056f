import { assert, assertEquals } from "@std/assert";
import { conjugateGradientRef } from "../../recsys/conjugate_gradient_ref.ts";
import { Bench } from "../../tasks/doctor/bench.ts";
import { drawnPlays, weighted } from "../../tasks/doctor/drawn_plays.ts";
import { checkConjugateGradient, itemRanges, solveUsers } from "../../tasks/doctor/wmf_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";

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

testCheck("rows taken whole and in parts agree with float64", checkConjugateGradient);

test("long rows cut into parts give what uncut ones give", async ({ gpu }) => {
  using bench = new Bench(gpu, gpu.profile);
  const [whole, cut] = await gpu.readAll(
    [4096, 3].map((longestPart) => solveUsers(bench, { k: 40, steps: 2, longestPart }).solution),
  );
  assertClose(cut, whole, { relative: 1e-4, absolute: 1e-5 });
});

Deno.test("factors beyond a binding come in several", () => {
  for (const k of [4, 28, 36, 64, 68, 132]) {
    for (const mostBytes of [4 * 16 * k, 12 * k]) assert(itemRanges(k, mostBytes).length > 1);
    assertEquals(itemRanges(k, 1e9).length, 1);
  }
});
