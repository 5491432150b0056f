/**
 * Songs beside their neighbours by sound and by plays, and what the neighbours have in common with
 * them. Source: van den Oord, Dieleman and Schrauwen 2013, section 5.3: those by plays are mostly of
 * the same artist, those by sound more varied.
 *
 * @module
 */
import { Recommender } from "../recommend.ts";
import type { MusicRun } from "../run_files.ts";

/** A song and its neighbours, as places in the catalogue. */
export interface NeighbourLists {
  /** The song: a cold one. */
  readonly song: number;
  /** Nearest by sound. */
  readonly sound: readonly number[];
  /** Nearest by all plays, hidden ones too; none for a song without plays. */
  readonly plays: readonly number[];
}

/** What share of neighbours is like the song, of songs that have neighbours by plays; NaN where none is told. */
export interface Likeness {
  /** Of the same artist. */
  readonly artist: number;
  /** Of the same genre. */
  readonly genre: number;
}

/** Neighbours of cold songs. */
export interface ColdNeighbours {
  /** For some songs of each genre. */
  readonly shown: readonly NeighbourLists[];
  /** Neighbours by sound, of all cold songs. */
  readonly sound: Likeness;
  /** Neighbours by plays, of the same songs. */
  readonly plays: Likeness;
}

/** Genres that are shown, those with most cold songs. */
const MOST_GENRES = 8;

/**
 * Neighbours of all cold songs, and lists for two songs of each genre.
 *
 * @param count length of a list
 */
export function coldNeighbours(run: MusicRun, count: number): ColdNeighbours {
  const recommender = new Recommender(run);
  const lists = run.songs.flatMap((_, song): NeighbourLists[] => {
    if (run.cold[song] === 0 || run.silent[song] === 1) return [];
    const plays = recommender.usageNeighbours(song, count).map((found) => found.song);
    const sound = recommender.contentNeighbours(song, count).map((found) => found.song);
    return [{ song, sound, plays }];
  });
  const played = lists.filter(({ plays }) => plays.length > 0);
  return {
    shown: twoOfEachGenre(run, lists),
    sound: likeness(run, played, "sound"),
    plays: likeness(run, played, "plays"),
  };
}

function twoOfEachGenre({ songs }: MusicRun, lists: readonly NeighbourLists[]): NeighbourLists[] {
  const genres = Map.groupBy(lists, ({ song }) => songs[song].genre);
  return [...genres.values()].sort((a, b) => b.length - a.length).slice(0, MOST_GENRES)
    .flatMap((ofGenre) => ofGenre.slice(0, 2));
}

function likeness(
  { songs }: MusicRun,
  lists: readonly NeighbourLists[],
  by: "sound" | "plays",
): Likeness {
  const pairs = lists.flatMap(({ song, [by]: others }) => others.map((other) => [song, other]));
  const share = (name: "artist" | "genre") => {
    const told = pairs.filter(([song]) => songs[song][name] !== "");
    return told.filter(([a, b]) => songs[a][name] === songs[b][name]).length / told.length;
  };
  return { artist: share("artist"), genre: share("genre") };
}
