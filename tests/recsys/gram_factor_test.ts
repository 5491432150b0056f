import { assert } from "@std/assert";
import { matmulTransposedARef } from "../../gpu/matmul_ref.ts";
import { gramFactor } from "../../recsys/gram_factor.ts";
import { gramFactorRef } from "../../recsys/gram_factor_ref.ts";
import { checkGramFactor } from "../../tasks/doctor/wmf_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";

Deno.test("gramFactorRef() gives a factor and its inverse", () => {
  const k = 5;
  const x = randomArray([9, k], 1);
  const gram = matmulTransposedARef(x, x);
  const { lower, inverse } = gramFactorRef(gram, 0.5);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      let [square, identity] = [0, 0];
      for (let t = 0; t < k; t++) {
        square += lower.data[a * k + t] * lower.data[b * k + t];
        identity += lower.data[a * k + t] * inverse.data[t * k + b];
      }
      const expected = gram.data[a * k + b] + (a === b ? 0.5 : 0);
      assert(Math.abs(square - expected) < 1e-12 && Math.abs(identity - Number(a === b)) < 1e-12);
    }
  }
});

testCheck("gramFactor() agrees with float64, below, at and beyond a row a lane", checkGramFactor);

/** The identity of 4 rows but for its first element. */
function diagonal(first: number) {
  const data = Float64Array.from({ length: 16 }, (_, i) => i === 0 ? first : Number(i % 5 === 0));
  return { shape: [4, 4], data };
}

test("gramFactor() leaves padding out, even without regularisation", async ({ gpu, scope }) => {
  const gram = scope.upload({ shape: [4, 4], data: Float32Array.of(4, ...Array(15).fill(0)) });
  const { lower, inverse } = gramFactor(scope, gram, { regularisation: 0, factors: 1 });
  assertClose(await gpu.read(lower), diagonal(2));
  assertClose(await gpu.read(inverse), diagonal(0.5));
});

test("gramFactor() of a singular matrix stays finite", async ({ gpu, scope }) => {
  const gram = scope.upload({ shape: [4, 4], data: new Float32Array(16).fill(1) });
  const { inverse } = gramFactor(scope, gram, { regularisation: 0, factors: 4 });
  assert((await gpu.read(inverse)).data.every(Number.isFinite));
});
