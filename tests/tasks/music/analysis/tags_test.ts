import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { key } from "../../../../gpu/random.ts";
import { ndarray } from "../../../../gpu/tensor.ts";
import { aboveMedian, oneVersusRest, predictTags } from "../../../../tasks/music/analysis/tags.ts";
import { randomArray, test } from "../../../check.ts";
import { refuses, rejects } from "../../../refusals.ts";

test("predictTags() finds a tag that features tell, and no other", async ({ gpu }) => {
  const n = 200;
  const features = randomArray([n, 4], 1);
  const noise = randomArray([n, 1], 2).data;
  const columns = [
    (i: number) => features.data[4 * i] > 0.5,
    (i: number) => noise[i] > 0,
    (i: number) => i < 5, // in fewer songs than there are folds
  ];
  const data = Uint8Array.from({ length: 3 * n }, (_, at) => {
    return Number(columns[at % 3](Math.floor(at / 3)));
  });
  const tags = { names: ["loud", "chance", "rare"], values: ndarray([n, 3], data) };
  const told: number[] = [];
  const found = await predictTags(gpu, {
    features,
    tags,
    key: key(1),
    progress: (done) => told.push(done),
  });
  assertEquals(found.tags.map(({ name }) => name), ["loud", "chance"]);
  const [loud, chance] = found.tags;
  assert(loud.auc > 0.99, `${loud.auc}`);
  assert(Math.abs(chance.auc - 0.5) < 0.15, `${chance.auc}`);
  assertEquals(loud.songs, data.filter((has, at) => has === 1 && at % 3 === 0).length);
  assertAlmostEquals(found.meanAuc, (loud.auc + chance.auc) / 2, 1e-12);
  assertEquals(found.leftOut, ["rare"]);
  assertEquals(told, [1, 2, 3]);
});

test("no song helps to predict its own tag: without anything to learn the area is below 0.5", async ({ gpu }) => {
  // Each song has a feature of its own. A model that had seen the song would be right every time;
  // one that has not only knows the others, of which the other tag has one more.
  const n = 30;
  const identity = Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) ? 0 : 1);
  const features = ndarray([n, n], identity);
  const tags = oneVersusRest(Array.from({ length: n }, (_, i) => i % 2 ? "a" : "b"));
  const { meanAuc } = await predictTags(gpu, { features, tags, key: key(1), folds: 15 });
  assert(meanAuc <= 0.5 + 1e-9, `${meanAuc}`);
});

test("the same key gives the same areas, and the scale of a feature does not matter", async ({ gpu }) => {
  const features = randomArray([60, 3], 1);
  const wide = ndarray([60, 3], features.data.map((value, i) => i % 3 ? value : 1e4 * value + 7));
  const noise = randomArray([60, 1], 5, 1).data;
  const names = Array.from(noise, (value, i) => value + features.data[3 * i] > 0 ? "up" : "down");
  const run = async (x: typeof features, seed: number) =>
    (await predictTags(gpu, { features: x, tags: oneVersusRest(names), key: key(seed), folds: 5 }))
      .meanAuc;
  const first = await run(features, 1);
  assertEquals(await run(features, 1), first);
  assertAlmostEquals(await run(wide, 1), first, 1e-3);
  assert(await run(features, 2) !== first);
});

Deno.test("oneVersusRest() makes a tag of each genre, and none of an unknown one", () => {
  const { names, values } = oneVersusRest(["jazz", "", "folk", "jazz"]);
  assertEquals(names, ["folk", "jazz"]);
  assertEquals([...values.data], [0, 1, 0, 0, 1, 0, 0, 1]);
  refuses(
    () => oneVersusRest(["", ""]),
    "number of distinct names is 0, expected a whole number from 1 on",
  );
});

Deno.test("aboveMedian() splits songs in halves by each parameter", () => {
  const parameters = ndarray([4, 2], Float64Array.of(1, 5, 2, 5, 3, 9, 4, 5));
  const { names, values } = aboveMedian(["tempo", "noise"], parameters);
  assertEquals(names, ["tempo above median", "noise above median"]);
  assertEquals([...values.data], [0, 0, 0, 0, 1, 1, 1, 0]);
  refuses(() => aboveMedian(["tempo"], parameters), "expected [songs, 1]");
});

test("predictTags() names what does not fit", async ({ gpu }) => {
  const tags = oneVersusRest(["a", "b", "a"]);
  const run = (options: object) =>
    predictTags(gpu, { features: randomArray([3, 2]), tags, key: key(1), ...options });
  await rejects(() => run({ folds: 1 }), "folds is 1");
  await rejects(
    () => run({ features: randomArray([4, 2]) }),
    "features are [4, 2] and tags [3, 2]",
  );
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => run({ signal }), Error, "enough");
});
