import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { type Evaluation, lbfgs } from "../../../nn/classifiers/lbfgs.ts";
import { key, normal } from "../../../gpu/random.ts";
import { rejects } from "../../refusals.ts";

/** Σ scale_i (x_i - i)² / 2, with scales from 1 to 10,000. */
function bowl(x: Float64Array): Evaluation {
  const scale = (i: number) => 10 ** (4 * i / (x.length - 1));
  const value = x.reduce((sum, v, i) => sum + scale(i) * (v - i) ** 2 / 2, 0);
  return { value, gradient: x.map((v, i) => scale(i) * (v - i)) };
}

/** Rosenbrock's valley, whose minimum of 0 is at (1, 1). */
function valley([x, y]: Float64Array): Evaluation {
  const bend = y - x * x;
  const gradient = Float64Array.of(-400 * x * bend - 2 * (1 - x), 200 * bend);
  return { value: 100 * bend ** 2 + (1 - x) ** 2, gradient };
}

Deno.test("lbfgs() finds the bottom of a bowl that is 10,000 times as steep one way", async () => {
  const { point, ended, evaluations, gradientRatio } = await lbfgs(bowl, new Float64Array(12), {
    tolerance: 1e-9,
  });
  point.forEach((value, i) => assertAlmostEquals(value, i, 1e-3));
  assertEquals(ended, "tolerance");
  assert(gradientRatio <= 1e-9);
  assert(evaluations < 100, `${evaluations}`);
});

Deno.test("lbfgs() follows a bent valley", async () => {
  const { point, value, evaluations } = await lbfgs(valley, Float64Array.of(-1.2, 1), {
    tolerance: 1e-10,
  });
  point.forEach((coordinate) => assertAlmostEquals(coordinate, 1, 1e-6));
  assert(value < 1e-12);
  assert(evaluations < 80, `${evaluations}`);
});

Deno.test("lbfgs() takes as many evaluations as it says, and asks once where none is needed", async () => {
  let count = 0;
  const counted = (x: Float64Array) => {
    count++;
    return bowl(x);
  };
  const { evaluations } = await lbfgs(counted, new Float64Array(5));
  assertEquals(evaluations, count);
  const done = await lbfgs(bowl, Float64Array.of(0, 1, 2));
  assertEquals([done.evaluations, done.gradientRatio, done.ended], [1, 0, "tolerance"]);
});

Deno.test("lbfgs() with f32 noise stops by itself, near the minimum", async () => {
  let draw = 0;
  const noise = () => 1e-7 * normal(key(3), draw++);
  const noisy = (x: Float64Array): Evaluation => {
    const { value, gradient } = bowl(x);
    return { value: (value + 10) * (1 + noise()), gradient: gradient.map((g) => g + noise()) };
  };
  const { point, ended, evaluations } = await lbfgs(noisy, new Float64Array(12), {
    tolerance: 1e-16,
  });
  assertEquals(ended, "precision");
  point.forEach((value, i) => assertAlmostEquals(value, i, 1e-4));
  assert(evaluations < 300, `${evaluations}`);
});

Deno.test("lbfgs() backs off from where the function is not a number", async () => {
  // x - ln x, whose minimum is at 1 and which ends at 0.
  const barrier = ([x]: Float64Array): Evaluation => ({
    value: x - Math.log(x),
    gradient: Float64Array.of(1 - 1 / x),
  });
  const { point } = await lbfgs(barrier, Float64Array.of(1.9), { tolerance: 1e-8 });
  assertAlmostEquals(point[0], 1, 1e-7);
  const steep = (x: Float64Array): Evaluation => {
    const { value, gradient } = barrier(x);
    return { value: 1e3 * value, gradient: gradient.map((g) => 1e3 * g) };
  };
  assertAlmostEquals(
    (await lbfgs(steep, Float64Array.of(0.01), { tolerance: 1e-8 })).point[0],
    1,
    1e-6,
  );
});

Deno.test("lbfgs() ends after the most evaluations, and by its signal", async () => {
  const few = await lbfgs(bowl, new Float64Array(12), { tolerance: 1e-12, mostEvaluations: 5 });
  assertEquals(few.ended, "evaluations");
  assert(few.evaluations >= 5 && few.evaluations < 20);
  const controller = new AbortController();
  const stopping = (x: Float64Array) => {
    controller.abort(new Error("enough"));
    return bowl(x);
  };
  await assertRejects(
    () => lbfgs(stopping, new Float64Array(12), { signal: controller.signal }),
    Error,
    "enough",
  );
});

Deno.test("lbfgs() refuses a start that is not finite", async () => {
  const nowhere = () => ({ value: NaN, gradient: Float64Array.of(1) });
  await rejects(() => lbfgs(nowhere, Float64Array.of(0)), "the value at the start is NaN");
});
