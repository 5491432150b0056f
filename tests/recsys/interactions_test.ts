import { assertEquals } from "@std/assert";
import { key, uniform } from "../../gpu/random.ts";
import {
  filterInteractions,
  makeInteractions,
  rowLengths,
  rowOf,
  type SparseRows,
} from "../../recsys/interactions.ts";
import { refuses } from "../refusals.ts";

function plain({ starts, indices, counts }: SparseRows): number[][] {
  return [[...starts], [...indices], [...counts]];
}

// scipy 1.17.1: m = coo_matrix((counts, (users, items)), shape=(4, 5)).tocsr();
// m.sum_duplicates(); m.sort_indices(); c = m.tocsc(); the arrays are indptr, indices, data.
const PLAYS = {
  users: [2, 0, 2, 1, 0, 2, 0],
  items: [1, 3, 1, 0, 0, 3, 3],
  counts: [3, 1, 4, 1, 5, 9, 2],
};

Deno.test("makeInteractions() compresses both ways as scipy does, duplicates summed", () => {
  const made = makeInteractions(PLAYS, { users: 4, items: 5 });
  assertEquals(plain(made.byUser), [[0, 2, 3, 5, 5], [0, 3, 0, 1, 3], [5, 3, 1, 7, 9]]);
  assertEquals(plain(made.byItem), [[0, 2, 3, 3, 5, 5], [0, 1, 2, 0, 2], [5, 1, 7, 3, 9]]);
  assertEquals([...rowLengths(made.byItem)], [2, 1, 0, 2, 0]);
});

Deno.test("makeInteractions() holds what a dense table holds, in both orientations", () => {
  const [users, items, stream] = [23, 17, key(3)];
  const draw = (part: number, n: number, below: number) =>
    Array.from({ length: n }, (_, i) => Math.floor(below * uniform(stream, 1000 * part + i)));
  const plays = {
    users: draw(0, 300, users),
    items: draw(1, 300, items),
    counts: draw(2, 300, 9).map((c) => c + 1),
  };
  const dense = new Float64Array(users * items);
  plays.users.forEach((u, at) => dense[u * items + plays.items[at]] += plays.counts[at]);
  const made = makeInteractions(plays, { users, items });
  for (let u = 0; u < users; u++) {
    const row = new Float64Array(items);
    const { indices, counts } = rowOf(made.byUser, u);
    assertEquals([...indices], [...indices].sort((a, b) => a - b));
    indices.forEach((i, at) => row[i] = counts[at]);
    assertEquals(row, dense.slice(u * items, (u + 1) * items));
  }
  for (let i = 0; i < items; i++) {
    const { indices, counts } = rowOf(made.byItem, i);
    assertEquals([...indices], [...indices].sort((a, b) => a - b));
    assertEquals(indices.length, dense.filter((v, at) => at % items === i && v > 0).length);
    indices.forEach((u, at) => assertEquals(counts[at], dense[u * items + i]));
  }
});

Deno.test("makeInteractions() takes no plays, no users and no items", () => {
  const none = { users: [], items: [], counts: [] };
  assertEquals(plain(makeInteractions(none, { users: 0, items: 0 }).byUser), [[0], [], []]);
  assertEquals(plain(makeInteractions(none, { users: 2, items: 1 }).byItem), [[0, 0], [], []]);
});

Deno.test("makeInteractions() says which triplet is wrong and how", () => {
  const make = (users: number[], items: number[], counts: number[]) => () =>
    makeInteractions({ users, items, counts }, { users: 2, items: 3 });
  refuses(make([0, 2], [0, 0], [1, 1]), "triplet 1 has user 2, expected a whole");
  refuses(make([0], [-1], [1]), "triplet 0 has item -1, expected a whole number");
  for (const count of [0, -1, 1.5, NaN, 2 ** 32]) {
    refuses(make([0], [0], [count]), `count ${count}, expected a whole number`);
  }
  refuses(make([0, 1], [0], [1]), "2, 1, 1");
  const most = 2 ** 32 - 1;
  assertEquals([...make([0, 1], [0, 0], [most, 1])().byUser.counts], [most, 1]);
  refuses(make([1, 1], [2, 2], [most, 1]), "user 1 and item 2 sum to 4294967296");
  refuses(
    () => makeInteractions({ users: [], items: [], counts: [] }, { users: -1, items: 0 }),
    "users is -1, expected",
  );
});

Deno.test("filterInteractions() keeps shape and numbering, both ways", () => {
  const all = makeInteractions(PLAYS, { users: 4, items: 5 });
  const some = filterInteractions(all, (user, item, count) => item !== 0 && user + count > 3);
  assertEquals([some.users, some.items], [4, 5]);
  assertEquals(plain(some.byUser), [[0, 0, 0, 2, 2], [1, 3], [7, 9]]);
  assertEquals(plain(some.byItem), [[0, 0, 1, 1, 2, 2], [2, 2], [7, 9]]);
});

Deno.test("rowOf() refuses a row that is not there", () => {
  const { byUser } = makeInteractions(PLAYS, { users: 4, items: 5 });
  assertEquals(rowOf(byUser, 3).indices.length, 0);
  for (const row of [-1, 4, 0.5]) {
    refuses(() => rowOf(byUser, row), `row is ${row}, expected`);
  }
});
