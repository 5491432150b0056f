import { cholesky } from "../../recsys/cholesky.ts";
import { choleskyRef } from "../../recsys/cholesky_ref.ts";
import { wmfObjectiveGradRef } from "../../recsys/wmf_objective_ref.ts";
import { drawnPlays, weighted } from "../../tasks/doctor/drawn_plays.ts";
import { checkCholesky } from "../../tasks/doctor/wmf_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

const { byUser, users, items } = drawnPlays(37, 29);

Deno.test("choleskyRef() finds where the gradient of the objective is zero", () => {
  const fixed = randomArray([items, 5], 1);
  const solved = choleskyRef(weighted(byUser), fixed, 0.7);
  const gradient = wmfObjectiveGradRef(weighted(byUser), solved, fixed, 0.7);
  assertClose(gradient, { shape: solved.shape, data: new Float64Array(users * 5) }, {
    absolute: 1e-10,
  });
});

testCheck("cholesky() agrees with float64 for whole and padded vec4", checkCholesky);

test("cholesky() refuses more factors than workgroup memory holds", ({ scope }) => {
  const any = scope.empty([1, 1]);
  const systems = { fixed: any, gram: any, entries: any, rows: any, solution: any };
  refuses(
    () => cholesky(scope, systems, { regularisation: 1, factors: 65 }),
    "factors is 65, expected at most 64",
  );
});
