/**
 * What a finished run recommends: songs alike by sound and by listeners, songs for a listener, and
 * what becomes of a song when nobody has played it. The command line and the demo share it.
 *
 * @module
 */
import { dot, row, rowProduct } from "../../gpu/rows.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { topItems } from "../../recsys/diversity.ts";
import { type Interactions, rowLengths, rowOf } from "../../recsys/interactions.ts";
import { usagePatterns } from "../../recsys/usage_patterns.ts";
import { knownPlays, type MusicRun } from "./run_files.ts";

/** A song in a list. */
export interface Recommended {
  /** Its place in the catalogue. */
  readonly song: number;
  /** Cosine for neighbours, mixed score for recommendations. */
  readonly score: number;
}

/** How much each source counts, 0 or more; they need not sum to 1. */
export interface Mix {
  /** Listeners that a song has. */
  readonly popularity: number;
  /** Collaborative filtering: factors from plays. */
  readonly usage: number;
  /** Factors heard in the sound. */
  readonly content: number;
}

/** Which songs a listener is offered. */
export interface RecommendOptions {
  /** Length of the list. Default 10. */
  readonly count?: number;
  /** How the sources are mixed. Default content only. */
  readonly mix?: Mix;
  /** Whether only songs without known plays are offered. Default false. */
  readonly coldOnly?: boolean;
}

/** What the removal of a song's plays changes for a listener; 1 is the best place. */
export interface RankChange {
  /** Places by plays, before and without them. */
  readonly usage: { readonly before: number; readonly after: number };
  /** Places by sound, which plays do not enter. */
  readonly content: { readonly before: number; readonly after: number };
  /** Songs that are ranked: all that the listener has not played, and this one. */
  readonly of: number;
}

/** A run, ready to answer. */
export class Recommender {
  /** The run. */
  readonly run: MusicRun;
  /** The plays that are known: those of songs that are not cold. */
  readonly known: Interactions;
  readonly #contentPatterns: NdArray<Float64Array>;
  readonly #usagePatterns: NdArray<Float64Array>;
  readonly #popularity: Uint32Array;

  /** Makes the patterns that neighbours are compared by. */
  constructor(run: MusicRun) {
    this.run = run;
    this.known = knownPlays(run);
    this.#contentPatterns = usagePatterns(run.strict.listeners, run.predicted);
    this.#usagePatterns = usagePatterns(run.all.listeners, run.all.songs);
    this.#popularity = rowLengths(this.known.byItem);
  }

  /** The songs that sound as if the same people would play them, best first. */
  contentNeighbours(song: number, count = 10): Recommended[] {
    return nearestPatterns(this.#contentPatterns, song, count);
  }

  /**
   * The songs nearest to a predicted usage pattern, such as that of a dropped file, best first.
   *
   * @param factors predicted factors, `[f]`
   */
  contentNeighboursOf(factors: Float32Array, count = 10): Recommended[] {
    const { run } = this;
    const query = usagePatterns(run.strict.listeners, {
      shape: [1, factors.length],
      data: factors,
    });
    return nearestTo(this.#contentPatterns, query.data, count, []);
  }

  /** The songs that the same people play, best first; none for a song without plays. */
  usageNeighbours(song: number, count = 10): Recommended[] {
    if (rowOf(this.run.plays.byItem, song).indices.length === 0) return [];
    return nearestPatterns(this.#usagePatterns, song, count);
  }

  /** Songs that a listener has not played, best first. */
  recommend(listener: number, options: RecommendOptions = {}): Recommended[] {
    const { count = 10, mix = CONTENT_ONLY, coldOnly = false } = options;
    const { run } = this;
    const played = new Set(rowOf(this.known.byUser, listener).indices);
    const candidates = run.songs.map((_, song) => song).filter((song) =>
      !played.has(song) && (!coldOnly || run.cold[song] === 1)
    );
    if (candidates.length === 0) return [];
    const scores = this.mixedScores(listener, mix, candidates);
    const chosen = topItems(scores, count, { candidates });
    return Array.from(chosen, (song) => ({ song, score: scores[song] }));
  }

  /**
   * Scores of songs for a listener: each source put to mean 0 and deviation 1 over the candidates,
   * times its weight. Songs that are no candidates have 0.
   */
  mixedScores(listener: number, mix: Mix, candidates: readonly number[]): Float64Array {
    const { strict, predicted, songs } = this.run;
    const mixed = new Float64Array(songs.length);
    const add = (weight: number, scoreOf: (song: number) => number) => {
      if (weight === 0) return;
      const values = standardised(candidates.map(scoreOf));
      candidates.forEach((song, at) => mixed[song] += weight * values[at]);
    };
    add(mix.popularity, (song) => Math.log1p(this.#popularity[song]));
    add(mix.usage, (song) => rowProduct(strict.listeners, listener, strict.songs, song));
    add(mix.content, (song) => rowProduct(strict.listeners, listener, predicted, song));
    return mixed;
  }

  /**
   * Where a song stands for a listener before and after all its plays are removed. By plays alone it
   * then has no factors: the objective's minimum for a song without plays is the zero vector.
   */
  withoutPlays(song: number, listener: number): RankChange {
    const { all, strict, predicted, plays, songs } = this.run;
    const played = new Set(rowOf(plays.byUser, listener).indices);
    const others = songs.map((_, other) => other).filter((other) =>
      other !== song && !played.has(other)
    );
    const place = (score: number, scoreOf: (song: number) => number) =>
      1 + others.filter((other) => scoreOf(other) > score).length;
    const byPlays = (other: number) => rowProduct(all.listeners, listener, all.songs, other);
    const bySound = (other: number) => rowProduct(strict.listeners, listener, predicted, other);
    const heard = place(bySound(song), bySound);
    return {
      usage: { before: place(byPlays(song), byPlays), after: place(0, byPlays) },
      content: { before: heard, after: heard },
      of: others.length + 1,
    };
  }
}

const CONTENT_ONLY: Mix = { popularity: 0, usage: 0, content: 1 };

function nearestPatterns(patterns: NdArray<Float64Array>, song: number, count: number) {
  return nearestTo(patterns, row(patterns, song), count, [song]);
}

function nearestTo(
  patterns: NdArray<Float64Array>,
  query: Float64Array,
  count: number,
  exclude: readonly number[],
): Recommended[] {
  const cosines = Float64Array.from(
    { length: patterns.shape[0] },
    (_, song) => cosine(query, row(patterns, song)),
  );
  const chosen = topItems(cosines, count, { exclude });
  return Array.from(chosen, (song) => ({ song, score: cosines[song] }));
}

/** 0 where one of the two is the zero vector. */
function cosine(a: Float64Array, b: Float64Array): number {
  const [aa, bb] = [dot(a, a), dot(b, b)];
  return aa > 0 && bb > 0 ? dot(a, b) / Math.sqrt(aa * bb) : 0;
}

/** Values of mean 0 and deviation 1; zeros where all are alike. */
function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(square);
  return values.map((value) => deviation > 1e-12 * Math.abs(mean) ? (value - mean) / deviation : 0);
}
