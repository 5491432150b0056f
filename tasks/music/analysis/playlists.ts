/**
 * Playlists of single units of a network, and whether they have a genre. Source: Dieleman 2014,
 * "Recommending music on Spotify with deep learning".
 *
 * @module
 */
import type { NdArray } from "../../../gpu/tensor.ts";

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
  /** The probability that one is selective. */
  readonly selective: number;
}

/**
 * How pure lists are that are drawn from the songs at random, without one twice. Exact: a list whose
 * genres all have at most m songs is a product of choices of at most m songs of each genre.
 *
 * @param genres of the songs that lists are drawn from; empty for songs of none
 * @param count length of a list; where there are fewer songs, all are drawn
 */
export function purityByChance(genres: readonly string[], count: number): PurityByChance {
  const length = Math.min(count, genres.length);
  const sizes = new Map<string, number>();
  for (const genre of genres) if (genre) sizes.set(genre, (sizes.get(genre) ?? 0) + 1);
  const others = genres.filter((genre) => !genre).length;
  // Ways are scaled by powers of this, lest they overflow; the scale cancels.
  const scale = length / genres.length;
  const ways = (most: number) =>
    [...sizes.values()].reduce(
      (sofar, size) => joined(sofar, choices(size, most, scale), length),
      choices(others, length, scale),
    )[length] ?? 0;
  const all = ways(length);
  let [purity, selective] = [0, 0];
  for (let most = 1; most <= length; most++) {
    const share = (ways(most) - ways(most - 1)) / all;
    purity += share * most / count;
    if (most / count >= SELECTIVE) selective += share;
  }
  return { purity, selective };
}

/** In how many ways two parts make lists of up to `length` songs, by their length together. */
function joined(a: Float64Array, b: Float64Array, length: number): Float64Array {
  const ways = new Float64Array(length + 1);
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length && i + j <= length; j++) ways[i + j] += a[i] * b[j];
  }
  return ways;
}

/** In how many ways 0 to `most` of some songs are chosen, times `scale` for each of them. */
function choices(songs: number, most: number, scale: number): Float64Array {
  const ways = new Float64Array(Math.min(most, songs) + 1);
  ways[0] = 1;
  for (let k = 1; k < ways.length; k++) ways[k] = ways[k - 1] * scale * (songs - k + 1) / k;
  return ways;
}
