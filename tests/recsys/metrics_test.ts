import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, uniform } from "../../gpu/random.ts";
import {
  averagePrecisionAt,
  ndcgAt,
  precisionAt,
  type RankingOptions,
  rankItems,
  recallAt,
  userAuc,
} from "../../recsys/metrics.ts";
import { refuses } from "../refusals.ts";

const CLOSE = 1e-14;

// The values below: scikit-learn 1.9.1 with numpy 2.4.6.
const SCORES = [0.9, 0.1, 0.8, 0.3, 0.7, 0.25, 0.6, 0.05, 0.5, 0.45];
const RELEVANT = [1, 2, 4, 8, 9];
const TIED_SCORES = [2, 1, 3, 2, 3, 1, 2, 0, 2, 1];
const GAINS = { relevant: [1, 2, 5, 6, 8], gains: [3, 1, 1, 2, 5] };

Deno.test("averagePrecisionAt() beyond the last item is average_precision_score(y, s)", () => {
  const ranking = rankItems(SCORES, { relevant: RELEVANT });
  assertAlmostEquals(averagePrecisionAt(ranking, 10), 0.5977777777777777, CLOSE);
  assertAlmostEquals(averagePrecisionAt(ranking, 500), 0.5977777777777777, CLOSE);
});

Deno.test("averagePrecisionAt() is truncated as the Million Song Dataset Challenge does", () => {
  // Relevant at places 2, 3, 5, 6, 9.
  const ranking = rankItems(SCORES, { relevant: RELEVANT });
  assertEquals(averagePrecisionAt(ranking, 1), 0);
  assertAlmostEquals(averagePrecisionAt(ranking, 2), (1 / 2) / 2, CLOSE);
  assertAlmostEquals(averagePrecisionAt(ranking, 3), (1 / 2 + 2 / 3) / 3, CLOSE);
  assertAlmostEquals(averagePrecisionAt(ranking, 6), (1 / 2 + 2 / 3 + 3 / 5 + 4 / 6) / 5, CLOSE);
});

Deno.test("precisionAt() divides by k, recallAt() by the relevant", () => {
  const ranking = rankItems(SCORES, { relevant: RELEVANT });
  const hits = [[1, 0], [2, 1], [3, 2], [5, 3], [10, 5], [20, 5]];
  for (const [k, found] of hits) {
    assertEquals([precisionAt(ranking, k), recallAt(ranking, k)], [found / k, found / 5]);
  }
});

Deno.test("userAuc() is roc_auc_score(y, s), also with ties", () => {
  assertAlmostEquals(userAuc(rankItems(SCORES, { relevant: RELEVANT })), 0.6000000000000001, CLOSE);
  assertAlmostEquals(userAuc(rankItems(TIED_SCORES, GAINS)), 0.54, CLOSE);
  assertEquals(userAuc(rankItems([1, 1, 1], { relevant: [2] })), 0.5);
  assert(Number.isNaN(userAuc(rankItems([1, 2], { relevant: [0, 1] }))));
});

Deno.test("ndcgAt() is ndcg_score([y], [s], k=k), also with ties and gains", () => {
  const golden: [number[], RankingOptions, [number, number][]][] = [
    [SCORES, { relevant: RELEVANT }, [
      [1, 0],
      [3, 0.5307212739772434],
      [5, 0.5147714448836774],
      [10, 0.7376801427060832],
    ]],
    [TIED_SCORES, GAINS, [
      [1, 0.1],
      [2, 0.1183069503420758],
      [3, 0.21417838750615845],
      [5, 0.35832687644170935],
      [7, 0.48091791676179385],
      [10, 0.5752879620561822],
    ]],
    [TIED_SCORES, { relevant: GAINS.relevant }, [[1, 0.5], [3, 0.5], [7, 0.6357745858549952]]],
  ];
  for (const [scores, options, values] of golden) {
    const ranking = rankItems(scores, options);
    for (const [k, value] of values) assertAlmostEquals(ndcgAt(ranking, k), value, CLOSE);
  }
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest])
  );
}

Deno.test("with ties each metric is its mean over all orders of the tied items", () => {
  const relevance = [0, 1, 0, 1, 1, 0, 0];
  const relevant = [1, 3, 4];
  for (const scores of [[1, 1, 1, 1, 1, 1, 1], [3, 2, 2, 2, 2, 1, 3], [5, 1, 1, 5, 1, 5, 0]]) {
    const orders = permutations([0, 1, 2, 3, 4, 5, 6])
      .filter((order) =>
        order.every((item, at) => at < 1 || scores[order[at - 1]] >= scores[item])
      );
    for (const k of [1, 2, 3, 5, 7, 9]) {
      let [ap, hitsSum, dcg] = [0, 0, 0];
      for (const order of orders) {
        let hits = 0;
        order.slice(0, k).forEach((item, at) => {
          hits += relevance[item];
          ap += relevance[item] * hits / (at + 1) / Math.min(k, 3);
          dcg += relevance[item] / Math.log2(at + 2);
        });
        hitsSum += hits;
      }
      const ideal = [0, 1, 2].slice(0, k).reduce((sum, at) => sum + 1 / Math.log2(at + 2), 0);
      const ranking = rankItems(scores, { relevant });
      const n = orders.length;
      assertAlmostEquals(averagePrecisionAt(ranking, k), ap / n, 1e-12, `AP@${k} of ${scores}`);
      assertAlmostEquals(precisionAt(ranking, k), hitsSum / n / k, 1e-12);
      assertAlmostEquals(recallAt(ranking, k), hitsSum / n / 3, 1e-12);
      assertAlmostEquals(ndcgAt(ranking, k), dcg / n / ideal, 1e-12);
    }
  }
});

Deno.test("excluded items and others than the candidates leave no trace", () => {
  const n = 40;
  const scores = Array.from({ length: n }, (_, i) => Math.floor(12 * uniform(key(5), i)));
  const relevant = [3, 11, 17, 30];
  const exclude = [0, 4, 8, 12, 12, 16];
  const candidates = scores.map((_, i) => i).filter((i) => i % 5 !== 4);
  const left = candidates.filter((i) => !exclude.includes(i));
  const small = rankItems(left.map((i) => scores[i]), {
    relevant: relevant.map((i) => left.indexOf(i)),
  });
  scores[0] = NaN; // excluded, so nobody looks at it
  const ranking = rankItems(scores, { relevant, exclude, candidates });
  assertEquals(ranking, small);
  assertEquals(ranking.candidates, left.length);
});

Deno.test("rankItems() takes infinite scores", () => {
  const ranking = rankItems([-Infinity, 0, Infinity, -Infinity], { relevant: [0, 2] });
  assertAlmostEquals(averagePrecisionAt(ranking, 4), (1 + (2 / 3 + 2 / 4) / 2) / 2, CLOSE);
  assertEquals(userAuc(ranking), (0 + 0.5 + 1 + 1) / 4);
});

Deno.test("rankItems() and the metrics name what is wrong", () => {
  const rank = (options: RankingOptions, scores = [1, 2, 3]) => () => rankItems(scores, options);
  const cases: [() => unknown, string][] = [
    [rank({ relevant: [] }), "Cannot rank items: the number of relevant items is 0, expected"],
    [rank({ relevant: [3] }), "relevant item is 3, expected one of 3 items"],
    [rank({ relevant: [1, 1] }), "item 1 is relevant twice"],
    [rank({ relevant: [1], exclude: [1] }), "item 1 is relevant, but excluded or no candidate"],
    [rank({ relevant: [1], candidates: [0, 2] }), "item 1 is relevant, but excluded or no"],
    [rank({ relevant: [1], candidates: [1, 1] }), "item 1 is a candidate twice"],
    [
      rank({ relevant: [1], candidates: [1, 5] }),
      "candidate is 5, expected a whole number from 0 to 2",
    ],
    [rank({ relevant: [1], exclude: [-1] }), "item to exclude is -1"],
    [
      rank({ relevant: [1], gains: [1, 2] }),
      "gains is 2, expected one for each of 1 relevant items",
    ],
    [rank({ relevant: [1], gains: [0] }), "item 1 has gain 0, expected a finite number above 0"],
    [rank({ relevant: [1] }, [1, 2, NaN]), "item 2 has score NaN, expected a number"],
    [rank({ relevant: [1] }, [1, NaN, 2]), "item 1 has score NaN, expected a number"],
  ];
  for (const [call, message] of cases) refuses(call, message);
  const ranking = rankItems([1, 2], { relevant: [1] });
  for (const metric of [averagePrecisionAt, ndcgAt, precisionAt, recallAt]) {
    for (const k of [0, -1, 1.5, NaN]) {
      refuses(() => metric(ranking, k), `first ${k} places`);
    }
  }
});
