/**
 * Songs, who played them, and their sound: what a run of the music task starts from, whether it was
 * synthesised or read from a folder.
 *
 * @module
 */
import type { BadFile } from "../../files/bad_file.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { Interactions } from "../../recsys/interactions.ts";

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

/** Songs with their listeners. */
export interface Catalogue {
  /** The songs; their order is that of the items. */
  readonly songs: readonly Song[];
  /** Names of the listeners, in the order of the users. */
  readonly listeners: readonly string[];
  /** How often who played what, `[listeners, songs]`. */
  readonly plays: Interactions;
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
