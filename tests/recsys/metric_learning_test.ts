import { assert, assertEquals, assertRejects } from "@std/assert";
import { bernoulli, fold, key, uniform } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { evaluateRanking } from "../../recsys/evaluation.ts";
import { makeInteractions, rowOf } from "../../recsys/interactions.ts";
import { applyMetric, fitMetric, metricScores, tripletLoss } from "../../recsys/metric_learning.ts";
import { TripleDraw } from "../../recsys/metric_triples.ts";
import { splitByItem } from "../../recsys/splits.ts";
import { checkGradient, randomArray, sharedGpu, test } from "../check.ts";
import { refuses, rejects } from "../refusals.ts";

/** The feature that decides who plays what. */
const DECISIVE = 6;

/** 120 songs of ten features; 80 users who like one sign of one feature, half of such songs. */
function toy() {
  const [users, items, d] = [80, 120, 10];
  const features = randomArray([items, d], 3, 5);
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let user = 0; user < users; user++) {
    for (let item = 0; item < items; item++) {
      const isLiked = (features.data[item * d + DECISIVE] > 0) === (user % 2 === 0);
      if (!isLiked || !bernoulli(fold(key(4), user), item, 0.5)) continue;
      columns.users.push(user);
      columns.items.push(item);
      columns.counts.push(1);
    }
  }
  const plays = makeInteractions(columns, { users, items });
  return { features, ...splitByItem(plays, { key: key(5), test: 0.25 }) };
}

/** The identity, [d, d]. */
function unit(d: number) {
  return ndarray([d, d], Float64Array.from({ length: d * d }, (_, i) => i % (d + 1) ? 0 : 1));
}

test("fitMetric() finds the one feature of ten that matters, and ranks cold songs by it", async ({ gpu }) => {
  const { features, train, test, items } = toy();
  const aucOf = async (map: NdArray<Float64Array>) => {
    const scores = metricScores(await applyMetric(gpu, { map }, features), train);
    return evaluateRanking(test, scores, { candidates: items.test }).auc;
  };
  const plain = await aucOf(unit(10));
  for (const rank of [undefined, 3]) {
    const { map, loss } = await fitMetric(gpu, features, { plays: train, key: key(1), rank });
    const weights = Array.from({ length: 10 }, (_, j) => {
      let sum = 0;
      for (let r = 0; r < map.shape[0]; r++) sum += map.data[10 * r + j] ** 2;
      return sum;
    });
    const others = Math.max(...weights.filter((_, j) => j !== DECISIVE));
    assert(weights[DECISIVE] > 10 * others, `rank ${rank}: ${weights}`);
    const auc = await aucOf(map);
    assert(auc > plain + 0.05, `rank ${rank}: ${auc} against ${plain}`);
    assert(loss.at(-1)! < 0.9 * loss[0], `${loss}`);
  }
});

Deno.test("the gradient of the hinge loss of triples agrees with finite differences", () => {
  const features = randomArray([6, 4], 1);
  const map = randomArray([3, 4], 2);
  const triples = [{ a: 0, b: 1, c: 2 }, { a: 3, b: 0, c: 5 }, { a: 4, b: 2, c: 1 }];
  for (const margin of [0.5, 30]) {
    const { gradient } = tripletLoss(map, features, triples, margin);
    const f = () => tripletLoss(map, features, triples, margin).loss;
    checkGradient(f, map, ndarray([3, 4], gradient));
  }
});

Deno.test("scores are the mean of minus the squared distances to the songs played", async () => {
  const features = ndarray([4, 2], Float64Array.of(0, 0, 1, 0, 0, 2, 3, 1));
  const map = ndarray([1, 2], Float64Array.of(2, 1));
  const plays = makeInteractions({ users: [0, 0], items: [1, 3], counts: [9, 1] }, {
    users: 2,
    items: 4,
  });
  const points = await applyMetric(await sharedGpu(), { map }, features);
  const score = metricScores(points, plays);
  // M x: 0, 2, 2, 7; played: 2 and 7
  assertEquals([...Array.from(score(0))], [-(4 + 49) / 2, -25 / 2, -25 / 2, -25 / 2]);
  assertEquals([...Array.from(score(1))], [0, 0, 0, 0]);
});

Deno.test("triples hold two songs of a user and one of others, never a song without plays", () => {
  const plays = makeInteractions(
    { users: [0, 0, 1, 1, 1, 2], items: [0, 3, 1, 3, 4, 0], counts: [1, 1, 1, 1, 1, 1] },
    { users: 4, items: 6 },
  );
  const draw = new TripleDraw(plays, key(1));
  const seen = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const { a, b, c } = draw.next();
    assert(a !== b && c !== 2 && c !== 5);
    const user = [0, 1].find((user) =>
      rowOf(plays.byUser, user).indices.includes(a) &&
      rowOf(plays.byUser, user).indices.includes(b)
    );
    assert(user !== undefined && !rowOf(plays.byUser, user).indices.includes(c));
    seen.add([a, b, c].join());
  }
  assertEquals(seen.size, 2 * 2 + 6 * 1);
  const lonely = makeInteractions({ users: [0, 1], items: [0, 1], counts: [1, 1] }, {
    users: 2,
    items: 2,
  });
  refuses(() => new TripleDraw(lonely, key(1)), "left another is 0, expected 1 or more of 2");
});

test("the steps of a metric can be watched and ended", async ({ gpu }) => {
  const { features, train } = toy();
  const told: number[] = [];
  const controller = new AbortController();
  const progress = (step: number) => {
    told.push(step);
    if (step === 100) controller.abort(new Error("enough"));
  };
  await assertRejects(
    () =>
      fitMetric(gpu, features, {
        plays: train,
        key: key(1),
        progress,
        signal: controller.signal,
      }),
    Error,
    "enough",
  );
  assertEquals(told, [50, 100]);
});

test("fitMetric() and metricScores() name what does not fit", async ({ gpu }) => {
  const { features, train } = toy();
  const fit = (options: object) =>
    fitMetric(gpu, features, { plays: train, key: key(1), ...options });
  await rejects(() => fit({ rank: 11 }), "rank is 11, expected a whole number");
  await rejects(() => fit({ margin: NaN }), "margin is NaN");
  await rejects(
    () => fit({ learningRate: 1e9, steps: 100 }),
    "Cannot fit a metric: the loss at step 50 at learningRate 1000000000 is ",
  );
  const few = ndarray([3, 2], Float64Array.from({ length: 6 }, (_, i) => uniform(key(1), i)));
  await rejects(
    () => fitMetric(gpu, few, { plays: train, key: key(1) }),
    "rows is [3, 2], expected [120, d]",
  );
  const same = ndarray([120, 1], new Float64Array(120).fill(2));
  await rejects(() => fitMetric(gpu, same, { plays: train, key: key(1) }), "of two songs is 0");
});
