import { assertAlmostEquals, assertEquals } from "@std/assert";
import { spearman, unitRanks } from "../../../nn/metrics/rank_correlation.ts";
import { refuses } from "../../refusals.ts";

const A = [3, 1, 4, 1, 5, 9, 2, 6];
const B = [2, 7, 1, 8, 2, 8, 1, 8];

Deno.test("spearman() agrees with scipy 1.17.1's spearmanr() where values are tied", () => {
  assertAlmostEquals(spearman(A, B), 0.19885368120992467, 1e-12);
});

Deno.test("spearman() is 1 along any rising curve, -1 along a falling one, 0 where nothing changes", () => {
  assertAlmostEquals(spearman(A, A.map(Math.exp)), 1, 1e-12);
  assertAlmostEquals(spearman(A, A.map((value) => 1 / value)), -1, 1e-12);
  assertEquals(spearman(A, A.map(() => 7)), 0);
  assertAlmostEquals(spearman([-Infinity, 0, Infinity], [1, 2, 3]), 1, 1e-12);
});

Deno.test("unitRanks() have mean 0 and length 1, and equal values share a rank", () => {
  const ranks = unitRanks([10, 30, 30, 20]);
  assertEquals(ranks[1], ranks[2]);
  assertAlmostEquals(ranks.reduce((sum, rank) => sum + rank, 0), 0, 1e-12);
  assertAlmostEquals(ranks.reduce((sum, rank) => sum + rank * rank, 0), 1, 1e-12);
  assertEquals([...unitRanks([5, 5])], [0, 0]);
});

Deno.test("values without an order are refused", () => {
  refuses(() => spearman([1, 2], [1]), "the number of values is 1, expected 2");
  refuses(() => unitRanks([1, NaN]), "value 1 is NaN");
});
