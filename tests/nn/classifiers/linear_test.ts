/**
 * Linear classifiers: the float64 definition against scikit-learn and finite differences, the device
 * against the definition.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { key, normal } from "../../../gpu/random.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { fitLinear, linearSums } from "../../../nn/classifiers/linear.ts";
import { applyLinear, linearScores } from "../../../nn/classifiers/linear_model.ts";
import {
  fitLinearRef,
  linearObjectiveRef,
  linearSumsRef,
} from "../../../nn/classifiers/linear_ref.ts";
import { paddedRows, paddedWidth, uploadShards } from "../../../nn/classifiers/linear_shards.ts";
import { checkLinear } from "../../../tasks/doctor/classifier_checks.ts";
import { assertClose, checkGradient, test, testCheck } from "../../check.ts";
import { refuses, rejects } from "../../refusals.ts";

const X = ndarray(
  [12, 2],
  Float64Array.from(
    Array.from({ length: 12 }, (_, i) => [i * 0.37 % 1.9 - 0.7, (i * i * 0.21) % 1.3 - 0.5]).flat(),
  ),
);
const Y = [0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0];
const LOSSES = ["squared-hinge", "logistic"] as const;

/**
 * scikit-learn 1.2.1 over numpy 1.24.2; x and y are the arrays above.
 *
 * Squared hinge: LinearSVC(C=C, tol=1e-12, dual=False, max_iter=1000000).fit(x, y), which dual=True
 * agrees with to 1e-12. Logistic: LogisticRegression(C=C, tol=1e-14, solver="newton-cg",
 * max_iter=10000).fit(x, y); with a penalised intercept solver="liblinear" in its place.
 */
const GOLDEN = [
  {
    options: { loss: "squared-hinge", cost: 0.3 },
    weights: [0.5603169418216875, -0.003924586829744184],
    at0: -0.1114707913069925,
    accuracy: 1e-9,
  },
  {
    options: { loss: "squared-hinge", cost: 20 },
    weights: [0.8025760335939869, 0.09990672681300161],
    at0: -0.18286834824662992,
    accuracy: 1e-9,
  },
  {
    options: { loss: "logistic", cost: 0.3 },
    weights: [0.38256471108257856, -0.040696267425363274],
    at0: -0.08596726864237063,
    accuracy: 1e-9,
  },
  {
    options: { loss: "logistic", cost: 20 },
    weights: [1.7586741532919279, 0.23073628458441633],
    at0: -0.40364473339801565,
    accuracy: 3e-8,
  },
  {
    options: { loss: "logistic", cost: 0.3, penaliseIntercept: true },
    weights: [0.37575999914499175, -0.041611061376682044],
    at0: -0.039709678788189574,
    accuracy: 1e-9,
  },
  {
    options: { loss: "logistic", cost: 20, penaliseIntercept: true },
    weights: [1.7515820788366696, 0.22460268955525037],
    at0: -0.39349253806433904,
    accuracy: 1e-9,
  },
] as const;

/** Standard normal features, and classes that some of them tell, with noise. */
function drawn(rows: number, columns: number, seed = 1): { x: NdArray; labels: boolean[] } {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => normal(key(seed), i));
  const labels = Array.from(
    { length: rows },
    (_, r) => values[r * columns] + 0.5 * normal(key(seed + 1), r) > 0 || r === 0,
  );
  labels[rows - 1] = false;
  return { x: ndarray([rows, columns], values), labels };
}

Deno.test("fitLinearRef() finds scikit-learn's hyperplanes", () => {
  for (const { options, weights, at0, accuracy } of GOLDEN) {
    const model = fitLinearRef(X, Y, { ...options, tolerance: 1e-11 });
    weights.forEach((weight, i) => assertAlmostEquals(model.weights[i], weight, accuracy));
    assertAlmostEquals(model.intercept, at0, accuracy);
    assertEquals(model.loss, options.loss);
  }
  const scores = linearScores(fitLinearRef(X, Y, { ...GOLDEN[0].options, tolerance: 1e-11 }), X);
  assertAlmostEquals(scores[0], -0.5017303571673015, 1e-9); // decision_function(x)[0]
});

Deno.test("linearObjectiveRef() has the gradient that differences of its value give", () => {
  for (const loss of LOSSES) {
    for (const penaliseIntercept of [true, false]) {
      const objective = linearObjectiveRef(X, Y, { loss, cost: 0.7, penaliseIntercept });
      const w = ndarray([3], Float64Array.of(0.7, -0.4, 0.9));
      const { gradient } = objective(w.data);
      checkGradient(() => objective(w.data).value, w, ndarray([3], gradient), { name: loss });
    }
  }
});

Deno.test("the objective at zero is the loss of a margin of 0 in every row", () => {
  const value = (loss: typeof LOSSES[number]) =>
    linearObjectiveRef(X, Y, { loss, cost: 2 })(new Float64Array(3)).value;
  assertAlmostEquals(value("squared-hinge"), 2 * 12);
  assertAlmostEquals(value("logistic"), 2 * 12 * Math.LN2);
});

testCheck("linearSums() agrees with float64, in one shard or several", checkLinear);

test("uploadShards() cuts rows by their bytes and keeps them in order", async ({ gpu }) => {
  for (const [rows, columns] of [[2, 1], [67, 255], [1061, 13]]) {
    const { x, labels } = drawn(rows, columns);
    const signs = Float64Array.from(labels, (label) => label ? 1 : -1);
    const width = paddedWidth(columns);
    for (const most of [1100, 29]) {
      const shards = await uploadShards(gpu, x, signs, { mostBytes: 4 * width * most });
      assertEquals(shards.length, Math.ceil(rows / most));
      const read = await gpu.readAll(shards.flatMap((shard) => [shard.rows, shard.signs]));
      const both = [0, 1].map((at) => read.flatMap(({ data }, i) => i % 2 === at ? [...data] : []));
      assertEquals(both, [[...paddedRows(x, 0, rows)], [...signs]]);
      gpu.release(...shards.flatMap(({ rows, signs }) => [rows, signs]));
    }
  }
});

test("fitLinear() finds scikit-learn's hyperplanes on device and host", async ({ gpu }) => {
  const places = ["device", "host"] as const;
  const cases = places.flatMap((on) => GOLDEN.map((golden) => ({ ...golden, on })));
  for (const { options, weights, at0, on } of cases) {
    const model = await fitLinear(gpu, X, { labels: Y, ...options, tolerance: 1e-6, on });
    weights.forEach((weight, i) => assertAlmostEquals(model.weights[i], weight, 2e-6));
    assertAlmostEquals(model.intercept, at0, 2e-6);
    assertEquals(model.fit.ended, "tolerance");
    assert(model.fit.gradientRatio <= 1e-6);
  }
});

test("fitLinear() of features a thousand times as large finds scikit-learn's hyperplane, and of any size one", async ({ gpu }) => {
  // LogisticRegression(C=1, tol=1e-12, max_iter=100000, solver="newton-cg").fit(1000 * x, y); of larger
  // features scikit-learn 1.2.1 ends before the intercept, which weighs little then, is found.
  const [first, second] = [1.91438664, 0.34447011];
  for (const on of ["device", "host"] as const) {
    for (const scale of [1e3, 1e12, 1e30]) {
      const x = ndarray(X.shape, X.data.map((value) => scale * value));
      const options = { labels: Y, loss: "logistic", cost: 1, tolerance: 1e-5, on } as const;
      const { weights, intercept, fit } = await fitLinear(gpu, x, options);
      assertEquals(fit.ended, "tolerance");
      if (scale > 1e3) {
        assert(scale * weights[0] > 1);
        continue;
      }
      assertAlmostEquals(scale * weights[0], first, 1e-3);
      assertAlmostEquals(scale * weights[1], second, 1e-3);
      assertAlmostEquals(intercept, -0.44603246, 1e-3);
    }
  }
  const vast = ndarray(X.shape, X.data.map((value) => 3e38 * Math.sign(value)));
  await rejects(
    () => fitLinear(gpu, vast, { labels: Y, loss: "logistic", cost: 1, on: "device" }),
    "Cannot fit a linear classifier: the length of the gradient at the start is",
  );
});

test("fitLinear() agrees with the reference, the same bits each time", async ({ gpu }) => {
  const { x, labels } = drawn(300, 40);
  for (const loss of LOSSES) {
    const options = { loss, cost: 0.1, tolerance: 1e-6, on: "device" } as const;
    const model = await fitLinear(gpu, x, { labels, ...options });
    assertEquals(await fitLinear(gpu, x, { labels, ...options }), model);
    const expected = linearScores(fitLinearRef(x, labels, { ...options, tolerance: 1e-10 }), x);
    const array = (data: Float64Array) => ndarray([300], data);
    const scores = array(linearScores(model, x));
    assertClose(scores, array(expected), { relative: 0, absolute: 1e-5, name: loss });
  }
});

test("fitLinear() stops where f32 hides the descent, close to the minimum", async ({ gpu }) => {
  const { x, labels } = drawn(300, 40);
  const options = { loss: "squared-hinge", cost: 10, tolerance: 1e-14, on: "device" } as const;
  const { fit, weights } = await fitLinear(gpu, x, { labels, ...options });
  assertEquals(fit.ended, "precision");
  assert(fit.gradientRatio < 1e-6, `${fit.gradientRatio}`);
  assert(fit.evaluations < 300, `${fit.evaluations}`);
  const expected = fitLinearRef(x, labels, options);
  assertClose(ndarray([40], weights), ndarray([40], expected.weights), { absolute: 1e-5 });
});

test("a fit separates with more features than rows", async ({ gpu }) => {
  const values = Float32Array.from({ length: 20 * 50 }, (_, i) => normal(key(1), i));
  const labels = Array.from({ length: 20 }, (_, r) => r % 3 === 0);
  const x = ndarray([20, 50], values);
  for (const loss of LOSSES) {
    const models = [
      fitLinearRef(x, labels, { loss, cost: 10 }),
      await fitLinear(gpu, x, { labels, loss, cost: 10, on: "device" }),
      await fitLinear(gpu, x, { labels, loss, cost: 10 }), // small: on the host
    ];
    for (const model of models) {
      assert(linearScores(model, x).every((score, r) => (score > 0) === labels[r]));
    }
  }
});

test("large margins overflow neither loss", async ({ gpu }) => {
  const x = ndarray([4, 1], Float32Array.of(-1e4, -50, 3, 1e4));
  const signs = Float64Array.of(1, -1, 1, -1);
  for (const loss of LOSSES) {
    const shards = await uploadShards(gpu, x, signs);
    using scope = gpu.scope();
    const w = Float64Array.of(3, 1, 0, 0);
    const sums = linearSums(scope, shards, scope.upload(ndarray([4], w)), loss);
    assertClose(await gpu.read(sums), linearSumsRef(x, signs, w, loss), { relative: 1e-6 });
    scope.release(...shards.flatMap(({ rows, signs }) => [rows, signs]));
  }
});

test("fitLinear() gives its memory back, also after an error", async ({ gpu }) => {
  const before = gpu.memory().liveBytes;
  await fitLinear(gpu, X, { labels: Y, loss: "logistic", cost: 1, on: "device" });
  assertEquals(gpu.memory().liveBytes, before);
  const bad = { ...X, data: X.data.with(5, NaN) };
  for (const on of ["device", "host"] as const) {
    await rejects(
      () => fitLinear(gpu, bad, { labels: Y, loss: "logistic", cost: 1, on }),
      "row 2, column 1 is NaN, expected a finite number of float32",
    );
  }
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => fitLinear(gpu, X, { labels: Y, loss: "logistic", cost: 1, signal, on: "device" }),
    Error,
    "enough",
  );
  assertEquals(gpu.memory().liveBytes, before);
});

test("linear classifiers refuse what cannot be fitted or scored", async ({ gpu }) => {
  const fit = (labels: number[], cost = 1, x = X) => () =>
    fitLinearRef(x, labels, { loss: "logistic", cost });
  refuses(fit([0, 1]), "the number of labels is 2, expected 12");
  refuses(fit(Y, 0), "cost is 0, expected a number above 0");
  refuses(fit(Y.map(() => 1)), "both classes");
  refuses(fit(Y, 1, { ...X, shape: [11, 2] }), "rows is 24, expected 11 x 2");
  refuses(
    () => fitLinearRef(X, Y, { loss: "hinge" as "logistic", cost: 1 }),
    'loss is "hinge", expected squared-hinge or logistic',
  );
  refuses(
    () => fitLinearRef(X, Y, { loss: "logistic", cost: 1, tolerance: 0 }),
    "tolerance is 0, expected a number above 0",
  );
  const model = { loss: "logistic", weights: Float64Array.of(1), intercept: 0 } as const;
  await rejects(() => applyLinear(gpu, model, X), "[12, 2], expected [n, 1]");
  assertEquals([...linearScores(model, ndarray([1, 1], Float64Array.of(2)))], [2]);
});
