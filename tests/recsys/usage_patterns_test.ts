import { assertEquals } from "@std/assert";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { scoresRef } from "../../recsys/nearest_ref.ts";
import { usagePatterns } from "../../recsys/usage_patterns.ts";
import { assertClose, randomArray } from "../check.ts";
import { refuses } from "../refusals.ts";

/** X y of each item, one number a user: [i, u]. */
const densePatterns = (users: NdArray, items: NdArray) => scoresRef(items, users, "innerProduct");

Deno.test("usage patterns have the cosines and inner products of the vectors over all users", () => {
  for (const [u, f, i] of [[1, 1, 2], [67, 5, 11], [300, 24, 40], [3, 8, 9]]) {
    const [users, items] = [randomArray([u, f], 1), randomArray([i, f], 2)];
    const dense = densePatterns(users, items);
    const few = usagePatterns(users, items);
    assertEquals(few.shape, [i, f]);
    for (const by of ["cosine", "innerProduct"] as const) {
      const tolerance = { relative: 1e-9, absolute: 1e-9, name: `${by} of ${u} users` };
      assertClose(scoresRef(few, few, by), scoresRef(dense, dense, by), tolerance);
    }
  }
});

Deno.test("usage patterns of users whose factors depend on one another are those of the dense vectors", () => {
  const [u, f] = [50, 6];
  const users = randomArray([u, f], 3);
  for (let row = 0; row < u; row++) {
    const at = row * f;
    users.data[at + 1] = 0;
    users.data[at + 4] = 2 * users.data[at] - users.data[at + 3];
  }
  const items = randomArray([20, f], 4);
  const [dense, few] = [densePatterns(users, items), usagePatterns(users, items)];
  assertClose(scoresRef(few, few, "cosine"), scoresRef(dense, dense, "cosine"), {
    relative: 0,
    absolute: 1e-6, // a pivot that is rounding of zero may be kept
  });
});

Deno.test("usage patterns take f32 and refuse what does not fit", () => {
  const users = ndarray([2, 2], Float32Array.of(3, 0, 4, 1));
  const items = ndarray([1, 2], Float32Array.of(1, 0));
  const { data } = usagePatterns(users, items);
  assertEquals(Math.hypot(...data), 5); // the pattern is (3, 4)
  refuses(() => usagePatterns(users, randomArray([2, 3], 1)), "items is [2, 3], expected [n, 2]");
  const bad = ndarray([2, 2], Float32Array.of(1, 2, Infinity, 4));
  refuses(() => usagePatterns(users, bad), "row 1, column 0 of items is Infinity");
});
