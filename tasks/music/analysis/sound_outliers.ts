/**
 * Songs that sound unlike their listeners: intros, remixes, excerpts that say nothing of the rest.
 * Dieleman 2014 proposes to find them by the distance of the vector heard in a song from the vector of
 * its plays.
 *
 * @module
 */
import { type Key, permutation } from "../../../gpu/random.ts";
import { rowProduct } from "../../../gpu/rows.ts";
import { rowLengths } from "../../../recsys/interactions.ts";
import { unitRows } from "../../../recsys/sound_windows.ts";
import { spearman } from "../../../nn/metrics/rank_correlation.ts";
import { knownPlays, type MusicRun } from "../run_files.ts";
import { learntSongs } from "../split.ts";

/** A song far from its listeners. */
export interface SoundOutlier {
  /** Its place in the catalogue. */
  readonly song: number;
  /** 1 less the cosine of both vectors: 0 to 2. */
  readonly distance: number;
  /** Place of its own plays among those of all known songs, by distance from its sound; 1 is best. */
  readonly rank: number;
  /** Listeners who are known to play it. */
  readonly listeners: number;
}

/** How far all songs are. */
export interface SoundOutliers {
  /** The farthest, farthest first. */
  readonly farthest: readonly SoundOutlier[];
  /** Distances of all songs with known plays. */
  readonly distances: Float64Array;
  /** Distances of their sound from the plays of another song, drawn at random. */
  readonly others: Float64Array;
  /** Rank correlation of distance and number of listeners. */
  readonly listenersRho: number;
}

/**
 * Finds the songs whose sound is far from their plays, among those with sound and known plays. The network has
 * learnt from them, so that it is nearer to them than to songs that it does not know.
 *
 * @param options.count length of the list
 * @param options.key draws the other songs
 */
export function soundOutliers(
  run: Pick<MusicRun, "predicted" | "strict" | "plays" | "cold" | "silent">,
  { count, key }: { readonly count: number; readonly key: Key },
): SoundOutliers {
  const [heard, played] = [unitRows(run.predicted), unitRows(run.strict.songs)];
  const known = knownPlays(run);
  const listeners = rowLengths(known.byItem);
  const songs = Array.from(learntSongs(known, run.silent));
  const between = (a: number, b: number) => 1 - rowProduct(heard, a, played, b);
  const distances = Float64Array.from(songs, (song) => between(song, song));
  const order = permutation(key, songs.length);
  const others = new Float64Array(songs.length);
  // Along a cycle through all songs each meets another one.
  order.forEach((at, i) => {
    others[at] = between(songs[at], songs[order[(i + 1) % songs.length]]);
  });
  const farthest = songs.map((_, at) => at)
    .sort((a, b) => distances[b] - distances[a] || a - b)
    .slice(0, count)
    .map((at): SoundOutlier => ({
      song: songs[at],
      distance: distances[at],
      rank: 1 + songs.filter((other) => between(songs[at], other) < distances[at]).length,
      listeners: listeners[songs[at]],
    }));
  return {
    farthest,
    distances,
    others,
    listenersRho: spearman(distances, songs.map((song) => listeners[song])),
  };
}
