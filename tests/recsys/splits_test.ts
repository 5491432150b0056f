import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { key, uniform } from "../../gpu/random.ts";
import { type Interactions, makeInteractions, rowOf } from "../../recsys/interactions.ts";
import { type Parts, splitByItem, splitByUser } from "../../recsys/splits.ts";
import { refuses } from "../refusals.ts";

const [USERS, ITEMS] = [60, 40];

function randomPlays(): Interactions {
  const plays = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let u = 0; u < USERS; u++) {
    for (let i = 0; i < ITEMS; i++) {
      if (uniform(key(9), u * ITEMS + i) > 0.2) continue;
      plays.users.push(u);
      plays.items.push(i);
      plays.counts.push(1 + (u + i) % 5);
    }
  }
  return makeInteractions(plays, { users: USERS, items: ITEMS });
}

const ALL = randomPlays();

function entriesOf({ byUser, users }: Interactions): string[] {
  return Array.from({ length: users }, (_, user) => {
    const { indices, counts } = rowOf(byUser, user);
    return [...indices].map((item, at) => `${user} ${item} ${counts[at]}`);
  }).flat();
}

function sizes({ train, validation, test }: Parts): number[] {
  return [train.length, validation.length, test.length];
}

function assertPartition(parts: Parts, n: number): void {
  const rows = [...parts.train, ...parts.validation, ...parts.test];
  assertEquals(rows.sort((a, b) => a - b), Array.from({ length: n }, (_, row) => row));
  for (const part of Object.values(parts)) {
    assertEquals([...part], [...part].sort((a: number, b: number) => a - b));
  }
}

Deno.test("splitByItem() parts the items, and every play follows its item", () => {
  const split = splitByItem(ALL, { key: key(1), test: 0.2, validation: 0.1 });
  assertEquals(sizes(split.items), [28, 4, 8]);
  assertPartition(split.items, ITEMS);
  for (const part of ["train", "validation", "test"] as const) {
    const wanted = entriesOf(ALL)
      .filter((entry) => split.items[part].includes(Number(entry.split(" ")[1])));
    assertEquals(entriesOf(split[part]), wanted);
    assert(wanted.length > 0);
    assertEquals([split[part].users, split[part].items], [USERS, ITEMS]);
  }
});

Deno.test("splits are functions of the key, and differ between keys", () => {
  const items = (seed: number) => [...splitByItem(ALL, { key: key(seed) }).items.test];
  assertEquals(items(1), items(1));
  assertNotEquals(items(1), items(2));
  const users = (seed: number) => {
    const { test } = splitByUser(ALL, { key: key(seed) });
    return entriesOf(test.hidden);
  };
  assertEquals(users(1), users(1));
  assertNotEquals(users(1), users(2));
});

Deno.test("splitByItem() draws each item about equally often", () => {
  const drawn = new Float64Array(ITEMS);
  for (let seed = 0; seed < 200; seed++) {
    for (const item of splitByItem(ALL, { key: key(seed) }).items.test) drawn[item]++;
  }
  // Binomial(200, 0.2): mean 40, standard deviation 5.7.
  assert(drawn.every((n) => n > 15 && n < 65), drawn.join());
});

Deno.test("splitByItem() keeps a group together and meets the shares within one group", () => {
  const groups = Uint32Array.from({ length: ITEMS }, (_, item) => 100 + Math.floor(item / 3));
  for (let seed = 0; seed < 20; seed++) {
    const { items } = splitByItem(ALL, { key: key(seed), test: 0.25, validation: 0.25, groups });
    assertPartition(items, ITEMS);
    const groupsOf = (rows: Uint32Array) => new Set([...rows].map((item) => groups[item]));
    const [a, b, c] = [items.train, items.validation, items.test].map(groupsOf);
    assertEquals([a, b, c].reduce((sum, set) => sum + set.size, 0), a.union(b).union(c).size);
    assert(Math.abs(items.test.length - 10) <= 3 && Math.abs(items.train.length - 20) <= 3);
  }
});

Deno.test("splitByItem() holds no group out that is far larger than the share", () => {
  const groups = Uint32Array.from({ length: ITEMS }, (_, item) => Math.max(0, item - 29));
  for (let seed = 0; seed < 20; seed++) {
    const { items } = splitByItem(ALL, { key: key(seed), test: 0.1, groups });
    assert(items.train.length >= 35, `seed ${seed}: ${sizes(items)}`);
  }
});

Deno.test("splitByUser() hides other items of each user, even of equal histories", () => {
  const cells = Array.from({ length: 200 }, (_, cell) => cell);
  const plays = {
    users: cells.map((cell) => Math.floor(cell / 20)),
    items: cells.map((cell) => cell % 20),
    counts: cells.map(() => 1),
  };
  const alike = makeInteractions(plays, { users: 10, items: 20 });
  const { hidden } = splitByUser(alike, { key: key(2), test: 1 }).test;
  const lists = Array.from({ length: 10 }, (_, user) => rowOf(hidden.byUser, user).indices.join());
  assertEquals(new Set(lists).size, 10);
});

Deno.test("splitByUser() shows half of a held-out history and hides the other half", () => {
  const split = splitByUser(ALL, { key: key(1), test: 0.25, validation: 0.1 });
  assertEquals(sizes(split.users), [39, 6, 15]);
  assertPartition(split.users, USERS);
  for (const part of ["validation", "test"] as const) {
    for (const user of split.users[part]) {
      const all = [...rowOf(ALL.byUser, user).indices];
      const shown = [...rowOf(split[part].visible.byUser, user).indices];
      const hidden = [...rowOf(split[part].hidden.byUser, user).indices];
      assertEquals(shown.length, Math.ceil(all.length / 2));
      assertEquals([...shown, ...hidden].sort((a, b) => a - b), all);
    }
  }
  const parts = [split.train, ...Object.values(split.validation), ...Object.values(split.test)];
  assertEquals(parts.flatMap(entriesOf).sort(), entriesOf(ALL).sort());
  const trained = new Set(entriesOf(split.train).map((entry) => Number(entry.split(" ")[0])));
  assertEquals([...trained].filter((user) => !split.users.train.includes(user)), []);
});

Deno.test("splitByUser() keeps a user's only item visible, and hides all where asked", () => {
  const plays = { users: [0, 1, 1], items: [0, 0, 1], counts: [1, 1, 1] };
  const few = makeInteractions(plays, { users: 2, items: 2 });
  const half = splitByUser(few, { key: key(1), test: 1 }).test;
  assertEquals([half.visible, half.hidden].map((p) => p.byUser.indices.length), [2, 1]);
  assertEquals(rowOf(half.hidden.byUser, 0).indices.length, 0);
  const none = splitByUser(few, { key: key(1), test: 1, visible: 0 }).test;
  assertEquals(none.hidden.byUser.indices.length, 3);
});

Deno.test("splits take empty data and refuse impossible shares and groups", () => {
  const none = makeInteractions({ users: [], items: [], counts: [] }, { users: 0, items: 0 });
  assertEquals(sizes(splitByItem(none, { key: key(1) }).items), [0, 0, 0]);
  assertEquals(sizes(splitByUser(none, { key: key(1) }).users), [0, 0, 0]);
  for (const test of [-0.1, 1.1, NaN]) {
    refuses(() => splitByItem(ALL, { key: key(1), test }), `test is ${test}, expected`);
  }
  refuses(
    () => splitByUser(ALL, { key: key(1), test: 0.75, validation: 0.5 }),
    "Cannot split users: test and validation together is 1.25",
  );
  refuses(() => splitByUser(ALL, { key: key(1), visible: 2 }), "visible is 2, expected");
  refuses(
    () => splitByItem(ALL, { key: key(1), groups: [1] }),
    "groups is 1, expected one for each of 40 items",
  );
  const bad = new Float64Array(ITEMS).fill(0.5);
  refuses(() => splitByItem(ALL, { key: key(1), groups: bad }), "has group 0.5");
});
