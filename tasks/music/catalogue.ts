/**
 * Songs, who played them, and their sound: what a run of the music task starts from, whether it was
 * synthesised or read from a folder.
 *
 * @module
 */
import type { BadFile } from "../../files/bad_file.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { type Interactions, makeInteractions, rowOf } from "../../recsys/interactions.ts";

/** Samples a second of all audio, after resampling, Hz. */
export const SAMPLE_RATE = 22_050;

/** What is known of a song besides its sound. */
export interface Song {
  /** Its name in files, such as a Million Song Dataset id. */
  readonly id: string;
  /** Who plays it; empty where it is not known. */
  readonly artist: string;
  /** What it is called; the id where it is not known. */
  readonly title: string;
  /** Its genre or collection, for colours and for purity; empty where it is not known. */
  readonly genre: string;
}

/** How much a song was played in the data, by whomever: nobody, where it is new. */
export interface SongUse {
  /** Listeners who played it. */
  readonly listeners: number;
  /** How often they did, together. */
  readonly plays: number;
}

/** Songs with their listeners. */
export interface Catalogue {
  /** The songs; their order is that of the items. */
  readonly songs: readonly Song[];
  /** Names of the listeners, in the order of the users. */
  readonly listeners: readonly string[];
  /** How often who played what, `[listeners, songs]`: what is learnt from, within the limits. */
  readonly plays: Interactions;
  /** All that these listeners played, songs of too few listeners too, `[listeners, songs]`. */
  readonly played: Interactions;
  /** What all listeners played, those of too few songs too; one a song. */
  readonly use: readonly SongUse[];
  /** 1 for songs without a sound: nothing can be heard in them, `[songs]`. */
  readonly silent: Uint8Array;
  /** Whether songs and listeners are synthetic. */
  readonly synthetic: boolean;
  /** What only the maker of synthetic songs knows. */
  readonly truth?: SyntheticTruth;
  /** Files that were left out, and why. */
  readonly badFiles: readonly BadFile[];
  /**
   * The sound of a song: one channel at {@linkcode SAMPLE_RATE}, as loud as all others (root mean
   * square 0.1, -20 dBFS), silent ones as they are.
   */
  samples(song: number): Promise<Float32Array<ArrayBuffer>>;
}

/** A catalogue whose files are open until it is disposed of; songs are heard before that. */
export type OpenCatalogue = Catalogue & Disposable;

/** The parameters behind synthetic songs. */
export interface SyntheticTruth {
  /** Names of the audible parameters, such as `"tempo"`. */
  readonly names: readonly string[];
  /** Audible parameters of each song, 0 to 1, `[songs, 10]`. */
  readonly audible: NdArray<Float64Array>;
  /** What of a song nobody can hear, `[songs, 6]`. */
  readonly inaudible: NdArray<Float64Array>;
  /** Taste of each listener in standardised audible parameters, `[listeners, 10]`. */
  readonly taste: NdArray<Float64Array>;
}

/**
 * The catalogue without the songs that are marked: neither their sound nor their plays can be reached
 * through it. Listeners stay, also those who are left without plays; what only the maker of synthetic
 * songs knows goes.
 *
 * @param catalogue songs and plays
 * @param marks not 0 for songs to leave out, `[songs]`
 *
 * @example
 * ```ts
 * import { makeInteractions } from "../../recsys/interactions.ts";
 * import { songUse, withoutSongs } from "./catalogue.ts";
 *
 * const song = (id: string) => ({ id, artist: "", title: id, genre: "" });
 * const columns = { users: [0, 0], items: [0, 1], counts: [5, 7] };
 * const plays = makeInteractions(columns, { users: 1, items: 2 });
 * const others = withoutSongs({
 *   songs: [song("a"), song("b")],
 *   listeners: ["me"],
 *   plays,
 *   played: plays,
 *   use: songUse(plays),
 *   silent: new Uint8Array(2),
 *   synthetic: false,
 *   badFiles: [],
 *   samples: () => Promise.resolve(new Float32Array(1)),
 * }, Uint8Array.of(1, 0));
 * if (others.songs[0].id !== "b" || others.use[0].plays !== 7) throw new Error("b and its 7 plays");
 * ```
 */
export function withoutSongs(catalogue: Catalogue, marks: Uint8Array): Catalogue {
  const kept = Uint32Array.from(marks.keys().filter((song) => marks[song] === 0));
  const { songs, listeners, plays, played, use, silent, synthetic, badFiles } = catalogue;
  return {
    songs: Array.from(kept, (song) => songs[song]),
    listeners,
    plays: playsOf(plays, kept),
    played: playsOf(played, kept),
    use: Array.from(kept, (song) => use[song]),
    silent: Uint8Array.from(kept, (song) => silent[song]),
    synthetic,
    badFiles,
    samples: (song) => catalogue.samples(kept[song]),
  };
}

/** What a table of plays says of each song. */
export function songUse({ items, byItem }: Interactions): SongUse[] {
  return Array.from({ length: items }, (_, song) => {
    const { counts } = rowOf(byItem, song);
    return { listeners: counts.length, plays: counts.reduce((sum, count) => sum + count, 0) };
  });
}

/** The plays of some songs, numbered in their order. */
function playsOf({ users: listeners, items: songs, byUser }: Interactions, kept: Uint32Array) {
  const places = new Int32Array(songs).fill(-1);
  kept.forEach((song, place) => places[song] = place);
  const [users, items, counts]: [number[], number[], number[]] = [[], [], []];
  for (let listener = 0; listener < listeners; listener++) {
    for (let entry = byUser.starts[listener]; entry < byUser.starts[listener + 1]; entry++) {
      const place = places[byUser.indices[entry]];
      if (place < 0) continue;
      users.push(listener);
      items.push(place);
      counts.push(byUser.counts[entry]);
    }
  }
  return makeInteractions({ users, items, counts }, { users: listeners, items: kept.length });
}
