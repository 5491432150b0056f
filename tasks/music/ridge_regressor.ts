/**
 * Ridge regression from features of songs to their latent factors.
 *
 * @module
 */
import { fold, type Key, permutation } from "../../gpu/random.ts";
import { float64, take } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { ridgeAnswers, RidgeProblem } from "../../nn/classifiers/ridge.ts";

/** Penalties that are tried, in units of the mean diagonal of the features' products. */
const PENALTIES = [1e-3, 1e-2, 0.1, 1, 10, 100];

/** Share of the songs learnt from that the penalty is chosen on. */
const HELD_OUT = 0.2;

/**
 * Factors of all songs from their features, learnt from some. The penalty is the best of six on a fifth
 * of those, which is then learnt from too.
 *
 * @param features `[songs, d]`
 * @param factors `[songs, f]`; rows of other songs are not looked at
 * @param options.songs places of the songs to learn from, at least 2
 * @param options.key draws the fifth
 * @returns `[songs, f]`
 */
export function ridgeFactors(
  features: NdArray,
  factors: NdArray,
  options: { readonly songs: Uint32Array; readonly key: Key },
): NdArray<Float32Array> {
  const { songs } = options;
  const order = permutation(fold(options.key, "ridge"), songs.length).map((at) => songs[at]);
  const held = Math.max(1, Math.round(HELD_OUT * songs.length));
  const [test, train] = [order.subarray(0, held), order.subarray(held)];
  const problem = new RidgeProblem(take(features, train), take(factors, train));
  const heldOut = take(features, test);
  const wanted = float64(take(factors, test)).data;
  const errors = PENALTIES.map((penalty) => {
    const { data } = ridgeAnswers(problem.solveRelative(penalty), heldOut);
    return data.reduce((sum, value, i) => sum + (value - wanted[i]) ** 2, 0);
  });
  const best = PENALTIES[errors.indexOf(Math.min(...errors))];
  const whole = new RidgeProblem(take(features, songs), take(factors, songs));
  const { shape, data } = ridgeAnswers(whole.solveRelative(best), features);
  return ndarray(shape, Float32Array.from(data));
}
