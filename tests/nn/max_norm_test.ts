import type { EagerContext } from "../../gpu/kernel.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { maxNorm } from "../../nn/max_norm.ts";
import { checkMaxNorm } from "../../tasks/doctor/training_checks.ts";
import { randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

function weightOf(context: EagerContext, array: NdArray) {
  return { name: "dense1/weight", value: context.upload(array) };
}

testCheck("maxNorm() agrees with float64, and with every acts in its multiples only", checkMaxNorm);

test("maxNorm() halves a column of 0.8 at limit 0.4 and keeps the bits of smaller ones", async ({ gpu, scope }) => {
  for (const k of [3, 4]) {
    const columns = [0.8, -0.3, 0, 0.1].slice(0, k);
    const data = Float32Array.from({ length: 50 * k }, (_, i) => columns[i % k]);
    const weight = weightOf(scope, { shape: [50, k], data });
    maxNorm(scope, weight, 0.4);
    const after = (await gpu.read(weight.value)).data;
    for (let i = 0; i < after.length; i++) {
      const expected = i % k === 0 ? 0.4 : Math.fround(columns[i % k]);
      const isClose = i % k === 0 ? Math.abs(after[i] - expected) < 1e-6 : after[i] === expected;
      if (!isClose) throw new Error(`k ${k}: element ${i} is ${after[i]}, expected ${expected}`);
    }
  }
});

test("maxNorm() refuses other ranks, limits that make no sense and every without a state", ({ gpu }) => {
  const weight = weightOf(gpu, randomArray([2, 3]));
  const filters = weightOf(gpu, randomArray([3, 3, 2, 4]));
  refuses(() => maxNorm(gpu, filters, 1), "expected [d k]");
  refuses(() => maxNorm(gpu, weight, 0), '"dense1/weight": limit is 0');
  refuses(
    () => maxNorm(gpu, weight, 1, { every: 10 }),
    "state is undefined, expected the step state, which every needs",
  );
});
