/**
 * Songs as bags of words: how often each of k sounds occurs, whatever the order. Frames become code
 * words, words are counted by song, counts are projected on their principal components. Source: van
 * den Oord, Dieleman and Schrauwen 2013, "Deep content-based music recommendation", section 4.1,
 * with K = 4000 over MFCCs and their differences, and 95 % of the variance.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";
import type { Hooks } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { fold, type Key, permuted } from "../gpu/random.ts";
import { row, stack } from "../gpu/rows.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { applyPca, fitPca, type Pca } from "./pca.ts";
import {
  applyCodebook,
  type Codebook,
  type CodebookOptions,
  fitCodebook,
} from "./vector_quantiser.ts";

/** How words are learnt and counted. */
export interface BagOfWordsOptions extends CodebookOptions {
  /**
   * Most frames that words are learnt from, drawn by the key from all songs. Default 2^18; on the
   * device they take 4 (d + 1) bytes each.
   */
  readonly sample?: number;
  /** Whether square roots of the counts are taken, which tames frequent words. Default false. */
  readonly squareRoot?: boolean;
  /** Share of the variance of the counts that is kept. Default 0.95. */
  readonly retain?: number;
}

/** What turns the frames of a song into its features. */
export interface BagOfWords {
  /** The words. */
  readonly codebook: Codebook;
  /** Whether square roots of the counts are taken. */
  readonly squareRoot: boolean;
  /** The projection of counts [k] on features. */
  readonly pca: Pca;
}

const ATTEMPT = "Cannot count words";

/** Frames that are quantised together. */
const FRAMES = 2 ** 16;

/**
 * Learns words and projection from songs: those of the training set, and no others.
 *
 * @param songs frames of each song, [t, d], t differs
 * @throws {RangeError} when there is no song, songs differ in d, an option is out of range, or a
 * number is not finite
 *
 * @example
 * ```ts
 * import * as cetus from "jsr:@cetus/cetus";
 *
 * using gpu = await cetus.openGpu();
 * const songs = Array.from({ length: 8 }, (_, song) => {
 *   const stream = cetus.fold(cetus.key(1), song);
 *   const frames = Float32Array.from({ length: 60 }, (_, i) => cetus.normal(stream, i));
 *   return cetus.ndarray([20, 3], frames);
 * });
 * const bag = await cetus.fitBagOfWords(gpu, songs, { k: 4, key: cetus.key(7) });
 * const features = await cetus.applyBagOfWords(gpu, bag, songs); // [8, components]
 * ```
 */
export async function fitBagOfWords(
  gpu: Gpu,
  songs: readonly NdArray[],
  options: BagOfWordsOptions,
): Promise<BagOfWords> {
  const { sample = 2 ** 18, squareRoot = false, retain = 0.95, key, signal } = options;
  const frames = sampleFrames(songs, sample, fold(key, "frames"));
  const codebook = await fitCodebook(gpu, frames, { ...options, key: fold(key, "codebook") });
  const counts = scaled(await wordCounts(gpu, songs, codebook, { signal }), squareRoot);
  return { codebook, squareRoot, pca: await fitPca(gpu, counts, { retain }) };
}

/**
 * Features of songs.
 *
 * @param songs frames of each song, [t, d]
 * @param options `signal` ends the work by an error
 * @returns [songs, components]
 * @throws {RangeError} when there is no song, or frames do not fit the words
 */
export async function applyBagOfWords(
  gpu: Gpu,
  { codebook, squareRoot, pca }: BagOfWords,
  songs: readonly NdArray[],
  options: Pick<Hooks, "signal"> = {},
): Promise<NdArray<Float32Array>> {
  return applyPca(gpu, pca, scaled(await wordCounts(gpu, songs, codebook, options), squareRoot));
}

/**
 * How often each word occurs in each song.
 *
 * @param songs frames of each song, [t, d]
 * @returns [songs, k]
 */
export async function wordCounts(
  gpu: Gpu,
  songs: readonly NdArray[],
  codebook: Codebook,
  options: Pick<Hooks, "signal"> = {},
): Promise<NdArray<Float64Array>> {
  checkSongs(songs);
  const [k] = codebook.centroids.shape;
  const counts = new Float64Array(songs.length * k);
  for (let first = 0, end = 0; first < songs.length; first = end) {
    end = batchEnd(songs, first);
    const batch = stack(songs.slice(first, end));
    const { data: words } = await applyCodebook(gpu, codebook, batch, options);
    let at = 0;
    for (let song = first; song < end; song++) {
      for (let t = 0; t < songs[song].shape[0]; t++) counts[song * k + words[at++]]++;
    }
  }
  return ndarray([songs.length, k], counts);
}

/** One past the last song of a batch: at least one song, and others while they fit. */
function batchEnd(songs: readonly NdArray[], first: number): number {
  let frames = songs[first].shape[0];
  let end = first + 1;
  while (end < songs.length && frames + songs[end].shape[0] <= FRAMES) {
    frames += songs[end++].shape[0];
  }
  return end;
}

function scaled(
  counts: NdArray<Float64Array>,
  squareRoot: boolean,
): NdArray<Float64Array> {
  return squareRoot ? ndarray(counts.shape, counts.data.map(Math.sqrt)) : counts;
}

/** Up to `most` frames of all songs together, each at most once. */
function sampleFrames(
  songs: readonly NdArray[],
  most: number,
  stream: Key,
): NdArray {
  checkSongs(songs);
  whole(ATTEMPT, { sample: most }, 1);
  const total = songs.reduce((sum, { shape }) => sum + shape[0], 0);
  if (total <= most) return stack(songs);
  const d = songs[0].shape[1];
  const places = Uint32Array.from({ length: most }, (_, i) => permuted(stream, total, i)).sort();
  const data = new Float32Array(most * d);
  let [song, before] = [0, 0];
  places.forEach((place, i) => {
    while (place - before >= songs[song].shape[0]) before += songs[song++].shape[0];
    data.set(row(songs[song], place - before), i * d);
  });
  return ndarray([most, d], data);
}

function checkSongs(songs: readonly NdArray[]): void {
  check(songs.length > 0, ATTEMPT, { "the number of songs": songs.length }, "1 or more");
  const d = songs[0].shape[1];
  songs.forEach(({ shape }, song) => {
    const came = { [`the shape of song ${song}`]: shape };
    check(shape.length === 2 && shape[1] === d, ATTEMPT, came, `[frames, ${d}] as song 0`);
  });
}
