/**
 * Ranking metrics over many users: means, and the same by popularity of the items to be found.
 *
 * @module
 */
import { check } from "../gpu/check.ts";
import { type Interactions, rowOf } from "./interactions.ts";
import {
  averagePrecisionAt,
  ndcgAt,
  precisionAt,
  rankItems,
  recallAt,
  userAuc,
  type UserRanking,
} from "./metrics.ts";

/** How a recommender is judged. */
export interface EvaluationOptions {
  /** Places looked at by all metrics but the AUC. Default 500, as in the challenge. */
  readonly k?: number;
  /** The items that may be recommended, such as the test songs of a cold start. Default all. */
  readonly candidates?: ArrayLike<number>;
  /** Plays the recommender was shown: a user's own are not ranked for them. */
  readonly exclude?: Interactions;
}

/** Means over users, each user counting equally. NaN where there are no users. */
export interface RankingScores {
  /** Users with something to be found. Others are left out. */
  readonly users: number;
  /** Mean average precision truncated at k. */
  readonly meanAveragePrecision: number;
  /** Normalised discounted cumulative gain of the first k. */
  readonly ndcg: number;
  /** Share of the first k that is relevant. */
  readonly precision: number;
  /** Share of the relevant that is among the first k. */
  readonly recall: number;
  /** Mean of the AUCs of the users that have one. */
  readonly auc: number;
  /** Users with an AUC: those with a candidate that is not relevant. */
  readonly aucUsers: number;
}

/** Scores of all items for a user, `[i]`; may be the same array each time, refilled. */
export type ScoreItems = (user: number) => ArrayLike<number>;

/**
 * Judges a recommender by the plays that were held out. Any number of plays makes an item relevant.
 *
 * @param test What is to be found; users without plays are left out and not scored
 * @param scoreItems Called once for each user that has test plays
 * @throws {RangeError} when `exclude` has another shape than `test`, and as `rankItems`, such as for
 * a test play that is excluded, with the user in the message
 *
 * @example
 * ```ts
 * import { evaluateRanking } from "./evaluation.ts";
 * import { makeInteractions } from "./interactions.ts";
 *
 * const plays = { users: [0, 1], items: [2, 0], counts: [1, 1] };
 * const test = makeInteractions(plays, { users: 3, items: 3 });
 * const { users, auc } = evaluateRanking(test, () => [0, 1, 2]);
 * if (users !== 2 || auc !== 0.5) throw new Error("one user is served best, one worst");
 * ```
 */
export function evaluateRanking(
  test: Interactions,
  scoreItems: ScoreItems,
  options: EvaluationOptions = {},
): RankingScores {
  return evaluateByGroup(test, scoreItems, new Uint8Array(test.items), 1, options)[0];
}

/**
 * As {@linkcode evaluateRanking}, once for each group of items, such as popularity deciles. For a
 * group, only its items are to be found; a user's other test items are left out of the ranking, as
 * they are neither to be found nor wrong. All other candidates stay.
 *
 * @param groupOf The group of each item, `[i]`, 0 to `groups` - 1
 * @param groups Number of groups
 * @returns One set of means a group; users without test plays in a group are left out there
 * @throws {RangeError} as evaluateRanking, and when `groupOf` does not fit
 */
export function evaluateByGroup(
  test: Interactions,
  scoreItems: ScoreItems,
  groupOf: ArrayLike<number>,
  groups: number,
  options: EvaluationOptions = {},
): RankingScores[] {
  const { k = 500, candidates, exclude } = options;
  checkShapes(test, groupOf, groups, exclude);
  const means = Array.from({ length: groups }, () => new Means(k));
  for (let user = 0; user < test.users; user++) {
    const held = rowOf(test.byUser, user).indices;
    if (held.length === 0) continue;
    const scores = scoreItems(user);
    const count = { "the number of scores": scores.length };
    const attempt = `Cannot rank items of user ${user}`;
    check(scores.length === test.items, attempt, count, `one for each of ${test.items} items`);
    const known = exclude ? rowOf(exclude.byUser, user).indices : new Uint32Array(0);
    for (let group = 0; group < groups; group++) {
      const relevant = held.filter((item) => groupOf[item] === group);
      if (relevant.length === 0) continue;
      const others = held.filter((item) => groupOf[item] !== group);
      const left = concatenated(known, others);
      means[group].add(rankOf(user, scores, { relevant, candidates, exclude: left }));
    }
  }
  return means.map((mean) => mean.scores());
}

/**
 * The popularity decile of each item, 0 the least and 9 the most popular. Items of equal popularity
 * share a decile, that of their middle rank, so that deciles may differ in size and even be empty.
 *
 * @param popularity A number an item, such as its users in training: `rowLengths(train.byItem)`
 * @throws {RangeError} for a popularity that is no finite number
 */
export function popularityDeciles(popularity: ArrayLike<number>): Uint8Array {
  const n = popularity.length;
  for (let item = 0; item < n; item++) {
    if (Number.isFinite(popularity[item])) continue;
    throw new RangeError(
      `Cannot make popularity deciles: item ${item} has ${
        popularity[item]
      }, expected a finite number`,
    );
  }
  const order = Array.from({ length: n }, (_, item) => item)
    .sort((a, b) => popularity[a] - popularity[b]);
  const decile = new Uint8Array(n);
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && popularity[order[end]] === popularity[order[start]]) end++;
    const middle = (start + end) / 2; // of the ranks start up to end, as a point in [0, n]
    for (let place = start; place < end; place++) {
      decile[order[place]] = Math.floor(10 * middle / n);
    }
  }
  return decile;
}

/** Sums metrics over users. */
class Means {
  readonly #k: number;
  readonly #sums = new Float64Array(5);
  #users = 0;
  #aucUsers = 0;

  constructor(k: number) {
    this.#k = k;
  }

  add(ranking: UserRanking): void {
    this.#users++;
    [averagePrecisionAt, ndcgAt, precisionAt, recallAt].forEach((metric, at) => {
      this.#sums[at] += metric(ranking, this.#k);
    });
    const auc = userAuc(ranking);
    if (Number.isNaN(auc)) return;
    this.#aucUsers++;
    this.#sums[4] += auc;
  }

  scores(): RankingScores {
    const [meanAveragePrecision, ndcg, precision, recall] = this.#sums.map((sum) =>
      sum / this.#users
    );
    const [users, aucUsers] = [this.#users, this.#aucUsers];
    const auc = this.#sums[4] / aucUsers;
    return { users, meanAveragePrecision, ndcg, precision, recall, auc, aucUsers };
  }
}

function concatenated(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function rankOf(
  user: number,
  scores: ArrayLike<number>,
  options: Parameters<typeof rankItems>[1],
): UserRanking {
  try {
    return rankItems(scores, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(error.message.replace("items", `items of user ${user}`), { cause: error });
  }
}

function checkShapes(
  test: Interactions,
  groupOf: ArrayLike<number>,
  groups: number,
  exclude: Interactions | undefined,
): void {
  const attempt = "Cannot evaluate a ranking";
  if (exclude && (exclude.users !== test.users || exclude.items !== test.items)) {
    throw new RangeError(
      `${attempt}: "exclude" is [${exclude.users}, ${exclude.items}], expected ` +
        `[${test.users}, ${test.items}] as "test" is`,
    );
  }
  const count = { "the number of groups": groupOf.length };
  check(groupOf.length === test.items, attempt, count, `one for each of ${test.items} items`);
  for (let item = 0; item < test.items; item++) {
    if (Number.isInteger(groupOf[item]) && groupOf[item] >= 0 && groupOf[item] < groups) continue;
    throw new RangeError(
      `${attempt}: item ${item} has group ${groupOf[item]}, expected 0 to ${groups - 1}`,
    );
  }
}
