import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { evaluateByGroup, evaluateRanking, popularityDeciles } from "../../recsys/evaluation.ts";
import { makeInteractions } from "../../recsys/interactions.ts";
import { refuses } from "../refusals.ts";

const SHAPE = { users: 4, items: 5 };
/** User 0 plays items 1 and 4, user 2 item 0, user 3 item 2; user 1 nothing. */
const TEST = makeInteractions(
  { users: [0, 0, 2, 3], items: [1, 4, 0, 2], counts: [9, 1, 1, 1] },
  SHAPE,
);
const SCORES = [5, 4, 3, 2, 1];

Deno.test("evaluateRanking() takes the mean over the users with test plays", () => {
  const asked: number[] = [];
  const scores = evaluateRanking(TEST, (user) => {
    asked.push(user);
    return SCORES;
  }, { k: 2 });
  assertEquals(asked, [0, 2, 3]);
  assertEquals([scores.users, scores.aucUsers], [3, 3]);
  // Places: user 0 has 2 and 5, user 2 has 1, user 3 has 3.
  assertAlmostEquals(scores.meanAveragePrecision, ((1 / 2) / 2 + 1 + 0) / 3, 1e-15);
  assertAlmostEquals(scores.precision, (1 / 2 + 1 / 2 + 0) / 3, 1e-15);
  assertAlmostEquals(scores.recall, (1 / 2 + 1 + 0) / 3, 1e-15);
  assertAlmostEquals(scores.auc, (2 / 6 + 1 + 2 / 4) / 3, 1e-15);
  const half = 1 / Math.log2(3);
  assertAlmostEquals(scores.ndcg, (half / (1 + half) + 1 + 0) / 3, 1e-15);
});

Deno.test("evaluateRanking() ranks neither known plays nor others than the candidates", () => {
  const shown = makeInteractions({ users: [0, 3, 1], items: [0, 1, 2], counts: [1, 1, 1] }, SHAPE);
  const candidates = [0, 1, 2, 4];
  const scores = evaluateRanking(TEST, () => SCORES, { exclude: shown, candidates });
  // User 0 ranks 1 2 4, user 2 ranks 0 1 2 4, user 3 ranks 0 2 4.
  assertAlmostEquals(scores.meanAveragePrecision, ((1 + 2 / 3) / 2 + 1 + 1 / 2) / 3, 1e-15);
  assertAlmostEquals(scores.auc, (1 / 2 + 1 + 1 / 2) / 3, 1e-15);
});

Deno.test("evaluateRanking() without users gives NaN, and an AUC only where there is one", () => {
  const none = makeInteractions({ users: [], items: [], counts: [] }, SHAPE);
  const empty = evaluateRanking(none, () => SCORES);
  assertEquals(empty.users, 0);
  assert(Number.isNaN(empty.meanAveragePrecision) && Number.isNaN(empty.auc));
  const { users, aucUsers, auc } = evaluateRanking(TEST, () => SCORES, {
    candidates: [0, 1, 2, 4],
  });
  assertEquals([users, aucUsers], [3, 3]);
  assert(!Number.isNaN(auc));
  const all = makeInteractions({ users: [0, 0], items: [0, 1], counts: [1, 1] }, {
    users: 1,
    items: 2,
  });
  const perfect = evaluateRanking(all, () => [1, 2]);
  assertEquals([perfect.meanAveragePrecision, perfect.aucUsers], [1, 0]);
  assert(Number.isNaN(perfect.auc));
});

Deno.test("evaluateByGroup() leaves a user's other test items out of the ranking", () => {
  const [niche, popular] = evaluateByGroup(TEST, () => SCORES, [1, 1, 0, 0, 0], 2);
  // Niche: user 0 looks for 4 among 0 2 3 4 (1 is left out), user 3 for 2 among all.
  assertEquals([niche.users, popular.users], [2, 2]);
  assertAlmostEquals(niche.meanAveragePrecision, (1 / 4 + 1 / 3) / 2, 1e-15);
  assertAlmostEquals(niche.auc, (0 + 1 / 2) / 2, 1e-15);
  // Popular: user 0 looks for 1 among 0 1 2 3, user 2 for 0 among all.
  assertAlmostEquals(popular.meanAveragePrecision, (1 / 2 + 1) / 2, 1e-15);
  assertAlmostEquals(popular.auc, (2 / 3 + 1) / 2, 1e-15);
});

Deno.test("popularityDeciles() puts tenths from the least to the most popular", () => {
  const popularity = Array.from({ length: 30 }, (_, i) => 7 * (29 - i));
  assertEquals([...popularityDeciles(popularity)], popularity.map((p) => Math.floor(p / 21)));
  // All alike share the middle; three quarters alike share theirs, whatever the order of items.
  assertEquals([...popularityDeciles([4, 4, 4])], [5, 5, 5]);
  assertEquals([...popularityDeciles([0, 9, 0, 0])], [3, 8, 3, 3]);
  assertEquals([...popularityDeciles([])], []);
  refuses(() => popularityDeciles([1, NaN]), "item 1 has NaN");
});

Deno.test("evaluation names the user or the shape that is wrong", () => {
  const other = makeInteractions({ users: [], items: [], counts: [] }, { users: 4, items: 6 });
  const cases: [() => unknown, string][] = [
    [
      () => evaluateRanking(TEST, () => SCORES, { exclude: other }),
      '"exclude" is [4, 6], expected',
    ],
    [
      () => evaluateRanking(TEST, () => SCORES, { exclude: TEST }),
      "items of user 0: item 1 is rel",
    ],
    [
      () => evaluateRanking(TEST, () => [1, 2]),
      "items of user 0: the number of scores is 2, expected one for each of 5 items",
    ],
    [() => evaluateRanking(TEST, () => [1, 2, 3, NaN, 5]), "of user 0: item 3 has score NaN"],
    [
      () => evaluateByGroup(TEST, () => SCORES, [0, 0], 1),
      "groups is 2, expected one for each of 5 items",
    ],
    [() => evaluateByGroup(TEST, () => SCORES, [0, 0, 1, 0, 0], 1), "item 2 has group 1, expected"],
  ];
  for (const [call, message] of cases) refuses(call, message);
});
