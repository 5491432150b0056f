import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  applyRidge,
  choleskyInPlace,
  choleskySolveInPlace,
  ridgeAnswers,
  RidgeProblem,
} from "../../../nn/classifiers/ridge.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { test } from "../../check.ts";
import { refuses, rejects } from "../../refusals.ts";

function assertNear(actual: Float64Array, expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-12));
}

/** x[i][j] = ((7 i i + 3 i j + 11 j) mod 23) / 23, y[i][c] = ((5 i + i i c + 2 c) mod 17) / 17 */
function sample(n: number, d: number, k: number) {
  const fill = (columns: number, f: (i: number, j: number) => number) =>
    ndarray(
      [n, columns],
      Float64Array.from({ length: n * columns }, (_, at) => {
        return f(Math.floor(at / columns), at % columns);
      }),
    );
  return {
    x: fill(d, (i, j) => ((7 * i * i + 3 * i * j + 11 * j) % 23) / 23),
    y: fill(k, (i, c) => ((5 * i + i * i * c + 2 * c) % 17) / 17),
  };
}

// Golden: scikit-learn 1.2.1, numpy 1.24.2, on the sample above:
//   m = Ridge(alpha=a, solver="cholesky").fit(x, y); m.coef_.T.ravel(), m.intercept_
Deno.test("RidgeProblem agrees with scikit-learn where there are more rows than features", () => {
  const { x, y } = sample(7, 3, 2);
  const problem = new RidgeProblem(x, y);
  assertAlmostEquals(problem.meanDiagonal, 0.48663246016743184, 1e-14);
  const { weights, intercept } = problem.solve(0.5);
  assertNear(weights.data, [
    0.2310966718385654,
    -0.18580689118107838,
    -0.07708200786357952,
    0.3561793956230946,
    -0.33660701567229057,
    -0.22462692928667158,
  ]);
  assertNear(intercept, [0.6186000810150559, 0.34714108925951553]);
});

Deno.test("RidgeProblem agrees with scikit-learn where there are more features than rows", () => {
  const { x, y } = sample(4, 6, 2);
  const problem = new RidgeProblem(x, y);
  assertAlmostEquals(problem.meanDiagonal, 0.23787019533711398, 1e-14);
  const { weights, intercept } = problem.solve(0.1);
  assertNear(weights.data, [
    0.3955022146093057,
    0.08990060593658906,
    0.02032067947853542,
    0.31432858293563914,
    -0.1889264434445748,
    -0.14692232818312279,
    0.06682816584350201,
    -0.008863969775375935,
    -0.5422646861136425,
    -0.41631337489181597,
    -0.05259875999919157,
    0.35362236563142097,
  ]);
  assertNear(intercept, [0.7041314719802906, 0.41337346784295326]);
});

Deno.test("RidgeProblem finds a linear teacher again", () => {
  const { x } = sample(20, 3, 1);
  const teacher = {
    weights: ndarray([3, 1], Float64Array.of(2, -1, 0.5)),
    intercept: Float64Array.of(3),
  };
  const y = ridgeAnswers(teacher, x);
  const { weights, intercept } = new RidgeProblem(x, y).solve(1e-10);
  weights.data.forEach((w, i) => assertAlmostEquals(w, teacher.weights.data[i], 1e-8));
  assertAlmostEquals(intercept[0], 3, 1e-8);
});

Deno.test("an endless penalty leaves the mean of the answers", () => {
  const { x, y } = sample(7, 3, 2);
  const prediction = ridgeAnswers(new RidgeProblem(x, y).solve(1e14), x);
  const mean = [0, 1].map((c) => y.data.filter((_, i) => i % 2 === c).reduce((a, b) => a + b) / 7);
  prediction.data.forEach((value, i) => assertAlmostEquals(value, mean[i % 2], 1e-12));
});

Deno.test("RidgeProblem.solveRelative() takes penalties in units of the mean diagonal, and features without spread", () => {
  const { x, y } = sample(9, 3, 2);
  const problem = new RidgeProblem(x, y);
  assertEquals(problem.solveRelative(0.25), problem.solve(0.25 * problem.meanDiagonal));
  const equal = ndarray([9, 3], new Float64Array(27).fill(5));
  const { weights } = new RidgeProblem(equal, y).solveRelative(1e-3);
  assertEquals(weights.data, new Float64Array(6));
});

Deno.test("Cholesky solves, and refuses a matrix that is not positive definite", () => {
  const a = Float64Array.of(4, NaN, 2, 3); // the upper triangle is not read
  choleskyInPlace(a, 2);
  const b = Float64Array.of(8, 4, 7, 5);
  choleskySolveInPlace(a, 2, b, 2);
  assertNear(b, [1.25, 0.25, 1.5, 1.5]);
  refuses(() => choleskyInPlace(Float64Array.of(1, 0, 1, 1), 2), "pivot 1 of ");
});

test("RidgeProblem refuses shapes that do not agree", async ({ gpu }) => {
  const { x, y } = sample(7, 3, 2);
  refuses(() => new RidgeProblem(x, sample(6, 3, 2).y), "the number of targets is 6, expected 7");
  refuses(() => new RidgeProblem({ ...x, shape: [8, 3] }, y), "8 x 3");
  const model = new RidgeProblem(x, y).solve(1);
  const attempt = () => applyRidge(gpu, model, sample(2, 4, 1).x);
  assert(await rejects(attempt, "[2, 4], expected [n, 3]"));
});
