/**
 * Playlists of single units of a network, and whether they have a genre. Source: Dieleman 2014,
 * "Recommending music on Spotify with deep learning".
 *
 * @module
 */
import { fold, type Key, permuted } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";

/** A unit whose playlist has this share of one genre is selective. */
export const SELECTIVE = 0.6;

/** The songs that a unit answers to most. */
export interface UnitPlaylist {
  /** The unit, from 0. */
  readonly unit: number;
  /** Rows of the songs, the strongest answer first; fewer than asked for where the unit is silent. */
  readonly songs: readonly number[];
  /** The most frequent genre; empty where no song has one. */
  readonly genre: string;
  /** Its share of the list's full length. */
  readonly purity: number;
}

/**
 * A playlist for each unit: the songs with the largest activations above 0, of equal ones the one that
 * comes first.
 *
 * @param activations `[songs, units]`
 * @param genres of the songs; empty for songs of none
 * @param count length of a list; missing songs count as songs of no genre
 */
export function unitPlaylists(
  { shape: [n, units], data }: NdArray,
  genres: readonly string[],
  count: number,
): UnitPlaylist[] {
  return Array.from({ length: units }, (_, unit) => {
    const answer = (song: number) => data[song * units + unit];
    const songs = Array.from({ length: n }, (_, song) => song)
      .filter((song) => answer(song) > 0)
      .sort((a, b) => answer(b) - answer(a) || a - b)
      .slice(0, count);
    return { unit, songs, ...purityOf(songs.map((song) => genres[song]), count) };
  });
}

/**
 * The most frequent genre of a list and its share of `count`; of equally frequent ones the one that
 * comes first. Songs of no genre belong to none.
 */
export function purityOf(
  genres: readonly string[],
  count: number,
): { readonly genre: string; readonly purity: number } {
  const counts = new Map<string, number>();
  for (const genre of genres) if (genre) counts.set(genre, (counts.get(genre) ?? 0) + 1);
  const [genre, most] = [...counts].reduce((best, next) => next[1] > best[1] ? next : best, [
    "",
    0,
  ]);
  return { genre, purity: most / count };
}

/** What lists drawn at random reach. */
export interface PurityByChance {
  /** Their mean purity. */
  readonly purity: number;
  /** The share of them that is selective. */
  readonly selective: number;
}

/** Lists that are drawn for {@linkcode purityByChance}. */
const DRAWS = 10_000;

/**
 * How pure lists are that are drawn from the songs at random, without one twice: 10,000 of them.
 *
 * @param genres of the songs that lists are drawn from
 */
export function purityByChance(
  genres: readonly string[],
  count: number,
  stream: Key,
): PurityByChance {
  const length = Math.min(count, genres.length);
  let [sum, selective] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = fold(stream, draw);
    const list = Array.from({ length }, (_, at) => genres[permuted(drawn, genres.length, at)]);
    const { purity } = purityOf(list, count);
    sum += purity;
    if (purity >= SELECTIVE) selective++;
  }
  return { purity: sum / DRAWS, selective: selective / DRAWS };
}
