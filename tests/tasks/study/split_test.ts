import { assertEquals, assertThrows } from "@std/assert";
import { foldAssignment, foldSplit, lastTenth } from "../../../tasks/study/split.ts";

Deno.test("lastTenth() holds out the last floor(n / 10) rows", () => {
  const { train, validation } = lastTenth(61578);
  assertEquals([train.length, validation.length], [55421, 6157]);
  assertEquals([train[0], train.at(-1), validation[0], validation.at(-1)], [
    0,
    55420,
    55421,
    61577,
  ]);
  assertEquals(lastTenth(9).validation.length, 0);
  assertEquals(lastTenth(0).train.length, 0);
  assertThrows(() => lastTenth(-1), RangeError);
});

Deno.test("foldAssignment() deals every row to one fold, sizes within one", () => {
  const order = Uint32Array.of(4, 2, 0, 6, 1, 3, 5);
  const fold = foldAssignment(7, 3, order);
  assertEquals([...fold], [2, 1, 1, 2, 0, 0, 0]);
  const parts = [0, 1, 2].map((f) => foldSplit(fold, f));
  assertEquals(parts.map(({ validation }) => validation.length), [3, 2, 2]);
  for (const { train, validation } of parts) {
    assertEquals([...train, ...validation].sort(), [0, 1, 2, 3, 4, 5, 6]);
  }
});

Deno.test("foldAssignment() refuses what is not a permutation", () => {
  assertThrows(() => foldAssignment(3, 2, Uint32Array.of(0, 1, 1)), RangeError, "row 1 twice");
  assertThrows(() => foldAssignment(3, 2, Uint32Array.of(0, 1, 3)), RangeError, "row 3");
  assertThrows(() => foldAssignment(3, 2, Uint32Array.of(0, 1)), RangeError, "an order of 3 rows");
  assertThrows(() => foldAssignment(3, 4, Uint32Array.of(0, 1, 2)), RangeError, "2 to 3 folds");
});
