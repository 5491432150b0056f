import { assert, assertEquals } from "@std/assert";
import { centreRows, momentsOf } from "../../audio/moments.ts";
import { momentsRef } from "../../audio/moments_ref.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { checkCentring } from "../../tasks/doctor/audio_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses, rejects } from "../refusals.ts";

test("momentsOf() agrees with float64 over chunks of any length, far from 0 too", async ({ gpu }) => {
  const cases = [{ rows: [1], d: 1 }, { rows: [5, 1, 8], d: 7 }, { rows: [4099, 30], d: 8 }];
  for (const { rows, d } of cases) {
    using scope = gpu.scope();
    const n = rows.reduce((a, b) => a + b);
    const noise = randomArray([n, d], d);
    const x = ndarray([n, d], noise.data.map((value) => Math.fround(value + 30)));
    let first = 0;
    const chunks = rows.map((count) => {
      const data = x.data.subarray(first * d, (first + count) * d);
      first += count;
      return scope.upload(ndarray([count, d], data));
    });
    const { mean, covariance } = await momentsOf(gpu, "Cannot try", chunks);
    const expected = momentsRef(x);
    assertClose(mean, expected.mean, { relative: 1e-6 });
    assertClose(covariance, expected.covariance, { relative: 1e-5, absolute: 2e-6 });
  }
});

testCheck("centreRows() starts at any row", checkCentring);

test("centreRows() refuses rows beyond the last", ({ scope }) => {
  const [x, mean] = [scope.empty([3, 7]), scope.empty([7])];
  refuses(() => centreRows(scope, x, mean, { first: 3, rows: 1 }), "the first row is 3, expected");
});

test("momentsOf() of constant columns is their number and no variance, whatever f32 sums make of it", async ({ gpu }) => {
  using scope = gpu.scope();
  const [n, d] = [3001, 3];
  const noise = randomArray([n, d], 1).data;
  const rows = Float32Array.from({ length: n * d }, (_, i) => [0.1, 1e6 / 3, noise[i]][i % d]);
  const chunks = [[0, 2000], [2000, n]].map(([first, end]) =>
    scope.upload(ndarray([end - first, d], rows.subarray(first * d, end * d)))
  );
  const { mean, covariance } = await momentsOf(gpu, "Cannot try", chunks);
  assertEquals(Float32Array.from(mean.data.subarray(0, 2)), rows.subarray(0, 2));
  const varying = covariance.data[8];
  assertEquals(covariance.data, new Float64Array(9).fill(0).with(8, varying));
  assert(varying > 0.1);
});

test("momentsOf() names what float32 does not hold", async ({ gpu }) => {
  using scope = gpu.scope();
  const of = (...data: number[]) =>
    momentsOf(gpu, "Cannot try", [scope.upload(ndarray([2, 2], Float32Array.from(data)))]);
  const finite = "expected a finite number";
  await rejects(
    () => of(1, 2, 3, NaN),
    `Cannot try: row 1, column 1 is NaN, ${finite} of float32`,
  );
  await rejects(
    () => of(1, 3e38, 2, 2e38),
    `Cannot try: the sum of column 1, in float32, is Infinity, ${finite}`,
  );
  await rejects(
    () => of(1e30, 1, -1e30, 1),
    `Cannot try: the covariance of columns 0 and 0, in float32, is Infinity, ${finite}`,
  );
});
