/**
 * Which songs are cold: nobody may have played them when the recommender learns.
 *
 * @module
 */
import { within } from "../../gpu/check.ts";
import { fold, type Key, permutation } from "../../gpu/random.ts";
import { InputError } from "../../files/input_error.ts";
import { type Interactions, rowLengths } from "../../recsys/interactions.ts";
import type { Parts } from "../../recsys/splits.ts";
import type { Song } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";

/** How songs are held out. */
export interface SongSplitOptions {
  /** The key that every draw comes from. */
  readonly key: Key;
  /** Share scored at the end, 0 to 1. Default 0.2. */
  readonly test?: number;
  /** Share watched while training, 0 to 1. Default 0. */
  readonly validation?: number;
  /**
   * Keeps the songs of an artist together, so that a shared style does not give a test song away.
   * Default false. Songs without an artist stand alone.
   */
  readonly byArtist?: boolean;
}

/** Songs that go the same way. */
interface Group {
  readonly songs: number[];
  readonly genre: string;
}

/**
 * Deals songs to training, validation and test so that each part has its share of every genre: within
 * one song, or with `byArtist` about half the songs of an artist. An artist of several genres goes
 * with that of the first song.
 *
 * Genres and artists come in the order of their names, so that the draw does not hang on files.
 *
 * @param songs The catalogue
 * @returns Numbers of songs, each part ascending
 * @throws {RangeError} when a share is outside 0 to 1, or both together exceed 1
 *
 * @example
 * ```ts
 * import { key } from "../../gpu/random.ts";
 * import { stratifiedSongs } from "./split.ts";
 *
 * const songs = Array.from({ length: 20 }, (_, i) => (
 *   { id: `${i}`, artist: "", title: "", genre: i % 2 ? "folk" : "rock" }
 * ));
 * const { test } = stratifiedSongs(songs, { key: key(1), test: 0.2 });
 * if (test.filter((i) => songs[i].genre === "folk").length !== 2) throw new Error("2 of 10 folk");
 * ```
 */
export function stratifiedSongs(songs: readonly Song[], options: SongSplitOptions): Parts {
  const { test = 0.2, validation = 0, byArtist = false } = options;
  checkShares(test, validation);
  const stream = fold(options.key, "split songs");
  const parts: Record<keyof Parts, number[]> = { train: [], validation: [], test: [] };
  // What each part is short of, in songs; it is carried over from genre to genre.
  let [shortOfTest, shortOfValidation] = [0, 0];
  for (const { songs: members } of dealtOrder(groupsOf(songs, byArtist), stream)) {
    const size = members.length;
    shortOfTest += test * size;
    shortOfValidation += validation * size;
    if (shortOfTest >= size / 2 && test > 0) {
      parts.test.push(...members);
      shortOfTest -= size;
    } else if (shortOfValidation >= size / 2 && validation > 0) {
      parts.validation.push(...members);
      shortOfValidation -= size;
    } else parts.train.push(...members);
  }
  const ascending = (rows: number[]) => Uint32Array.from(rows).sort();
  return {
    train: ascending(parts.train),
    validation: ascending(parts.validation),
    test: ascending(parts.test),
  };
}

/**
 * Marks the songs whose plays a run hides: 1 for cold ones, `[songs]`. A run and a search of its
 * settings hide the same, given the same key.
 */
export function coldSongs(
  songs: readonly Song[],
  { key, cold, coldByArtist }:
    & Pick<MusicConfig, "cold" | "coldByArtist">
    & Pick<SongSplitOptions, "key">,
): Uint8Array {
  const { test } = stratifiedSongs(songs, {
    key: fold(key, "cold"),
    test: cold,
    byArtist: coldByArtist,
  });
  const marks = new Uint8Array(songs.length);
  for (const song of test) marks[song] = 1;
  return marks;
}

/** Places of the songs that have plays, ascending. */
export function playedSongs({ byItem }: Interactions): Uint32Array {
  const listeners = rowLengths(byItem);
  return Uint32Array.from(listeners.keys().filter((song) => listeners[song] > 0));
}

/**
 * Places of the songs whose sound is learnt from: those that have known plays and are not silent.
 *
 * @throws {InputError} where there are fewer than two
 */
export function learntSongs(known: Interactions, silent: Uint8Array): Uint32Array {
  const songs = playedSongs(known).filter((song) => silent[song] === 0);
  if (songs.length >= 2) return songs;
  throw new InputError(
    "Cannot learn from the sound of songs",
    `${songs.length} of ${silent.length} have both sound and known plays, expected at least 2`,
  );
}

function groupsOf(songs: readonly Song[], byArtist: boolean): Group[] {
  const groups = new Map<string, Group>();
  songs.forEach(({ id, artist, genre }, i) => {
    const name = byArtist && artist !== "" ? `artist ${artist}` : `song ${id}`;
    const group = groups.get(name);
    if (group) group.songs.push(i);
    else groups.set(name, { songs: [i], genre });
  });
  return [...groups].sort(([a], [b]) => compare(a, b)).map(([, group]) => group);
}

/** Genre after genre, each in an order of its own. */
function dealtOrder(groups: readonly Group[], stream: Key): Group[] {
  const genres = [...new Set(groups.map(({ genre }) => genre))].sort(compare);
  return genres.flatMap((genre) => {
    const members = groups.filter((group) => group.genre === genre);
    return Array.from(permutation(fold(stream, genre), members.length), (i) => members[i]);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkShares(test: number, validation: number): void {
  const shares = { test, validation, "test and validation together": test + validation };
  for (const [name, share] of Object.entries(shares)) {
    within("Cannot split songs", { [`share of ${name}`]: share }, 0, 1);
  }
}
