import { assert, assertEquals } from "@std/assert";
import { fold, key } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { arrays, type Dataset } from "../../nn/data.ts";
import { dense } from "../../nn/dense.ts";
import { fit } from "../../nn/fit.ts";
import { Model } from "../../nn/model.ts";
import { adam } from "../../nn/optimizer.ts";
import { constantRate } from "../../nn/schedule.ts";
import { contrastiveLoss } from "../../recsys/contrastive_loss.ts";
import { makeInteractions } from "../../recsys/interactions.ts";
import { withListeners } from "../../recsys/listener_draws.ts";
import { randomArray, sharedGpu } from "../check.ts";
import { refuses } from "../refusals.ts";

const USERS = ndarray([4, 2], new Float32Array([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]));

/** Users 1, 2 and 3 listen to song 0, user 0 to song 2, nobody to song 1. */
const PLAYS = makeInteractions(
  { users: [3, 1, 2, 0], items: [0, 0, 0, 2], counts: [1, 900, 1, 1] },
  { users: 4, items: 3 },
);

/** Examples 0 and 2 are of song 2, the others of song 0. */
const SONGS = [2, 0, 2, 0, 0];

function sound(): Dataset {
  return arrays({ x: randomArray([5, 3]), target: randomArray([5, 7]) });
}

function examples(): Dataset {
  return withListeners(sound(), { plays: PLAYS, songs: SONGS, users: USERS });
}

Deno.test("without a key the target is the first listener, padded with zeros", async () => {
  const data = examples();
  const { x, target } = await data.read(Uint32Array.of(1, 0), 3);
  assertEquals([...target], [1, 1.5, 0, 0.5, 0, 0]);
  assertEquals(x, (await sound().read(Uint32Array.of(1, 0), 3)).x);
  assertEquals(data.length, 5);
  assertEquals(data.fields.target, { shape: [2], dtype: "f32" });
  assertEquals(data.fields.x, { shape: [3], dtype: "f32" });
});

Deno.test("with a key each listener is as likely, however often they played", async () => {
  const batch = new Uint32Array(3000).fill(3);
  const { target } = await examples().read(batch, 3000, key(5));
  const draws = [0, 0, 0, 0];
  for (let place = 0; place < 3000; place++) {
    const user = target[2 * place];
    assertEquals(target[2 * place + 1], user + 0.5); // both elements are of one user
    draws[user]++;
  }
  assertEquals(draws[0], 0);
  for (const count of draws.slice(1)) assert(Math.abs(count - 1000) < 130, `${draws}`); // 5 sigma
});

Deno.test("the same key draws the same listeners, another key others", async () => {
  const batch = new Uint32Array(64).fill(1);
  const drawn = async (stream: number) =>
    (await examples().read(batch, 64, fold(key(1), stream))).target;
  assertEquals(await drawn(1), await drawn(1));
  assert((await drawn(1)).join() !== (await drawn(2)).join());
});

Deno.test("withListeners() names the example and the song that do not fit", () => {
  const make = (options: { songs?: number[]; users?: typeof USERS }) => () =>
    withListeners(sound(), { plays: PLAYS, songs: SONGS, users: USERS, ...options });
  const refused: [ReturnType<typeof make>, string][] = [
    [make({ songs: [0] }), "songs is 1, expected one for each of 5 examples"],
    [
      make({ songs: [0, 0, 3, 0, 0] }),
      "example 2 is of song 3, expected a whole number from 0 to 2",
    ],
    [make({ songs: [0, 0, 0, 1, 0] }), "song 1 of example 3 has no listener"],
    [make({ users: ndarray([2, 4], USERS.data) }), "user vectors are [2, 4], expected [4, k]"],
  ];
  for (const [action, message] of refused) refuses(action, message);
});

Deno.test("fit() learns from drawn listeners which group a song belongs to", async () => {
  const [songs, groups] = [64, 4];
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let pair = 0; pair < songs * 8; pair++) { // users of a group listen to its songs
    const [user, item] = [Math.floor(pair / songs), pair % songs];
    if (user % groups !== item % groups) continue;
    columns.users.push(user);
    columns.items.push(item);
    columns.counts.push(1);
  }
  const plays = makeInteractions(columns, { users: 8, items: songs });
  const users = randomArray([8, groups], 1, 0.1);
  for (let user = 0; user < 8; user++) users.data[user * groups + user % groups] += 1;
  const x = randomArray([songs, 6], 2, 0.1);
  for (let song = 0; song < songs; song++) x.data[song * 6 + song % groups] += 1;
  const all = Uint32Array.from({ length: songs }, (_, song) => song);
  const data = withListeners(arrays({ x }), { plays, songs: all, users });
  using model = new Model(await sharedGpu(), dense({ units: groups }), {
    inputShape: [6],
    key: key(1),
  });
  const losses: number[] = [];
  const options = { loss: contrastiveLoss(), optimizer: adam(), schedule: constantRate(0.03) };
  const plan = { steps: 120, batchSize: 24, reportEvery: 20, key: key(2) }; // the last is ragged: 16
  for await (const { loss } of fit(model, { data, ...options, ...plan })) losses.push(loss);
  // Chance is log 24 = 3.2; songs of one group, some 6 of a batch, cannot be told apart: log 6 =
  // 1.8.
  assert(losses[0] > 3 && losses[losses.length - 1] < 2.1, `${losses}`);
});
