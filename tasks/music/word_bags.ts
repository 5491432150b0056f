/**
 * What the 2013 paper compares networks with: songs as bags of words of their sound.
 *
 * @module
 */
import { applyBagOfWords, fitBagOfWords } from "../../audio/bag_of_words.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { SongSound } from "./spectrograms.ts";

/** How the words are learnt. */
export interface WordBagOptions {
  /** Number of words. */
  readonly codeWords: number;
  /** Stream of the run, as `train` folds it from the seed. */
  readonly key: Key;
  /** Places of the songs that words are learnt from. */
  readonly learnt: Uint32Array;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Bags of words of all songs, `[songs, words]`; the words are learnt from some of them. */
export async function wordBags(
  gpu: Gpu,
  sounds: readonly SongSound[],
  { codeWords, key, learnt, signal }: WordBagOptions,
): Promise<NdArray<Float32Array>> {
  const cepstra = sounds.map((sound) => sound.cepstra);
  const bag = await fitBagOfWords(gpu, Array.from(learnt, (song) => cepstra[song]), {
    k: codeWords,
    key: fold(key, "words"),
    squareRoot: true,
    signal,
  });
  return await applyBagOfWords(gpu, bag, cepstra, { signal });
}
