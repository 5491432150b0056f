import { matmulTransposedARef } from "../../gpu/matmul_ref.ts";
import { assert } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { uploadObjectiveTables, uploadTables } from "../../recsys/als_sweep.ts";
import { surplus } from "../../recsys/confidence.ts";
import { rowRanges } from "../../recsys/row_plan.ts";
import { entrySums, objectiveOf } from "../../recsys/wmf_objective.ts";
import {
  wmfObjectiveDenseRef,
  wmfObjectiveGradRef,
  wmfObjectiveRef,
} from "../../recsys/wmf_objective_ref.ts";
import { drawnPlays, weighted } from "../../tasks/doctor/drawn_plays.ts";
import { checkObjective } from "../../tasks/doctor/wmf_checks.ts";
import { checkGradient, randomArray, test, testCheck } from "../check.ts";

const { byUser, users, items } = drawnPlays(19, 31);
const rows = weighted(byUser);

Deno.test("wmfObjectiveRef() over the entries equals the sum over all pairs", () => {
  const [x, y] = [randomArray([users, 3], 1), randomArray([items, 3], 2)];
  const [sparse, dense] = [
    wmfObjectiveRef(rows, x, y, 0.3),
    wmfObjectiveDenseRef(rows, x, y, 0.3),
  ];
  assert(Math.abs(sparse / dense - 1) < 1e-12, `${sparse} against ${dense}`);
});

Deno.test("wmfObjectiveGradRef() agrees with finite differences", () => {
  const [x, y] = [randomArray([users, 3], 1), randomArray([items, 3], 2)];
  const gradient = wmfObjectiveGradRef(rows, x, y, 0.3);
  checkGradient(() => wmfObjectiveDenseRef(rows, x, y, 0.3), x, gradient, { relative: 1e-5 });
});

testCheck("entrySums() agrees with float64 in parts of 1 to 5 entries", checkObjective);

test("entrySums() and objectiveOf() agree with float64, in one binding and in several", async ({ gpu }) => {
  for (const k of [4, 40, 68]) {
    for (const mostBytes of [1e9, 20 * k]) {
      using scope = gpu.scope();
      const [x, y] = [randomArray([users, k], 1, 0.2), randomArray([items, k], 2, 0.2)];
      const columnRanges = rowRanges(
        { ...byUser, starts: new Uint32Array(items + 1) },
        4 * k,
        mostBytes,
      );
      const options = {
        ranges: [{ first: 0, end: users }],
        columnRanges,
        factors: k,
        solver: "conjugateGradient",
        longestPart: 4096,
        mostBytes: 1e9,
        steps: 3,
        mostIterations: 1e9,
      } as const;
      const [{ entries }] = uploadTables(scope, byUser, surplus(byUser.counts), options);
      const [groups] = uploadObjectiveTables(scope, byUser, options);
      const fixed = columnRanges.map(({ first, end }) => ({
        tensor: scope.upload(ndarray([end - first, k], y.data.slice(first * k, end * k))),
        base: first,
      }));
      const solved = scope.upload(x);
      const sums = groups.map((group) => entrySums(scope, { ...group, solved, fixed, entries }));
      const read = await gpu.readAll(sums);
      const objective = objectiveOf({
        entrySums: read.map(({ data }) => data),
        grams: [matmulTransposedARef(x, x), matmulTransposedARef(y, y)],
        regularisation: 1,
      });
      const expected = wmfObjectiveDenseRef(rows, x, y, 1);
      assert(Math.abs(objective / expected - 1) < 1e-6, `k = ${k}: ${objective} for ${expected}`);
    }
  }
});
