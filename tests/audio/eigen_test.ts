import { assert } from "@std/assert";
import { symmetricEigen } from "../../audio/eigen.ts";
import { matmulRef, matmulTransposedARef, matmulTransposedBRef } from "../../gpu/matmul_ref.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray } from "../check.ts";
import { refuses } from "../refusals.ts";

function identity(d: number): NdArray<Float64Array> {
  const data = Float64Array.from({ length: d * d }, (_, i) => i % (d + 1) === 0 ? 1 : 0);
  return ndarray([d, d], data);
}

/** Vᵀ diag(values) V, V having the vectors as rows. */
function rebuilt(values: Float64Array, vectors: NdArray<Float64Array>): NdArray {
  const d = values.length;
  const scaled = vectors.data.map((value, i) => value * values[Math.floor(i / d)]);
  return matmulTransposedARef(vectors, ndarray([d, d], scaled));
}

function check(matrix: NdArray, name: string): void {
  const { values, vectors } = symmetricEigen(matrix);
  const d = values.length;
  const scale = Math.max(...matrix.data.map(Math.abs), 1e-300) * d;
  assertClose(rebuilt(values, vectors), matrix, { relative: 0, absolute: 1e-14 * scale, name });
  const products = matmulTransposedBRef(vectors, vectors);
  assertClose(products, identity(d), { relative: 0, absolute: 1e-13, name: `${name} product` });
  const inOrder = values.every((value, i) => i === 0 || values[i - 1] >= value);
  if (!inOrder) throw new Error(`${name}: ${values}`);
}

Deno.test("symmetricEigen() rebuilds matrices of many kinds, with orthogonal vectors", () => {
  for (const d of [1, 2, 3, 5, 16, 41]) {
    const x = randomArray([d, d], d);
    check(
      ndarray([d, d], x.data.map((v, i) => v + x.data[(i % d) * d + Math.floor(i / d)])),
      `${d}`,
    );
    const thin = randomArray([d, Math.ceil(d / 3)], d + 1);
    check(matmulTransposedBRef(thin, thin), `${d}, rank a third`);
    check(identity(d), `identity ${d}`);
    check(ndarray([d, d], new Float64Array(d * d)), `zero ${d}`);
  }
});

Deno.test("symmetricEigen() copes with variances over 24 powers of ten and with equal ones", () => {
  const d = 12;
  const graded = Float64Array.from(
    { length: d * d },
    (_, i) => 10 ** -(Math.floor(i / d) + i % d) * (1 + (Math.floor(i / d) * (i % d)) % 3),
  );
  check(ndarray([d, d], graded), "graded");
  const block = Float64Array.from({ length: d * d }, (_, i) => (Math.floor(i / d) + i % d) % 2);
  check(ndarray([d, d], block), "repeated");
});

Deno.test("symmetricEigen() ends for numbers so small that they have no digits left", () => {
  const d = 7;
  const data = Float64Array.from(
    { length: d * d },
    (_, k) => 1e-310 * (1 + (Math.floor(k / d) * (k % d)) % 3),
  );
  const { values, vectors } = symmetricEigen(ndarray([d, d], data));
  assert([...values, ...vectors.data].every(Number.isFinite));
  assert(values[0] > 5e-310);
});

Deno.test("symmetricEigen() gives the known values of the second difference", () => {
  const d = 30; // 2 on the diagonal, -1 beside it: 2 - 2 cos(pi k / (d + 1))
  const data = Float64Array.from({ length: d * d }, (_, i) => {
    const distance = Math.abs(Math.floor(i / d) - i % d);
    return distance === 0 ? 2 : distance === 1 ? -1 : 0;
  });
  const known = Float64Array.from(
    { length: d },
    (_, i) => 2 - 2 * Math.cos(Math.PI * (d - i) / (d + 1)),
  );
  const { values, vectors } = symmetricEigen(ndarray([d, d], data));
  assertClose(ndarray([d], values), ndarray([d], known), { relative: 1e-13, absolute: 1e-14 });
  const products = matmulRef(vectors, ndarray([d, d], data));
  const expected = ndarray([d, d], vectors.data.map((v, i) => v * known[Math.floor(i / d)]));
  assertClose(products, expected, { relative: 0, absolute: 1e-13 });
});

Deno.test("symmetricEigen() refuses what is not square or not a number", () => {
  refuses(() => symmetricEigen(randomArray([2, 3])), "rows is [2, 3], expected [2, 2]");
  refuses(
    () => symmetricEigen(ndarray([1, 1], Float64Array.of(NaN))),
    "row 0, column 0 is NaN, expected a finite number",
  );
});
