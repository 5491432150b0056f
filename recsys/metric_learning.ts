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
import { check, whole, within } from "../gpu/check.ts";
import { type Apply, applyOnHost, type Hooks, hostRows, type Rows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { fold, type Key, normal } from "../gpu/random.ts";
import { float64, row, rowProduct } from "../gpu/rows.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import type { ScoreItems } from "./evaluation.ts";
import { type Interactions, rowOf } from "./interactions.ts";
import { type Triple, TripleDraw } from "./metric_triples.ts";

/** How a metric is learnt. */
export interface MetricOptions extends Hooks {
  /** Plays of the songs to learn from only, of n items: other songs must have none here. */
  readonly plays: Interactions;
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

const ATTEMPT = "Cannot fit a metric";

/**
 * Learns a metric.
 *
 * @param rows features, one row a song, [n, d]
 * @throws {RangeError} as `checkRows`, when options do not fit, features are all alike, no user gives
 * a triple, or the steps diverge
 *
 * @example
 * ```ts
 * import { applyMetric, evaluateRanking, fitMetric, key, makeInteractions } from "jsr:@cetus/cetus";
 * import { metricScores, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([4, 1], Float32Array.of(0, 0.1, 5, 5.1));
 * const columns = { users: [0, 0, 1, 1], items: [0, 1, 2, 3], counts: [1, 1, 1, 1] };
 * const plays = makeInteractions(columns, { users: 2, items: 4 });
 * const metric = await fitMetric(gpu, rows, { plays, key: key(7) });
 * const points = await applyMetric(gpu, metric, rows);
 * console.log(evaluateRanking(plays, metricScores(points, plays)).auc);
 * ```
 */
export async function fitMetric(
  gpu: Gpu,
  rows: Rows,
  options: MetricOptions,
): Promise<Metric> {
  const { plays, key, signal, progress } = options;
  signal?.throwIfAborted();
  const features = await hostRows(gpu, ATTEMPT, rows, { rows: plays.items });
  const d = features.shape[1];
  const { rank, margin, steps, batch, learningRate, decay } = metricOptions(d, options);
  const draw = new TripleDraw(plays, fold(key, "triples"));
  const scale = 1 / Math.sqrt(meanSquaredDistance(features, new TripleDraw(plays, SCALE_STREAM)));
  const scaled = { ...features, data: Float64Array.from(features.data, (v) => scale * v) };
  const map = metricStart(rank, d, fold(key, "start"));
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
    const name = `the loss at step ${step} at learningRate ${learningRate}`;
    check(Number.isFinite(sum), ATTEMPT, { [name]: sum / since }, "a finite number");
    losses.push(sum / since);
    [sum, since] = [0, 0];
    progress?.(step, steps);
    await breathe(signal);
  }
  const inOwnUnits = ndarray([rank, d], map.data.map((value) => scale * value));
  return { map: inOwnUnits, loss: Float64Array.from(losses) };
}

/** Lets other work go on, such as that which ends this one. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
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
  const mean = sum / SCALE_PAIRS;
  check(mean > 0 && mean < Infinity, ATTEMPT, {
    "the mean squared distance of two songs": mean,
  }, "a number above 0");
  return mean;
}

/** Where songs of features [n, d] lie: M x, [n, rank]. Metric distances are those of these points. */
export const applyMetric: Apply<Pick<Metric, "map">, Float64Array> = applyOnHost({
  attempt: "Cannot apply a metric",
  width: ({ map }) => map.shape[1],
  run: (_gpu, { map }, rows) => {
    const points = ndarray(
      [rows.shape[0], map.shape[0]],
      new Float64Array(rows.shape[0] * map.shape[0]),
    );
    const features = float64(rows);
    for (let item = 0; item < rows.shape[0]; item++) {
      apply(map, row(features, item), row(points, item));
    }
    return points;
  },
});

/**
 * Scores songs by their mean similarity, minus the squared distance, to the songs that the user
 * played. Users without plays get 0 for all songs.
 *
 * @param points of all songs, from {@linkcode applyMetric}, [n, rank]
 * @param plays that are known: the training songs'
 * @throws {RangeError} when there is not a point for each item
 */
export function metricScores(points: NdArray<Float64Array>, plays: Interactions): ScoreItems {
  const [n, rank] = points.shape;
  whole("Cannot score by a metric", { "the number of points": n }, plays.items, plays.items);
  const squares = Float64Array.from(
    { length: n },
    (_, item) => rowProduct(points, item, points, item),
  );
  return (user) => {
    const scores = new Float64Array(n);
    const { indices } = rowOf(plays.byUser, user);
    if (indices.length === 0) return scores;
    const { mean, square } = meanOf(indices, points.data, squares, rank);
    const centre = { shape: [1, rank], data: mean };
    for (let item = 0; item < n; item++) { // the mean of -|p - q|² over q
      scores[item] = 2 * rowProduct(points, item, centre, 0) - squares[item] - square;
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

function metricOptions(
  d: number,
  options: MetricOptions,
): Required<Omit<MetricOptions, "plays" | "key" | keyof Hooks>> {
  const { rank = Math.min(d, MOST_RANK), steps = 1000, batch = 64 } = options;
  const { margin = 1, learningRate = 0.3, decay = 0.01 } = options;
  whole(ATTEMPT, { rank }, 1, d);
  whole(ATTEMPT, { steps, batch }, 1);
  within(ATTEMPT, { margin, learningRate, decay }, 0);
  return { rank, steps, batch, margin, learningRate, decay };
}
