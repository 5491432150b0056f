/**
 * The weighted prediction error: how far predicted song factors are from explaining who played the
 * song, over all users. Source: van den Oord, Dieleman and Schrauwen 2013, "Deep content-based
 * music recommendation", section 4.3.
 *
 * @module
 */
import text from "./weighted_prediction_error.wgsl" with { type: "text" };
import { positive } from "../gpu/check.ts";
import { checkRows } from "../gpu/fitting.ts";
import { kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { type Loss, withWeights } from "../nn/loss.ts";
import { STATE } from "../nn/state.ts";
import { type ConfidenceOptions, surplus } from "./confidence.ts";
import { type Interactions, rowOf } from "./interactions.ts";

const errorKernel = kernel({
  name: "weightedPredictionError",
  source: [GRID, STATE, { file: "recsys/weighted_prediction_error.wgsl", text }],
  entry: "weighted_prediction_error",
  inputs: { y: "b k", target: "b k", weights: "b terms", state: "u32: 8" },
  outputs: { perExample: "b", dy: "b k" },
  threads: ({ b }) => 64 * b, // a workgroup a song
  flops: ({ b, k }) => 2 * b * k * k,
});

/** What the weighted prediction error is divided by. */
export interface WeightedPredictionErrorOptions {
  /**
   * Divides loss and gradient, above 0. Default 1: the sum over users, as published. The sum of the
   * squared lengths of the user factors makes the mean curvature that of `mse()`, apart from the
   * surplus weights, so that learning rates carry over.
   */
  readonly scale?: number;
}

/**
 * Weighted prediction error of a song: the sum over all users of c (p - xᵀ y)², where x are the
 * fixed factors of a user, y the predicted factors of the song, p is 1 if the user played it and
 * else 0, and c the confidence. It equals yᵀ A y - 2 bᵀ y + c', so a step costs the same whatever
 * the number of users. The loss takes y [b, k], targets [b, k] = b and weights [b, k² + 1] = A row
 * by row, then c', as {@linkcode wpeTargets} makes them; A must be symmetric. In f32: a loss far
 * below c' has lost the digits between them, the gradient has not.
 *
 * @throws {RangeError} when the scale is not a finite number above 0; from the loss when shapes do
 * not fit
 * @throws {TypeError} from the loss when no weights come
 *
 * @example
 * ```ts
 * import { weightedPredictionError } from "./weighted_prediction_error.ts";
 *
 * const loss = weightedPredictionError({ scale: 1000 }); // pass it to fit()
 * ```
 */
export function weightedPredictionError(options: WeightedPredictionErrorOptions = {}): Loss {
  const { scale = 1 } = options;
  positive("Cannot make weightedPredictionError", { scale });
  return withWeights(
    "weightedPredictionError",
    (k) => k * k + 1,
    ({ context, state }, y, target, weights) =>
      errorKernel(context, { y, target, weights, state }, { dims: { scale } }),
  );
}

/** What {@linkcode weightedPredictionError} compares predictions with, a row a song. */
export interface WpeTargets {
  /** b = sum over listeners of (1 + s) x: [items, k]. */
  readonly target: NdArray<Float32Array>;
  /**
   * A = XᵀX + sum over listeners of s x xᵀ, row by row, then sum over listeners of 1 + s:
   * [items, k² + 1].
   */
  readonly weights: NdArray<Float32Array>;
}

/** Elements that an array may have in every engine. */
const MOST_ELEMENTS = 2 ** 32 - 1;

/**
 * The fields `target` and `weights` of training songs for {@linkcode weightedPredictionError}, with
 * s the {@linkcode surplus} of the plays. Sums in float64, rounded once.
 *
 * Memory: 4 (k² + k + 1) bytes a song, some 10 KiB with 50 factors and 640 KiB with 400. Give only
 * the plays of the songs to train on, renumbered, where the catalogue is large.
 *
 * @param plays who played which song; songs without plays get A = XᵀX and zeros
 * @param users factors of the users, X: [users, k]
 * @param options of the confidence
 * @throws {RangeError} when shapes do not fit, the weights have 2^32 elements or more, a factor is not
 * finite, or alpha or epsilon is no finite number above 0
 *
 * @example
 * ```ts
 * import { ndarray } from "../gpu/tensor.ts";
 * import { makeInteractions } from "./interactions.ts";
 * import { wpeTargets } from "./weighted_prediction_error.ts";
 *
 * const columns = { users: [1], items: [0], counts: [1] };
 * const plays = makeInteractions(columns, { users: 2, items: 1 });
 * const users = ndarray([2, 1], new Float32Array([3, 2]));
 * const { target } = wpeTargets(plays, users, { alpha: 1 / Math.log(2) });
 * if (target.data[0] !== 4) throw new Error("confidence 2 times the factor 2");
 * ```
 */
export function wpeTargets(
  plays: Interactions,
  users: NdArray,
  options: ConfidenceOptions = {},
): WpeTargets {
  checkUsers(plays, users);
  const k = users.shape[1];
  const { byItem, items } = plays;
  const surpluses = surplus(byItem.counts, options);
  const target = new Float32Array(items * k);
  const weights = new Float32Array(items * (k * k + 1));
  const gram = new Float64Array(k * k);
  for (let user = 0; user < plays.users; user++) addSquare(gram, users, user, 1);
  const [matrix, sums] = [new Float64Array(k * k), new Float64Array(k)];
  for (let item = 0; item < items; item++) {
    matrix.set(gram);
    sums.fill(0);
    let total = 0;
    rowOf(byItem, item).indices.forEach((user, at) => {
      const extra = surpluses[byItem.starts[item] + at];
      addSquare(matrix, users, user, extra);
      for (let j = 0; j < k; j++) sums[j] += (1 + extra) * users.data[user * k + j];
      total += 1 + extra;
    });
    for (let i = 1; i < k; i++) for (let j = 0; j < i; j++) matrix[i * k + j] = matrix[j * k + i];
    target.set(sums, item * k);
    weights.set(matrix, item * (k * k + 1));
    weights[(item + 1) * (k * k + 1) - 1] = total;
  }
  return { target: ndarray([items, k], target), weights: ndarray([items, k * k + 1], weights) };
}

/** Adds factor x xᵀ of a user to the upper half of a matrix. */
function addSquare(matrix: Float64Array, { data, shape }: NdArray, user: number, factor: number) {
  const k = shape[1];
  for (let i = 0; i < k; i++) {
    const scaled = factor * data[user * k + i];
    for (let j = i; j < k; j++) matrix[i * k + j] += scaled * data[user * k + j];
  }
}

function checkUsers(plays: Interactions, users: NdArray): void {
  const { shape } = users;
  const attempt = "Cannot make targets of the weighted prediction error";
  if (shape.length !== 2 || shape[0] !== plays.users) {
    throw new RangeError(
      `${attempt}: user factors are [${shape.join(", ")}], expected [${plays.users}, k] for ` +
        `${plays.users} users`,
    );
  }
  const elements = plays.items * (shape[1] ** 2 + 1);
  if (elements > MOST_ELEMENTS) {
    throw new RangeError(
      `${attempt}: ${plays.items} songs with ${shape[1]} factors take ${elements} elements, ` +
        `expected at most ${MOST_ELEMENTS}; give the plays of fewer songs`,
    );
  }
  checkRows(attempt, users, { name: "user factors" });
}
