import { assert, assertEquals } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { fitFactors } from "../../recsys/als.ts";
import { rowOf } from "../../recsys/interactions.ts";
import { recommend } from "../../recsys/recommend.ts";
import { drawnPlays } from "../../tasks/doctor/drawn_plays.ts";
import { randomArray, test } from "../check.ts";
import { rejects } from "../refusals.ts";

const plays = drawnPlays(23, 31);

test("recommend() finds the items of highest inner product that a user has not played", async ({ gpu }) => {
  const factors = await fitFactors(gpu, plays, { factors: 4, key: key(1), sweeps: 3 });
  const { indices, scores, counts } = await recommend(gpu, factors, plays, { k: 5, exclude: [2] });
  assertEquals(indices.shape, [23, 5]);
  for (let user = 0; user < 23; user++) {
    const closed = new Set([...rowOf(plays.byUser, user).indices, 2]);
    const product = (item: number) => {
      let sum = 0;
      for (let f = 0; f < 4; f++) {
        sum += factors.users.data[4 * user + f] * factors.items.data[4 * item + f];
      }
      return sum;
    };
    const best = Array.from({ length: 31 }, (_, item) => item)
      .filter((item) => !closed.has(item))
      .sort((a, b) => product(b) - product(a));
    assertEquals(counts[user], Math.min(5, best.length));
    for (let place = 0; place < counts[user]; place++) {
      assert(!closed.has(indices.data[5 * user + place]));
      assert(Math.abs(scores.data[5 * user + place] - product(best[place])) < 1e-5);
    }
  }
});

test("recommend() to some users gives the rows of all", async ({ gpu }) => {
  const factors = { users: narrow([23, 4], 1), items: narrow([31, 4], 2) };
  const all = await recommend(gpu, factors, plays, { k: 3 });
  const some = await recommend(gpu, factors, plays, { k: 3, users: [7, 2] });
  const rows = [7, 2].flatMap((user) => [...all.indices.data.subarray(3 * user, 3 * user + 3)]);
  assertEquals([...some.indices.data], rows);
});

test("recommend() names what does not fit", async ({ gpu }) => {
  const factors = { users: narrow([22, 4], 1), items: narrow([31, 4], 2) };
  await rejects(
    () => recommend(gpu, factors, plays),
    "the users' factors is [22, 4], expected [23, d]",
  );
  const fitting = { ...factors, users: narrow([23, 4], 1) };
  await rejects(
    () => recommend(gpu, fitting, plays, { users: [23] }),
    "Cannot recommend items: user 0 to recommend to is 23, expected a whole number from 0 to 22",
  );
  await rejects(
    () => recommend(gpu, fitting, plays, { users: [] }),
    "Cannot recommend items: the number of users to recommend to is 0, expected a whole number",
  );
});

function narrow(shape: number[], seed: number) {
  const { data } = randomArray(shape, seed);
  return { shape, data: Float32Array.from(data) };
}
