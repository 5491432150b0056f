import { assertEquals } from "@std/assert";
import { foldAssignment, foldSplit } from "../../../tasks/study/split.ts";
import { refuses } from "../../refusals.ts";

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
  refuses(() => foldAssignment(3, 2, Uint32Array.of(0, 1, 1)), "row 2 of the order is 1");
  refuses(() => foldAssignment(3, 2, Uint32Array.of(0, 1, 3)), "row 2 of the order is 3");
  refuses(() => foldAssignment(3, 2, Uint32Array.of(0, 1)), "length of the order is 2, expected 3");
  refuses(
    () => foldAssignment(3, 4, Uint32Array.of(0, 1, 2)),
    "folds is 4, expected a whole number from 2 to 3",
  );
});
