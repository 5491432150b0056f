import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { key, normal } from "../../../gpu/random.ts";
import { fitLinearSvm, svmScores } from "../../../tasks/data/linear_svm.ts";

const X = {
  values: Float64Array.from(
    Array.from({ length: 12 }, (_, i) => [i * 0.37 % 1.9 - 0.7, (i * i * 0.21) % 1.3 - 0.5]).flat(),
  ),
  rows: 12,
  columns: 2,
};
const Y = [0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0];

Deno.test("fitLinearSvm() finds scikit-learn's hyperplane", () => {
  // scikit-learn 1.2.1: LinearSVC(C=C, tol=1e-12, dual=False, max_iter=100000).fit(x, y)
  const golden = [
    { cost: 0.3, weights: [0.5603169418216875, -0.003924586829744184], at0: -0.1114707913069925 },
    { cost: 20, weights: [0.8025760335939869, 0.09990672681300161], at0: -0.18286834824662992 },
  ];
  for (const { cost, weights, at0 } of golden) {
    const svm = fitLinearSvm(X, Y, { cost, tolerance: 1e-11 });
    weights.forEach((weight, i) => assertAlmostEquals(svm.weights[i], weight, 1e-9));
    assertAlmostEquals(svm.intercept, at0, 1e-9);
  }
  const scores = svmScores(fitLinearSvm(X, Y, { cost: 0.3, tolerance: 1e-11 }), X);
  assertAlmostEquals(scores[0], -0.5017303571673015, 1e-9); // decision_function(x)[0]
});

Deno.test("fitLinearSvm() separates with more features than rows", () => {
  const [rows, columns] = [20, 50];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => normal(key(1), i));
  const labels = Array.from({ length: rows }, (_, r) => r % 3 === 0);
  const x = { values, rows, columns };
  const scores = svmScores(fitLinearSvm(x, labels, { cost: 10 }), x);
  assert(scores.every((score, r) => (score > 0) === labels[r]));
});

Deno.test("fitLinearSvm() refuses what cannot be fitted", () => {
  const fit = (labels: number[], cost = 1, x = X) => () => fitLinearSvm(x, labels, { cost });
  assertThrows(fit([0, 1]), RangeError, "expected 12 labels, got 2");
  assertThrows(fit(Y, 0), RangeError, "a cost > 0, got 0");
  assertThrows(fit(Y.map(() => 1)), RangeError, "both classes");
  assertThrows(fit(Y, 1, { ...X, rows: 11 }), RangeError, "11 x 2 numbers, got 24");
  const svm = { weights: Float64Array.of(1), intercept: 0 };
  assertThrows(() => svmScores(svm, X), RangeError, "expected 1 features, got 2");
  assertEquals([...svmScores(svm, { values: Float64Array.of(2), rows: 1, columns: 1 })], [2]);
});
