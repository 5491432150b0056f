/**
 * How well one user's ranking finds the items that were held out. Exact in float64, also where
 * scores are equal: a metric is then its mean over all orders of the tied items, so that the order
 * in which items are stored cannot help or harm (McSherry and Najork 2008, "Computing information
 * retrieval performance measures efficiently in the presence of ties").
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";
import {
  type CandidateOptions,
  checkCutoff,
  openItems,
  RANK_ATTEMPT as ATTEMPT,
} from "./candidates.ts";

/** What a ranking is judged by. */
export interface RankingOptions extends CandidateOptions {
  /** The items to be found, without doubles, at least one. */
  readonly relevant: ArrayLike<number>;
  /** Worth of each relevant item for nDCG, finite and above 0. Default 1 each. */
  readonly gains?: ArrayLike<number>;
}

/** Relevant items of one score and what surrounds them. */
export interface RankedLevel {
  /** Candidates with a higher score. */
  readonly above: number;
  /** Candidates with this score, relevant or not. */
  readonly tied: number;
  /** Relevant ones among the tied. */
  readonly relevant: number;
  /** Sum of the gains of the relevant ones. */
  readonly gain: number;
}

/** All that the metrics need of a ranking. */
export interface UserRanking {
  /** Number of items ranked. */
  readonly candidates: number;
  /** Number of relevant items. */
  readonly relevant: number;
  /** Scores that relevant items have, highest first. */
  readonly levels: readonly RankedLevel[];
  /** Gains in their best order, descending: `[relevant]`. */
  readonly idealGains: Float64Array;
}

/**
 * Ranks items by score, higher first, without sorting them: work grows as i log r for i candidates
 * and r relevant items.
 *
 * @param scores One score an item, `[i]`; infinite ones are allowed
 * @param options What is relevant, what may be recommended, what is left out
 * @throws {RangeError} for a candidate's score that is no number, an item that does not exist or
 * stands twice, a relevant item that cannot be recommended, no relevant item at all, or gains that
 * are not positive or not one a relevant item
 *
 * @example
 * ```ts
 * import { averagePrecisionAt, rankItems, userAuc } from "./metrics.ts";
 *
 * const ranking = rankItems([0.9, 0.1, 0.5, 0.7], { relevant: [0, 2], exclude: [1] });
 * // The order is 0, 3, 2: precision 1 at place 1 and 2/3 at place 3.
 * if (averagePrecisionAt(ranking, 500) !== (1 + 2 / 3) / 2) throw new Error("wrong");
 * if (userAuc(ranking) !== 0.5) throw new Error("one of two pairs is in order");
 * ```
 */
export function rankItems(scores: ArrayLike<number>, options: RankingOptions): UserRanking {
  const { relevant, gains } = options;
  const open = openItems(scores.length, options);
  whole(ATTEMPT, { "the number of relevant items": relevant.length }, 1);
  const { length = relevant.length } = gains ?? {};
  const each = `one for each of ${relevant.length} relevant items`;
  check(length === relevant.length, ATTEMPT, { "the number of gains": length }, each);
  const gainOf = new Map<number, number>();
  for (let at = 0; at < relevant.length; at++) {
    const [item, gain] = [relevant[at], gains ? gains[at] : 1];
    if (gainOf.has(item)) throw new RangeError(`${ATTEMPT}: item ${item} is relevant twice`);
    if (open[item] !== 1) throw new RangeError(`${ATTEMPT}: ${unrankable(item, scores.length)}`);
    if (!(gain > 0 && gain < Infinity)) {
      throw new RangeError(
        `${ATTEMPT}: item ${item} has gain ${gain}, expected a finite number above 0`,
      );
    }
    gainOf.set(item, gain);
  }
  return levelsOf(scores, open, gainOf);
}

/**
 * Average precision truncated at `k`, of which the mean over users is mAP@k. As the Million Song
 * Dataset Challenge defines it (McFee et al. 2012, k = 500): the sum, over the first `k` places that
 * hold a relevant item, of the precision there, divided by the smaller of `k` and the number of
 * relevant items.
 *
 * @param k Places looked at, from 1 on
 */
export function averagePrecisionAt({ levels, relevant }: UserRanking, k: number): number {
  checkCutoff(k);
  let sum = 0;
  let found = 0; // relevant items above the level
  for (const level of levels) {
    const share = level.relevant / level.tied;
    // Given a hit at one place of the tie, each other place holds a hit as often as this.
    const otherShare = level.tied > 1 ? (level.relevant - 1) / (level.tied - 1) : 0;
    const places = Math.min(level.tied, Math.max(0, k - level.above));
    for (let before = 0; before < places; before++) {
      sum += share * (found + 1 + before * otherShare) / (level.above + before + 1);
    }
    found += level.relevant;
  }
  return sum / Math.min(k, relevant);
}

/**
 * Normalised discounted cumulative gain of the first `k` places: gain / log2(1 + place), summed and
 * divided by the same sum for the best order (Järvelin and Kekäläinen 2002; gains are linear, as in
 * scikit-learn).
 *
 * @param k Places looked at, from 1 on
 */
export function ndcgAt({ levels, idealGains }: UserRanking, k: number): number {
  checkCutoff(k);
  let sum = 0;
  for (const level of levels) {
    const places = Math.min(level.tied, Math.max(0, k - level.above));
    for (let i = 0; i < places; i++) {
      sum += level.gain / level.tied / Math.log2(level.above + i + 2);
    }
  }
  let ideal = 0;
  for (let i = 0; i < Math.min(k, idealGains.length); i++) {
    ideal += idealGains[i] / Math.log2(i + 2);
  }
  return sum / ideal;
}

/**
 * Relevant items among the first `k`, divided by `k`, even where fewer candidates exist.
 *
 * @param k Places looked at, from 1 on
 */
export function precisionAt(ranking: UserRanking, k: number): number {
  return hitsAt(ranking, k) / k;
}

/**
 * Share of the relevant items that stand among the first `k`.
 *
 * @param k Places looked at, from 1 on
 */
export function recallAt(ranking: UserRanking, k: number): number {
  return hitsAt(ranking, k) / ranking.relevant;
}

/**
 * Area under the ROC curve of one user: how often a relevant item scores above one that is not,
 * counting ties half. NaN where every candidate is relevant: there is nothing to compare with.
 */
export function userAuc({ levels, relevant, candidates }: UserRanking): number {
  const others = candidates - relevant;
  let inOrder = 0;
  let found = 0;
  for (const level of levels) {
    const othersAbove = level.above - found;
    const othersTied = level.tied - level.relevant;
    inOrder += level.relevant * (others - othersAbove - othersTied / 2);
    found += level.relevant;
  }
  return inOrder / (relevant * others); // 0 / 0 where there are no others
}

/** Expected number of relevant items among the first `k`. */
function hitsAt({ levels }: UserRanking, k: number): number {
  checkCutoff(k);
  let hits = 0;
  for (const { above, tied, relevant } of levels) {
    hits += relevant * Math.min(tied, Math.max(0, k - above)) / tied;
  }
  return hits;
}

/** Counts, for each score of a relevant item, the candidates above it and at it. */
function levelsOf(
  scores: ArrayLike<number>,
  open: Uint8Array,
  gainOf: ReadonlyMap<number, number>,
): UserRanking {
  const values = Float64Array.from(new Set([...gainOf.keys()].map((item) => scores[item]))).sort();
  const tied = new Float64Array(values.length);
  const between = new Float64Array(values.length + 1); // [j]: above value j - 1, below value j
  let candidates = 0;
  for (let item = 0; item < open.length; item++) {
    if (open[item] === 0) continue;
    const score = scores[item];
    if (Number.isNaN(score)) {
      throw new RangeError(`${ATTEMPT}: item ${item} has score NaN, expected a number`);
    }
    candidates++;
    const place = firstAtLeast(values, score);
    if (place < values.length && values[place] === score) tied[place]++;
    else between[place]++;
  }
  const relevant = new Float64Array(values.length);
  const gain = new Float64Array(values.length);
  for (const [item, worth] of gainOf) {
    const place = firstAtLeast(values, scores[item]);
    relevant[place]++;
    gain[place] += worth;
  }
  const levels: RankedLevel[] = [];
  let above = 0;
  for (let j = values.length - 1; j >= 0; j--) {
    above += between[j + 1];
    levels.push({ above, tied: tied[j], relevant: relevant[j], gain: gain[j] });
    above += tied[j];
  }
  const idealGains = Float64Array.from(gainOf.values()).sort().reverse();
  return { candidates, relevant: gainOf.size, levels, idealGains };
}

/** Index of the first value that is not below `score`; values ascend. */
function firstAtLeast(values: Float64Array, score: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function unrankable(item: number, items: number): string {
  return Number.isInteger(item) && item >= 0 && item < items
    ? `item ${item} is relevant, but excluded or no candidate`
    : `relevant item is ${item}, expected one of ${items} items`;
}
