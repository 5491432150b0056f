/**
 * What everything that is fitted says to rows at the edge of what there is: a finite answer, or one
 * sentence about these rows.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, normal } from "../gpu/random.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { CASES, D, IN_ORDER, N, numbersOf, OTHERS, ROWS } from "./fitted_things.ts";
import { rejects } from "./refusals.ts";

/** Other rows than those of the table. */
const drawn = (i: number) => normal(key(4), i);

function rowsOf(n: number, d: number, value: (i: number) => number): NdArray {
  return { shape: [n, d], data: Float32Array.from({ length: n * d }, (_, i) => value(i)) };
}

const EDGES = {
  "equal rows": rowsOf(N, D, (i) => 0.1 + i % D),
  zeros: rowsOf(N, D, () => 0),
  "half equal": rowsOf(N, D, (i) => i < N * D / 2 ? 1 : drawn(i)),
  "constant column": rowsOf(N, D, (i) => i % D === 1 ? 0.7 : drawn(i)),
  "one column": rowsOf(N, 1, drawn),
  "equal column": rowsOf(N, 1, () => 3),
  "one row": rowsOf(1, D, drawn),
  "two rows": rowsOf(2, D, drawn),
  infinity: rowsOf(N, D, (i) => i === 14 ? -Infinity : drawn(i)),
  "1e30": rowsOf(N, D, (i) => 1e30 * drawn(i)),
  "one 3e38": rowsOf(N, D, (i) => i === 14 ? 3e38 : drawn(i)),
  "1e-30": rowsOf(N, D, (i) => 1e-30 * drawn(i)),
  subnormal: rowsOf(N, D, (i) => 1e-42 * drawn(i)),
};
type Edge = keyof typeof EDGES;
const NAMES: readonly Edge[] = Object.keys(EDGES).filter((name): name is Edge => name in EDGES);

/** What is not fitted, and what is said; everything else is, and answers by finite numbers. */
const REFUSED: Readonly<Record<string, Partial<Record<Edge, string>>>> = {
  whitening: {
    "1e30": "the covariance of columns 0 and 0, in float32, is Infinity",
    "one 3e38": "in float32, is Infinity",
  },
  "principal components": {
    "equal rows": "the variance of the rows, in float32, is 0",
    zeros: "the variance of the rows, in float32, is 0",
    "equal column": "the variance of the rows, in float32, is 0",
    "one row": "the variance of the rows, in float32, is 0",
    "1e30": "the covariance of columns 0 and 0, in float32, is Infinity",
    "one 3e38": "in float32, is Infinity",
    "1e-30": "the variance of the rows, in float32, is 0",
    subnormal: "the variance of the rows, in float32, is 0",
  },
  "spherical K-means": {
    "1e30": "the objective of pass 0, in float32, is ",
    "one 3e38": "the objective of pass 0, in float32, is ",
  },
  codebook: {
    "one row": "k is 3, expected a whole number from 1 to 1",
    "two rows": "k is 3, expected a whole number from 1 to 2",
  },
  "linear classifier": { "one row": "expected both classes among 1" },
  "random forest": { "one row": "expected both classes among 1" },
  "gradient boosting": { "one row": "expected both classes among 1" },
  metric: {
    "equal rows": "the mean squared distance of two songs is 0",
    zeros: "the mean squared distance of two songs is 0",
    "one column": "rank is 2, expected a whole number from 1 to 1",
    "equal column": "rank is 2, expected a whole number from 1 to 1",
    "one row": "the number of users who played two items and left another is 0",
    "two rows": "the number of users who played two items and left another is 0",
  },
  "t-SNE": { "one row": "with n from 5 on", "two rows": "with n from 5 on" },
};

function assertFinite(value: unknown, what: string): void {
  const bad = numbersOf(value).find((number) => !Number.isFinite(number));
  assertEquals(bad, undefined, what);
}

for (const one of CASES) {
  Deno.test(`${one.name}: a finite answer or one sentence about rows at the edge`, async () => {
    for (const edge of NAMES) {
      const rows = EDGES[edge];
      const fit = () => one.run(rows, { order: IN_ORDER.subarray(0, rows.shape[0]) });
      const said = edge === "infinity"
        ? "row 3, column 2 is -Infinity, expected a finite number"
        : REFUSED[one.name]?.[edge];
      if (said !== undefined) {
        const { message } = await rejects(fit, said);
        assert(/^Cannot fit [^:]+: .+ is .+, expected .+$/.test(message), message);
        continue;
      }
      const { model, apply } = await fit();
      assertFinite(model, `the fit of ${edge}`);
      assertFinite(await apply(rows), `what comes of ${edge}`);
    }
  });

  Deno.test(`${one.name}: rows at the edge of what it was fitted to are answered, or named`, async () => {
    const { apply } = await one.run(ROWS);
    for (const edge of NAMES) {
      const rows = EDGES[edge];
      if (rows.shape[1] !== D) continue;
      const tooLarge = one.name === "whitening" && edge === "one 3e38";
      if (edge === "infinity") await rejects(() => apply(rows), "row 3, column 2 is -Infinity");
      else if (tooLarge) {
        await rejects(() => apply(rows), "Cannot whiten: the result of row 3 is Inf");
      } else assertFinite(await apply(rows), `what comes of ${edge}`);
    }
  });

  Deno.test(`${one.name}: one class, equal targets, plays of one user`, async () => {
    for (const number of [0, 1]) {
      const fit = () => one.run(ROWS, { order: IN_ORDER.map(() => number) });
      const classes = ["linear classifier", "random forest", "gradient boosting"];
      if (one.name === "metric") await rejects(fit, "played two items and left another is 0");
      else if (classes.includes(one.name)) await rejects(fit, "expected both classes among 24");
      else assertFinite((await fit()).model, one.name);
    }
  });
}

Deno.test("of equal rows the answers are those of scikit-learn", async () => {
  // scikit-learn 1.2.1 of these rows, labels and targets: decision_function of LogisticRegression and
  // of GradientBoostingClassifier(n_estimators=5) are the log odds, predict_proba of
  // RandomForestClassifier is near the share, predict of Ridge is the mean, inertia_ of KMeans(3) is 0.
  const rows = EDGES["equal rows"];
  const answers = new Map<string, number>();
  for (const one of CASES) {
    if (REFUSED[one.name]?.["equal rows"]) continue;
    const { apply } = await one.run(rows);
    const all = numbersOf((await apply(rows)).data);
    if (one.name !== "t-SNE") all.forEach((value, i) => assertEquals(value, all[i % D], one.name));
    answers.set(one.name, all[0]);
  }
  assertAlmostEquals(answers.get("linear classifier")!, Math.log(0.5), 1e-4);
  assertAlmostEquals(answers.get("gradient boosting")!, Math.log(0.5), 1e-12);
  assertAlmostEquals(answers.get("random forest")!, 1 / 3, 0.2); // of five trees
  const sum = IN_ORDER.reduce((sum, row) => sum + Math.sin(row), 0);
  assertAlmostEquals(answers.get("ridge")!, sum / N, 1e-12);
  const { model } = await CASES.find(({ name }) => name === "codebook")!.run(rows);
  assert("objective" in model && numbersOf(model.objective).every((value) => value === 0));
});

Deno.test("what does not depend on the scale of the rows gives the same bits at any", async () => {
  const scaleless = ["codebook", "random forest", "gradient boosting", "metric", "t-SNE"];
  for (const one of CASES.filter(({ name }) => scaleless.includes(name))) {
    const { apply } = await one.run(ROWS);
    const answers = await apply(OTHERS);
    for (const power of [-60, 60, 110]) {
      const scaled = (rows: NdArray) => ({
        shape: rows.shape,
        data: Float32Array.from(rows.data, (value) => value * 2 ** power),
      });
      const model = await one.run(scaled(ROWS));
      assertEquals(await model.apply(scaled(OTHERS)), answers, `${one.name} times 2^${power}`);
    }
  }
});
