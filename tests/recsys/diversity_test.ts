import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  cosineDistance,
  groupDistance,
  intraListDiversity,
  topItems,
} from "../../recsys/diversity.ts";
import { refuses } from "../refusals.ts";

Deno.test("topItems() gives the best first and of equal scores the lower number", () => {
  const scores = [1, 7, -Infinity, 7, Infinity, 3, Infinity];
  assertEquals([...topItems(scores, 4)], [4, 6, 1, 3]);
  assertEquals([...topItems(scores, 99)], [4, 6, 1, 3, 5, 0, 2]);
  assertEquals([...topItems(scores, 2, { candidates: [6, 5, 3, 2], exclude: [6] })], [3, 5]);
  assertEquals([...topItems([NaN, 1], 5, { exclude: [0] })], [1]);
  refuses(() => topItems([NaN, 1], 5), "item 0 has score NaN");
  refuses(() => topItems([1], 0), "first 0 places");
});

// scikit-learn 1.9.1: d = cosine_distances(v); d[numpy.triu_indices(4, 1)].mean() and d[0, 1]
const VECTORS = [1, 2, 0.5, 0.3, -1, 2, 4, 0.1, 0.2, 1, 1, 1];

Deno.test("intraListDiversity() with cosineDistance() is the mean of cosine_distances(v)", () => {
  const distance = cosineDistance(VECTORS, 3);
  assertAlmostEquals(distance(0, 1), 1.1354127310394795, 1e-14);
  assertAlmostEquals(intraListDiversity([2, 0, 3, 1], distance), 0.61112332575752, 1e-14);
});

Deno.test("cosineDistance() of a zero vector is 1, and vectors must be whole", () => {
  assertEquals(cosineDistance([0, 0, 1, 2], 2)(0, 1), 1);
  refuses(() => cosineDistance([1, 2, 3], 2), "elements is 3");
  refuses(() => cosineDistance([1, 2, 3, NaN], 2), "row 1, column 1 is NaN");
  refuses(() => cosineDistance([1e200, 2], 2), "row 0, column 0 is 1e+200, expected a finite");
});

Deno.test("intraListDiversity() with groupDistance() is the share of pairs of other artists", () => {
  const artists = [7, 7, 3, 7, 9];
  assertEquals(intraListDiversity([0, 1, 3], groupDistance(artists)), 0);
  assertEquals(intraListDiversity([0, 2, 4], groupDistance(artists)), 1);
  assertEquals(intraListDiversity([0, 1, 2, 4], groupDistance(artists)), 5 / 6);
  assertEquals(intraListDiversity([1, 2, 6], (a, b) => a + b), 6); // 3, 7 and 8: no item with itself
  assert(Number.isNaN(intraListDiversity([0], groupDistance(artists))));
});
