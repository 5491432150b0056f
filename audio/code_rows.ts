/**
 * Rows and code words in the form in which the largest dot product is the smallest distance: rows
 * (1, x, 0…) and words (-|c|²/2, c, 0…), with zeros up to a multiple of four.
 *
 * @module
 */
import { fold, type Key, permuted, uniform } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { wholeQuads } from "./pad.ts";

/** Mean and deviation of each column. */
export interface ColumnScale {
  /** [d] */
  readonly mean: Float64Array;
  /** [d], 1 for a column that is constant. */
  readonly deviation: Float64Array;
}

/** Which rows: from `first` up to, not including, `end`. */
export interface RowRange {
  /** The first row. */
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/**
 * Mean and standard deviation (over n) of each column.
 *
 * Also without deviations the mean goes: it changes no distance, and far from 0 it would cost digits.
 *
 * @param rows [n, d]
 * @param deviations whether deviations are taken; else they are 1
 */
export function standardiser({ shape: [n, d], data }: NdArray, deviations: boolean): ColumnScale {
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) {
    mean[i % d] += data[i] / n;
  }
  const deviation = new Float64Array(d).fill(1);
  if (!deviations) return { mean, deviation };
  const squares = new Float64Array(d);
  for (let i = 0; i < n * d; i++) squares[i % d] += (data[i] - mean[i % d]) ** 2 / n;
  squares.forEach((square, j) => {
    // Rounding of the mean leaves a constant column a trace of variance.
    if (square > (1e-12 * mean[j]) ** 2) deviation[j] = Math.sqrt(square);
  });
  return { mean, deviation };
}

/**
 * Rows as (1, (x - mean) / deviation, 0…).
 *
 * @param rows [n, d]
 * @param range which rows; default all
 * @returns [rows, d'], d' the next multiple of four from d + 1 on
 */
export function augmentedRows(
  { shape: [n, d], data }: NdArray,
  { mean, deviation }: ColumnScale,
  { first, end }: RowRange = { first: 0, end: n },
): NdArray<Float32Array> {
  const width = wholeQuads(d + 1);
  const result = new Float32Array((end - first) * width);
  for (let row = first; row < end; row++) {
    const start = (row - first) * width;
    result[start] = 1;
    for (let j = 0; j < d; j++) {
      result[start + 1 + j] = (data[row * d + j] - mean[j]) / deviation[j];
    }
  }
  return ndarray([end - first, width], result);
}

/**
 * Words as (-|c|²/2, c, 0…).
 *
 * @param centroids [k, d]
 * @returns [k, d'], d' the next multiple of four from d + 1 on
 */
export function augmentedCentroids({ shape: [k, d], data }: NdArray): NdArray<Float32Array> {
  const width = wholeQuads(d + 1);
  const result = new Float32Array(k * width);
  for (let word = 0; word < k; word++) {
    let squared = 0;
    for (let j = 0; j < d; j++) {
      const value = data[word * d + j];
      result[word * width + 1 + j] = value;
      squared += value * value;
    }
    result[word * width] = -squared / 2;
  }
  return ndarray([k, width], result);
}

/** Rows a centroid that the start is drawn from: enough to meet each cluster several times. */
const START_ROWS = 8;
const LEAST_START_ROWS = 1024;

/**
 * Centroids to start from, by k-means++ over a sample of 8 k rows, at least 1024: each next one is a
 * row, drawn with a chance in proportion to its squared distance from the nearest so far.
 *
 * @param rows from {@linkcode augmentedRows}, [n, d']
 * @param d columns of x
 * @param k number of centroids, at most n
 * @returns [k, d]
 */
export function seededCentroids(
  { shape: [n, width], data }: NdArray,
  d: number,
  k: number,
  key: Key,
): NdArray<Float64Array> {
  const m = Math.min(n, Math.max(LEAST_START_ROWS, START_ROWS * k));
  const sample = new Float64Array(m * d);
  const order = fold(key, "rows");
  for (let i = 0; i < m; i++) {
    const start = permuted(order, n, i) * width + 1;
    for (let j = 0; j < d; j++) sample[i * d + j] = data[start + j];
  }
  const distances = new Float64Array(m).fill(Infinity);
  const centroids = new Float64Array(k * d);
  let chosen = 0; // the sample is in random order
  for (let word = 0; word < k; word++) {
    if (word > 0) chosen = drawInProportion(distances, uniform(key, word));
    const centroid = sample.subarray(chosen * d, chosen * d + d);
    centroids.set(centroid, word * d);
    shorten(distances, sample, centroid);
  }
  return ndarray([k, d], centroids);
}

/** Squared distances from the nearest centroid, once there is one more. */
function shorten(distances: Float64Array, sample: Float64Array, centroid: Float64Array): void {
  const d = centroid.length;
  for (let i = 0; i < distances.length; i++) {
    let squared = 0;
    for (let j = 0; j < d; j++) {
      const difference = sample[i * d + j] - centroid[j];
      squared += difference * difference;
    }
    if (squared < distances[i]) distances[i] = squared;
  }
}

/** The place at which the running sum passes a share of the total; never a place of weight 0. */
function drawInProportion(weights: Float64Array, share: number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  let left = share * total;
  let last = 0; // where rounding leaves a rest, and where all weights are 0
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}
