/**
 * Songs as bags of words: how often each of k sounds occurs, whatever the order. Frames become code
 * words, words are counted by song, counts are projected on their principal components. Source: van
 * den Oord, Dieleman and Schrauwen 2013, "Deep content-based music recommendation", section 4.1,
 * with K = 4000 over MFCCs and their differences, and 95 % of the variance.
 *
 * @module
 */
import type { Gpu } from "../gpu/gpu.ts";
import { fold, type Key, permuted } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { fitPca, type Pca, project } from "./pca.ts";
import { type Codebook, type CodebookOptions, fitCodebook, quantise } from "./vector_quantiser.ts";

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
 * const bag = await fitBagOfWords(gpu, trainingSongs, { k: 256, key: key(7) });
 * const features = await bagOfWords(gpu, bag, allSongs); // [songs, components]
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
export async function bagOfWords(
  gpu: Gpu,
  { codebook, squareRoot, pca }: BagOfWords,
  songs: readonly NdArray[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<NdArray<Float32Array>> {
  return project(gpu, pca, scaled(await wordCounts(gpu, songs, codebook, options), squareRoot));
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
  options: { readonly signal?: AbortSignal } = {},
): Promise<NdArray<Float64Array>> {
  checkSongs(songs);
  const [k] = codebook.centroids.shape;
  const counts = new Float64Array(songs.length * k);
  for (let first = 0, end = 0; first < songs.length; first = end) {
    end = batchEnd(songs, first);
    const words = await quantise(gpu, joined(songs.slice(first, end)), codebook, options);
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

function joined(songs: readonly NdArray[]): NdArray<Float32Array> {
  const d = songs[0].shape[1];
  const frames = songs.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = new Float32Array(frames * d);
  let at = 0;
  for (const song of songs) {
    data.set(song.data, at);
    at += song.data.length;
  }
  return ndarray([frames, d], data);
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
): NdArray<Float32Array> {
  checkSongs(songs);
  if (!Number.isInteger(most) || most < 1) {
    throw new RangeError(
      `Cannot learn code words: sample is ${most}, expected a whole number of frames from 1 on`,
    );
  }
  const total = songs.reduce((sum, { shape }) => sum + shape[0], 0);
  if (total <= most) return joined(songs);
  const d = songs[0].shape[1];
  const places = Uint32Array.from({ length: most }, (_, i) => permuted(stream, total, i)).sort();
  const data = new Float32Array(most * d);
  let [song, before] = [0, 0];
  places.forEach((place, i) => {
    while (place - before >= songs[song].shape[0]) before += songs[song++].shape[0];
    const start = (place - before) * d;
    data.set(songs[song].data.subarray(start, start + d), i * d);
  });
  return ndarray([most, d], data);
}

function checkSongs(songs: readonly NdArray[]): void {
  if (songs.length === 0) throw new RangeError("Cannot count words: no song came, expected some");
  const d = songs[0].shape[1];
  songs.forEach(({ shape }, song) => {
    if (shape.length === 2 && shape[1] === d) return;
    throw new RangeError(
      `Cannot count words: song ${song} is [${
        shape.join(", ")
      }], expected [frames, ${d}] as song 0`,
    );
  });
}
