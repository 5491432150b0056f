/**
 * A metric of content learnt from plays: songs that one user plays are to lie nearer to each other
 * than to songs that the user does not play.
 *
 * This is a SUBSTITUTE for metric learning to rank (McFee and Lanckriet 2010, "Metric learning to
 * rank"), which van den Oord, Dieleman and Schrauwen 2013 compare with. That one solves a structural
 * support vector machine over whole rankings by cutting planes; this one lowers the hinge loss of
 * triples (Weinberger and Saul 2009, "Distance metric learning for large margin nearest neighbor
 * classification", section 3) by stochastic gradient steps on a low-rank factor. Both learn
 * a positive semidefinite W = MᵀM and score a song by its mean similarity to the songs that the user
 * played. On the host in float64: the same on every device.
 *
 * @module
 */
import { fold, type Key, normal } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import type { ScoreItems } from "./evaluation.ts";
import { type Interactions, rowOf } from "./interactions.ts";
import { type Triple, TripleDraw } from "./metric_triples.ts";

/** How a metric is learnt. */
export interface MetricOptions {
  /** Key of the start and of the triples. */
  readonly key: Key;
  /** Rows of M. Default the number of features, at most 32. */
  readonly rank?: number;
  /**
   * By how much the squared distance from the song not played is to be larger, in units of the mean
   * squared distance of two songs before learning. Default 1.
   */
  readonly margin?: number;
  /** Gradient steps. Default 1000. */
  readonly steps?: number;
  /** Triples a step. Default 64. */
  readonly batch?: number;
  /** Factor of the first gradient; it falls to 0 in a straight line. Default 0.3. */
  readonly learningRate?: number;
  /** Factor of |M|²/2 in the loss, which takes directions back that tell nothing. Default 0.01. */
  readonly decay?: number;
  /** Told the mean loss of the steps since it was told last, every 50 steps and at the end. */
  readonly progress?: (step: number, loss: number) => void;
  /** Ends the work by an error, within 50 steps. */
  readonly signal?: AbortSignal;
}

/** A learnt metric: the distance of two songs is |M (x - y)|². */
export interface Metric {
  /** M, [rank, d]. */
  readonly map: NdArray<Float64Array>;
  /** Mean hinge loss of the triples of each 50 steps, and of the rest. */
  readonly loss: Float64Array;
}

/** Steps between reports, and between looks at the signal. */
const REPORT = 50;
const MOST_RANK = 32;

const ATTEMPT = "Cannot learn a metric";

/**
 * Learns a metric.
 *
 * @param features one row a song, [n, d]; rows of songs without plays are not looked at
 * @param plays of the training songs only, of n items: other songs must have no plays here
 * @throws {RangeError} when shapes or options do not fit, features are not finite or all alike, no
 * user gives a triple, or the steps diverge
 *
 * @example
 * ```ts
 * const metric = await fitMetric(features, split.train, { key: key(7) });
 * const scores = evaluateRanking(split.test, metricScores(metric, features, split.train));
 * ```
 */
export async function fitMetric(
  features: NdArray,
  plays: Interactions,
  options: MetricOptions,
): Promise<Metric> {
  checkFeatures(features, plays);
  const { rank, margin, steps, batch, learningRate, decay } = metricOptions(features, options);
  const d = features.shape[1];
  const draw = new TripleDraw(plays, fold(options.key, "triples"));
  const scale = 1 / Math.sqrt(meanSquaredDistance(features, new TripleDraw(plays, SCALE_STREAM)));
  const scaled = {
    shape: features.shape,
    data: Float64Array.from(features.data, (v) => scale * v),
  };
  const map = metricStart(rank, d, fold(options.key, "start"));
  const losses: number[] = [];
  let sum = 0;
  for (let step = 1, since = 0; step <= steps; step++) {
    const triples = Array.from({ length: batch }, () => draw.next());
    const { loss, gradient } = tripletLoss(map, scaled, triples, margin);
    const rate = learningRate * (1 - (step - 1) / steps);
    for (let i = 0; i < map.data.length; i++) {
      map.data[i] -= rate * (gradient[i] + decay * map.data[i]);
    }
    sum += loss;
    since++;
    if (step % REPORT !== 0 && step !== steps) continue;
    const mean = sum / since;
    checkProgress(mean, step);
    losses.push(mean);
    [sum, since] = [0, 0];
    options.progress?.(step, mean);
    await breathe(options.signal);
  }
  const inOwnUnits = ndarray([rank, d], map.data.map((value) => scale * value));
  return { map: inOwnUnits, loss: Float64Array.from(losses) };
}

/** Lets other work go on, such as that which ends this one. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}

function checkProgress(loss: number, step: number): void {
  if (Number.isFinite(loss)) return;
  throw new RangeError(
    `${ATTEMPT}: the loss is ${loss} at step ${step}, expected a number; lower the learning rate`,
  );
}

/** The identity where it fits, else keyed normals of which MᵀM is the identity on average. */
export function metricStart(rank: number, d: number, stream: Key): NdArray<Float64Array> {
  const data = Float64Array.from({ length: rank * d }, (_, i) => {
    if (rank === d) return i % (d + 1) === 0 ? 1 : 0;
    return normal(stream, i) / Math.sqrt(rank);
  });
  return ndarray([rank, d], data);
}

/**
 * Mean over triples of max(0, margin + |M (a - b)|² - |M (a - c)|²), and its gradient by M.
 *
 * @param map M, [rank, d]
 * @param features [n, d]
 * @returns the gradient, [rank d]
 */
export function tripletLoss(
  map: NdArray<Float64Array>,
  features: NdArray,
  triples: readonly Triple[],
  margin: number,
): { loss: number; gradient: Float64Array } {
  const [rank, d] = map.shape;
  const gradient = new Float64Array(rank * d);
  const [near, far] = [new Float64Array(d), new Float64Array(d)];
  const [nearMapped, farMapped] = [new Float64Array(rank), new Float64Array(rank)];
  let loss = 0;
  for (const { a, b, c } of triples) {
    subtractRows(near, features, a, b);
    subtractRows(far, features, a, c);
    const hinge = margin + apply(map, near, nearMapped) - apply(map, far, farMapped);
    if (!(hinge > 0 || Number.isNaN(hinge))) continue; // a NaN stays, so that it is seen
    loss += hinge;
    for (let r = 0; r < rank; r++) {
      const [p, q] = [2 * nearMapped[r], 2 * farMapped[r]];
      for (let j = 0; j < d; j++) gradient[r * d + j] += p * near[j] - q * far[j];
    }
  }
  const n = triples.length;
  return { loss: loss / n, gradient: gradient.map((value) => value / n) };
}

function subtractRows(into: Float64Array, { data }: NdArray, a: number, b: number): void {
  const d = into.length;
  for (let j = 0; j < d; j++) into[j] = data[a * d + j] - data[b * d + j];
}

/** M x, and the square of its length. */
function apply({ data }: NdArray<Float64Array>, x: Float64Array, into: Float64Array): number {
  const d = x.length;
  let squared = 0;
  for (let r = 0; r < into.length; r++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += data[r * d + j] * x[j];
    into[r] = sum;
    squared += sum * sum;
  }
  return squared;
}

/** Whatever the seed, the unit of distance is the same. */
const SCALE_STREAM: Key = [0, 0];
const SCALE_PAIRS = 4096;

/** Over pairs of a played item and one that was not, from a sample. */
function meanSquaredDistance({ data, shape: [, d] }: NdArray, draw: TripleDraw): number {
  let sum = 0;
  for (let pair = 0; pair < SCALE_PAIRS; pair++) {
    const { a, c } = draw.next();
    for (let j = 0; j < d; j++) sum += (data[a * d + j] - data[c * d + j]) ** 2;
  }
  if (sum > 0 && Number.isFinite(sum)) return sum / SCALE_PAIRS;
  throw new RangeError(
    `${ATTEMPT}: the mean squared distance of two songs is ${
      sum / SCALE_PAIRS
    }, expected a number ` +
      "above 0",
  );
}

/**
 * Scores songs by their mean similarity, minus the squared distance, to the songs that the user
 * played. Users without plays get 0 for all songs.
 *
 * @param metric from {@linkcode fitMetric}
 * @param features of all songs, [n, d]
 * @param plays that are known: the training songs'
 * @throws {RangeError} when shapes do not fit
 */
export function metricScores(
  { map }: Pick<Metric, "map">,
  features: NdArray,
  plays: Interactions,
): ScoreItems {
  checkFeatures(features, plays);
  const [rank, d] = map.shape;
  if (features.shape[1] !== d) {
    throw new RangeError(
      `Cannot score by a metric: it has ${d} features, the songs have ${features.shape[1]}`,
    );
  }
  const [n] = features.shape;
  const points = new Float64Array(n * rank);
  const squares = new Float64Array(n);
  const row = new Float64Array(d);
  for (let item = 0; item < n; item++) {
    for (let j = 0; j < d; j++) row[j] = features.data[item * d + j];
    squares[item] = apply(map, row, points.subarray(item * rank, (item + 1) * rank));
  }
  return (user) => {
    const scores = new Float64Array(n);
    const { indices } = rowOf(plays.byUser, user);
    if (indices.length === 0) return scores;
    const { mean, square } = meanOf(indices, points, squares, rank);
    for (let item = 0; item < n; item++) {
      let product = 0;
      for (let r = 0; r < rank; r++) product += points[item * rank + r] * mean[r];
      scores[item] = 2 * product - squares[item] - square; // the mean of -|p - q|² over q
    }
    return scores;
  };
}

/** Mean of the points of a user's songs, and of their squared lengths. */
function meanOf(
  items: Uint32Array,
  points: Float64Array,
  squares: Float64Array,
  rank: number,
): { mean: Float64Array; square: number } {
  const mean = new Float64Array(rank);
  let square = 0;
  for (const item of items) {
    square += squares[item] / items.length;
    for (let r = 0; r < rank; r++) mean[r] += points[item * rank + r] / items.length;
  }
  return { mean, square };
}

function checkFeatures({ shape }: NdArray, { items }: Interactions): void {
  if (shape.length === 2 && shape[0] === items) return;
  throw new RangeError(
    `${ATTEMPT}: features are [${shape.join(", ")}], expected [${items}, d] for ${items} songs`,
  );
}

function metricOptions(
  { shape: [, d] }: NdArray,
  options: MetricOptions,
): Required<Omit<MetricOptions, "key" | "progress" | "signal">> {
  const { rank = Math.min(d, MOST_RANK), steps = 1000, batch = 64 } = options;
  const { margin = 1, learningRate = 0.3, decay = 0.01 } = options;
  for (const [name, count] of Object.entries({ rank, steps, batch })) {
    const most = name === "rank" ? d : Infinity;
    if (Number.isInteger(count) && count >= 1 && count <= most) continue;
    throw new RangeError(
      `${ATTEMPT}: ${name} is ${count}, expected a whole number from 1 to ${most}`,
    );
  }
  for (const [name, value] of Object.entries({ margin, learningRate, decay })) {
    if (Number.isFinite(value) && value >= 0) continue;
    throw new RangeError(`${ATTEMPT}: ${name} is ${value}, expected a number of 0 or more`);
  }
  return { rank, steps, batch, margin, learningRate, decay };
}
