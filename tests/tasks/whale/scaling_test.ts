/** Features on one scale. */
import { ndarray } from "../../../gpu/tensor.ts";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { rangeScaling, scaledRows, standardScaling } from "../../../tasks/whale/scaling.ts";

const X = ndarray([4, 2], Float32Array.of(1, 5, 3, 5, 2, 5, 9, 6));

Deno.test("rangeScaling() goes by the rows learnt from; others may leave 0 to 1", () => {
  const scaling = rangeScaling(X, Uint32Array.of(0, 1, 2));
  const { shape, data } = scaledRows(X, Uint32Array.of(0, 1, 3), scaling);
  assertEquals(shape, [3, 2]);
  assertEquals([...data], [0, 0, 1, 0, 4, 0]); // a column that does not vary becomes 0
});

Deno.test("standardScaling() brings mean to 0 and deviation to 1", () => {
  const rows = Uint32Array.of(0, 1, 2, 3);
  const { data } = scaledRows(X, rows, standardScaling(X, rows));
  const column = [0, 2, 4, 6].map((i) => data[i]);
  assertAlmostEquals(column.reduce((a, b) => a + b), 0, 1e-5);
  assertAlmostEquals(column.reduce((sum, v) => sum + v * v, 0) / 4, 1, 1e-3);
});
