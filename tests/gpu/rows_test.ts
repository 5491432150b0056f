import { assert, assertEquals } from "@std/assert";
import { float64, row, rowProduct, slice, stack, take } from "../../gpu/rows.ts";
import { ndarray } from "../../gpu/tensor.ts";

const TABLE = ndarray([3, 2, 2], Uint32Array.from({ length: 12 }, (_, i) => i));

Deno.test("take() copies rows in the order wanted, and leaves zeros beyond them", () => {
  const { shape, data } = take(TABLE, [2, 0, 2], 4);
  assertEquals(shape, [4, 2, 2]);
  assert(data instanceof Uint32Array);
  assertEquals([...data], [8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11, 0, 0, 0, 0]);
  assertEquals(take(TABLE, []).shape, [0, 2, 2]);
});

Deno.test("row() and slice() are views", () => {
  const copy = { ...TABLE, data: TABLE.data.slice() };
  row(copy, 1)[0] = 99;
  const part = slice(copy, 1, 3);
  assertEquals(part.shape, [2, 2, 2]);
  assertEquals([...part.data], [99, 5, 6, 7, 8, 9, 10, 11]);
});

Deno.test("stack() puts arrays one below the other and keeps their type", () => {
  const { shape, data } = stack([slice(TABLE, 0, 1), slice(TABLE, 2, 3)]);
  assertEquals(shape, [2, 2, 2]);
  assert(data instanceof Uint32Array);
  assertEquals([...data], [0, 1, 2, 3, 8, 9, 10, 11]);
});

Deno.test("products of rows are made in float64", () => {
  const x = ndarray([2, 2], Float32Array.of(1e8, 1, 1e8, -1));
  assertEquals(rowProduct(x, 0, x, 1), 1e16 - 1);
  assertEquals(float64(x).data, Float64Array.of(1e8, 1, 1e8, -1));
});
