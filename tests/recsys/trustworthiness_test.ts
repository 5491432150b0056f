import { assert, assertEquals, assertThrows } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { trustworthiness } from "../../recsys/trustworthiness.ts";
import { randomArray } from "../check.ts";

const n = 23;
const x = ndarray(
  [n, 4],
  Float64Array.from({ length: 4 * n }, (_, i) => Math.sin(1.3 * i * i + 0.7 * i)),
);
const map = ndarray(
  [n, 2],
  Float64Array.from({ length: 2 * n }, (_, i) => Math.cos(0.9 * i * i + 0.2 * i)),
);

Deno.test("trustworthiness() agrees with scikit-learn", () => {
  // sklearn.manifold.trustworthiness(x, map, n_neighbors=k) of scikit-learn 1.2.1; then of the first
  // two columns of x as the map.
  const columns = ndarray(
    [n, 2],
    Float64Array.from({ length: 2 * n }, (_, i) => x.data[4 * (i >> 1) + i % 2]),
  );
  const golden = [[1, 0.4575569358178053, 0.7598343685300206], [
    5,
    0.5501449275362319,
    0.8428985507246377,
  ], [11, 0.4670619235836627, 0.8155467720685112]];
  for (const [k, ofMap, ofColumns] of golden) {
    assert(Math.abs(trustworthiness(x, map, k) - ofMap) < 1e-12, `k ${k}`);
    assert(Math.abs(trustworthiness(x, columns, k) - ofColumns) < 1e-12, `k ${k}`);
  }
});

Deno.test("trustworthiness() is 1 for the table itself and refuses what does not fit", () => {
  for (const k of [1, 7]) assertEquals(trustworthiness(x, x, k), 1);
  const refuses = (message: string, run: () => number) => assertThrows(run, RangeError, message);
  refuses(
    "k is 12, expected a whole number from 1 to 11",
    () => trustworthiness(x, map, 12),
  );
  refuses(
    "the embedding is [22, 2], expected [23, d]",
    () => trustworthiness(x, randomArray([22, 2], 1), 3),
  );
  const bad = ndarray([n, 2], map.data.with(5, NaN));
  refuses("of the embedding is NaN", () => trustworthiness(x, bad, 3));
});
