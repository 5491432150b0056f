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
import { type Factors, knownPlays, type MusicRun } from "./run_files.ts";

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
  /** Which songs are offered. Default `unheard`. */
  readonly among?: Among;
}

/** `new` songs are those that nobody in the data has played, `unheard` all that the listener has not. */
export const AMONG = ["new", "unheard"] as const;

/** One of {@linkcode AMONG}. */
export type Among = (typeof AMONG)[number];

/** A song of the run's own test. */
export interface FoundSong extends Recommended {
  /** Whether the listener did play it, which the run was kept from. */
  readonly played: boolean;
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
  readonly #silent: readonly number[];

  /** Makes the patterns that neighbours are compared by. */
  constructor(run: MusicRun) {
    this.run = run;
    this.known = knownPlays(run);
    this.#contentPatterns = usagePatterns(run.strict.listeners, run.predicted);
    this.#usagePatterns = usagePatterns(run.all.listeners, run.all.songs);
    this.#silent = run.songs.map((_, song) => song).filter((song) => run.silent[song] === 1);
  }

  /**
   * The songs that sound as if the same people would play them, best first, without silent ones; none
   * for a silent one.
   */
  contentNeighbours(song: number, count = 10): Recommended[] {
    if (this.run.silent[song] === 1) return [];
    const query = row(this.#contentPatterns, song);
    return nearestTo(this.#contentPatterns, query, count, [...this.#silent, song]);
  }

  /**
   * The songs nearest to a predicted usage pattern, such as that of a dropped file, best first, without
   * silent ones.
   *
   * @param factors predicted factors, `[f]`
   */
  contentNeighboursOf(factors: Float32Array, count = 10): Recommended[] {
    const { run } = this;
    const query = usagePatterns(run.strict.listeners, {
      shape: [1, factors.length],
      data: factors,
    });
    return nearestTo(this.#contentPatterns, query.data, count, this.#silent);
  }

  /** The songs that the same people play, best first; none for a song without plays to learn from. */
  usageNeighbours(song: number, count = 10): Recommended[] {
    if (rowOf(this.run.plays.byItem, song).indices.length === 0) return [];
    return nearestTo(this.#usagePatterns, row(this.#usagePatterns, song), count, [song]);
  }

  /**
   * Songs for a listener, best first: by all plays in the data, those that the run hid from its network
   * too. None that the listener has played, and by sound none that is silent.
   */
  recommend(listener: number, options: RecommendOptions = {}): Recommended[] {
    const { count = 10, mix = CONTENT_ONLY, among = "unheard" } = options;
    const { run } = this;
    const played = new Set(rowOf(run.played.byUser, listener).indices);
    const candidates = run.songs.map((_, song) => song).filter((song) =>
      !played.has(song) && (among === "unheard" || run.use[song].listeners === 0) &&
      (mix.content === 0 || run.silent[song] === 0)
    );
    const listeners = run.use.map((use) => use.listeners);
    return this.#best(listener, candidates, { count, mix, factors: run.all, listeners });
  }

  /**
   * The run's own test: songs whose plays were hidden, in the order in which they are found for a
   * listener by what the run was told, and whether the listener did play them.
   */
  findHidden(
    listener: number,
    { count = 10, mix = CONTENT_ONLY }: Pick<RecommendOptions, "count" | "mix"> = {},
  ): FoundSong[] {
    const { run } = this;
    const played = new Set(rowOf(run.played.byUser, listener).indices);
    const candidates = run.songs.map((_, song) => song).filter((song) => run.cold[song] === 1);
    const listeners = rowLengths(this.known.byItem);
    return this.#best(listener, candidates, { count, mix, factors: run.strict, listeners })
      .map((found) => ({ ...found, played: played.has(found.song) }));
  }

  /** Each source is put to mean 0 and deviation 1 over the candidates, and counts as it weighs. */
  #best(
    listener: number,
    candidates: readonly number[],
    { count, mix, factors, listeners }: {
      readonly count: number;
      readonly mix: Mix;
      readonly factors: Factors;
      readonly listeners: ArrayLike<number>;
    },
  ): Recommended[] {
    if (candidates.length === 0) return [];
    const { strict, predicted, songs } = this.run;
    const scores = new Float64Array(songs.length);
    const add = (weight: number, scoreOf: (song: number) => number) => {
      if (weight === 0) return;
      const values = standardised(candidates.map(scoreOf));
      candidates.forEach((song, at) => scores[song] += weight * values[at]);
    };
    add(mix.popularity, (song) => Math.log1p(listeners[song]));
    add(mix.usage, (song) => rowProduct(factors.listeners, listener, factors.songs, song));
    add(mix.content, (song) => rowProduct(strict.listeners, listener, predicted, song));
    const chosen = topItems(scores, count, { candidates });
    return Array.from(chosen, (song) => ({ song, score: scores[song] }));
  }

  /**
   * Where a song stands for a listener before and after all its plays are removed. By plays alone it
   * then has no factors: the objective's minimum for a song without plays is the zero vector.
   */
  withoutPlays(song: number, listener: number): RankChange {
    const { all, strict, predicted, songs } = this.run;
    const played = new Set(rowOf(this.run.played.byUser, listener).indices);
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
