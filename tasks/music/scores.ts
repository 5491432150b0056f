/**
 * How well listeners' hidden plays are found among cold songs, by factors or by other scores.
 *
 * @module
 */
import { fold, type Key, normal, permutation } from "../../gpu/random.ts";
import { row, rowProduct } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { groupDistance, intraListDiversity, topItems } from "../../recsys/diversity.ts";
import {
  evaluateByGroup,
  evaluateRanking,
  popularityDeciles,
  type RankingScores,
  type ScoreItems,
} from "../../recsys/evaluation.ts";
import { filterInteractions, type Interactions, rowLengths } from "../../recsys/interactions.ts";
import type { Row } from "./result.ts";

/** Songs to rank, and what is to be found among them. */
export interface Trial {
  /** Plays of cold songs, `[listeners, songs]`. */
  readonly test: Interactions;
  /** Places of the cold songs. */
  readonly candidates: Uint32Array;
}

/** The plays of cold songs. */
export function makeTrial(plays: Interactions, cold: Uint8Array): Trial {
  return {
    test: filterInteractions(plays, (_, song) => cold[song] === 1),
    candidates: Uint32Array.from(cold.keys().filter((song) => cold[song] === 1)),
  };
}

/** Figures of one way to score. */
export function scoreTrial({ test, candidates }: Trial, scores: ScoreItems): RankingScores {
  return evaluateRanking(test, scores, { candidates });
}

/** The same as a row of a result. */
export function scoreRow(trial: Trial, scores: ScoreItems): Row {
  const { meanAveragePrecision: map, auc, ndcg } = scoreTrial(trial, scores);
  return { map, auc, ndcg };
}

/** Scores of the candidates by products of factors; other songs have 0. */
export function byFactors(
  listeners: NdArray,
  songs: NdArray,
  candidates: Uint32Array,
): ScoreItems {
  const scores = new Float64Array(songs.shape[0]);
  return (listener) => {
    for (const song of candidates) scores[song] = rowProduct(listeners, listener, songs, song);
    return scores;
  };
}

/** Factors that know nothing. */
export function randomFactors([rows, f]: readonly number[], key: Key): NdArray<Float32Array> {
  const stream = fold(key, "random factors");
  return ndarray([rows, f], Float32Array.from({ length: rows * f }, (_, i) => normal(stream, i)));
}

/**
 * The factors of the candidates dealt out among them: the control that hears the wrong song. What it
 * still finds it finds without hearing.
 */
export function shuffledFactors(
  songs: NdArray<Float32Array>,
  candidates: Uint32Array,
  key: Key,
): NdArray<Float32Array> {
  const f = songs.shape[1];
  const data = songs.data.slice();
  const order = permutation(fold(key, "shuffled songs"), candidates.length);
  candidates.forEach((song, at) => {
    const other = candidates[order[at]];
    data.set(row(songs, other), song * f);
  });
  return ndarray(songs.shape, data);
}

/** The same score of a song for all listeners: its listeners. */
export function byPopularity(plays: Interactions): ScoreItems {
  const listeners = rowLengths(plays.byItem);
  return () => listeners;
}

/**
 * Mean average precision by popularity of what is to be found: tenths of the candidates by their
 * listeners, from the least popular; NaN for a tenth that nobody plays.
 */
export function meanPrecisionByDecile({ test, candidates }: Trial, scores: ScoreItems): number[] {
  const listeners = rowLengths(test.byItem);
  const deciles = popularityDeciles(Float64Array.from(candidates, (song) => listeners[song]));
  const groupOf = new Uint8Array(test.items);
  candidates.forEach((song, at) => groupOf[song] = deciles[at]);
  return evaluateByGroup(test, scores, groupOf, 10, { candidates })
    .map(({ meanAveragePrecision }) => meanAveragePrecision);
}

/** Share of pairs with different artists in lists of ten, a mean over listeners. */
export function artistDiversity(
  { test, candidates }: Trial,
  scores: ScoreItems,
  artists: readonly string[],
): number {
  const numbers = new Map([...new Set(artists)].map((artist, i) => [artist, i]));
  const distance = groupDistance(artists.map((artist) => numbers.get(artist)!));
  let sum = 0;
  for (let listener = 0; listener < test.users; listener++) {
    sum += intraListDiversity(topItems(scores(listener), 10, { candidates }), distance);
  }
  return sum / test.users;
}
