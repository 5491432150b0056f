import { assertThrows } from "@std/assert";
import { matmulTransposedA } from "../../gpu/matmul.ts";
import { uploadTables } from "../../recsys/als_step.ts";
import { cholesky } from "../../recsys/cholesky.ts";
import { choleskyRef } from "../../recsys/cholesky_ref.ts";
import { surplus } from "../../recsys/confidence.ts";
import { wmfObjectiveGradRef } from "../../recsys/wmf_objective_ref.ts";
import { drawnPlays, weighted } from "../../tasks/doctor/drawn_plays.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

const { byUser, users, items } = drawnPlays(37, 29);

Deno.test("choleskyRef() finds where the gradient of the objective is zero", () => {
  const fixed = randomArray([items, 5], 1);
  const solved = choleskyRef(weighted(byUser), fixed, 0.7);
  const gradient = wmfObjectiveGradRef(weighted(byUser), solved, fixed, 0.7);
  assertClose(gradient, { shape: solved.shape, data: new Float64Array(users * 5) }, {
    absolute: 1e-10,
  });
});

Deno.test("cholesky() agrees with float64 for whole and padded vec4", async () => {
  const gpu = await sharedGpu();
  for (const factors of [1, 3, 4, 7, 40, 61, 64]) {
    using scope = gpu.scope();
    const k = 4 * Math.ceil(factors / 4);
    const host = randomArray([items, factors], factors);
    const padded = new Float64Array(items * k);
    for (let i = 0; i < host.data.length; i++) {
      padded[Math.floor(i / factors) * k + i % factors] = host.data[i];
    }
    const fixed = scope.upload({ shape: [items, k], data: padded });
    const gram = matmulTransposedA(scope, fixed, fixed);
    const [{ entries, whole }] = uploadTables(scope, byUser, surplus(byUser.counts), {
      ranges: [{ first: 0, end: users }],
      columnRanges: [{ first: 0, end: items }],
      factors,
      solver: "cholesky",
      longestPart: 1,
      mostBytes: 1e9,
      steps: 3,
      mostIterations: 1e9,
    });
    const solution = scope.empty([users, k]);
    const systems = { fixed, gram, entries, rows: whole!, solution };
    cholesky(scope, systems, { regularisation: 1, factors });
    const { data } = await gpu.read(solution);
    const actual = data.filter((_, i) => i % k < factors) as Float32Array;
    const expected = choleskyRef(weighted(byUser), host, 1);
    const close = { relative: 1e-4, absolute: 1e-4, name: `${factors} factors` };
    assertClose({ shape: [users, factors], data: actual }, expected, close);
    const rest = data.filter((_, i) => i % k >= factors) as Float32Array;
    if (rest.length > 0) {
      const zeros = { shape: [rest.length], data: new Float32Array(rest.length) };
      assertClose({ shape: [rest.length], data: rest }, zeros, { absolute: 0 });
    }
  }
});

Deno.test("cholesky() refuses more factors than workgroup memory holds", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const any = scope.empty([1, 1]);
  const systems = { fixed: any, gram: any, entries: any, rows: any, solution: any };
  assertThrows(
    () => cholesky(scope, systems, { regularisation: 1, factors: 65 }),
    RangeError,
    "got 65 factors, expected at most 64",
  );
});
