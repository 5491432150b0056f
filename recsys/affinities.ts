/**
 * Which points belong together: the affinities of t-SNE, on the host in float64. Each point has a
 * normal distribution over its nearest neighbours, as wide as its perplexity asks; p_ij is the mean of
 * both directions. Sources: van der Maaten and Hinton 2008, "Visualizing data using t-SNE", section 2;
 * van der Maaten 2014, "Accelerating t-SNE using tree-based algorithms", section 4.1.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";

/** The affinities p_ij that are not zero, row by row. They are symmetric and sum to 1. */
export interface Affinities {
  /** Points. */
  readonly n: number;
  /** Row i has the entries from `offsets[i]` up to `offsets[i + 1]`; n + 1 of them. */
  readonly offsets: Uint32Array;
  /** j of each entry, ascending within a row. */
  readonly indices: Uint32Array;
  /** p_ij of each entry. */
  readonly values: Float64Array;
}

/** How affinities are made. */
export interface AffinityOptions {
  /** Effective number of neighbours of a point: 2 to the power of the entropy in bits. */
  readonly perplexity: number;
  /** Nearest neighbours kept of each point. Default 3 perplexity, at most all. */
  readonly neighbours?: number;
}

/** Entropy may miss log(perplexity) by so many nats. */
const ENTROPY_TOLERANCE = 1e-8;
/** A step of Newton's may multiply beta by less than this. */
const LONGEST_STEP = 16;
/** Steps, doublings and bisections: enough to end at the resolution of float64. */
const MOST_TRIALS = 200;

/**
 * The symmetric affinities of points, by Euclidean distance. Takes n² d multiplications on the host;
 * memory is that of the neighbours, not n². Among equally distant neighbours the first are kept.
 *
 * @param x points [n, d]
 * @throws {RangeError} when the perplexity or the neighbours do not fit the points, or x is not finite
 */
export function affinities(x: NdArray, options: AffinityOptions): Affinities {
  const n = x.shape[0];
  const k = checkedNeighbours(x, options);
  const indices = new Uint32Array(n * k);
  const values = new Float64Array(n * k);
  const distances = new Float64Array(n);
  const scratch = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    squaredDistances(x, i, distances);
    const row = indices.subarray(i * k, i * k + k);
    nearest(distances, i, row, scratch);
    const probabilities = values.subarray(i * k, i * k + k);
    row.forEach((j, at) => probabilities[at] = distances[j]);
    conditional(probabilities, options.perplexity);
  }
  return symmetrised(n, k, indices, values);
}

function checkedNeighbours(x: NdArray, { perplexity, neighbours }: AffinityOptions): number {
  const [n, d] = x.shape;
  if (x.shape.length !== 2 || n < 3) {
    throw new RangeError(
      `Cannot make affinities: x is [${
        x.shape.join(", ")
      }], [n, d] with n of 3 or more is expected`,
    );
  }
  const k = neighbours ?? Math.min(n - 1, Math.ceil(3 * perplexity));
  if (!Number.isInteger(k) || k < 2 || k > n - 1) {
    throw new RangeError(
      `Cannot make affinities: neighbours is ${k}, a whole number from 2 to ${n - 1} is expected`,
    );
  }
  if (!(perplexity > 1 && perplexity < k)) {
    throw new RangeError(
      `Cannot make affinities: perplexity is ${perplexity}, more than 1 and less than the ${k} neighbours is expected`,
    );
  }
  const bad = x.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot make affinities: x has ${x.data[bad]} in row ${
        Math.floor(bad / d)
      }, finite numbers are expected`,
    );
  }
  return k;
}

function squaredDistances({ shape: [n, d], data }: NdArray, i: number, into: Float64Array): void {
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let a = i * d, b = j * d; b < (j + 1) * d; a++, b++) {
      const difference = data[a] - data[b];
      sum += difference * difference;
    }
    into[j] = sum;
  }
}

/** The points nearest to point i, itself left out, ascending by index. */
function nearest(
  distances: Float64Array,
  i: number,
  into: Uint32Array,
  scratch: Float64Array,
): void {
  const own = distances[i];
  distances[i] = Infinity;
  scratch.set(distances);
  const limit = smallest(scratch, into.length);
  let ties = into.length;
  for (const distance of distances) if (distance < limit) ties--;
  let at = 0;
  for (let j = 0; j < distances.length && at < into.length; j++) {
    if (distances[j] < limit || distances[j] === limit && ties-- > 0) into[at++] = j;
  }
  distances[i] = own;
}

/** The k-th smallest value, k from 1 on, by Hoare's selection; reorders the values. */
function smallest(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1];
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left] < pivot) left++;
      while (values[right] > pivot) right--;
      if (left <= right) {
        const value = values[left];
        values[left++] = values[right];
        values[right--] = value;
      }
    }
    if (k - 1 <= right) high = right;
    else if (k - 1 >= left) low = left;
    else break;
  }
  return values[k - 1];
}

/**
 * Squared distances to probabilities exp(-beta d) / sum. The beta of the perplexity is found by Newton
 * steps in its logarithm where they stay between the known bounds, else by bisection.
 */
function conditional(distances: Float64Array, perplexity: number): void {
  const least = distances.reduce((a, b) => Math.min(a, b));
  let mean = 0;
  for (let j = 0; j < distances.length; j++) mean += (distances[j] -= least) / distances.length;
  const target = Math.log(perplexity);
  let [low, high] = [0, Infinity];
  let beta = mean > 0 ? 1 / mean : 1;
  let sum = 0;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    sum = 0;
    let [first, second] = [0, 0]; // moments of the distances
    for (const distance of distances) {
      const p = Math.exp(-beta * distance);
      sum += p;
      first += p * distance;
      second += p * distance * distance;
    }
    const excess = Math.log(sum) + beta * first / sum - target;
    if (Math.abs(excess) < ENTROPY_TOLERANCE) break;
    if (excess > 0) low = beta;
    else high = beta;
    const slope = beta * beta * (second / sum - (first / sum) ** 2); // of the entropy by log(beta)
    const newton = beta * Math.exp(excess / slope);
    if (newton > low && newton < Math.min(high, LONGEST_STEP * beta)) beta = newton;
    else beta = high === Infinity ? 2 * beta : (low + high) / 2;
  }
  for (let j = 0; j < distances.length; j++) distances[j] = Math.exp(-beta * distances[j]) / sum;
}

/** (p_j|i + p_i|j) / 2n: each row merged with the same row of the transpose, both ascending. */
function symmetrised(
  n: number,
  k: number,
  indices: Uint32Array,
  values: Float64Array,
): Affinities {
  const turned = transposed(n, k, indices);
  const offsets = new Uint32Array(n + 1);
  const mergedIndices = new Uint32Array(2 * n * k);
  const mergedValues = new Float64Array(2 * n * k);
  let at = 0;
  for (let i = 0; i < n; i++) {
    let forth = i * k;
    let back = turned.offsets[i];
    while (forth < (i + 1) * k || back < turned.offsets[i + 1]) {
      const toward = forth < (i + 1) * k ? indices[forth] : n;
      const from = back < turned.offsets[i + 1] ? Math.floor(turned.entries[back] / k) : n;
      let sum = 0;
      if (toward <= from) sum += values[forth++];
      if (from <= toward) sum += values[turned.entries[back++]];
      if (sum === 0) continue; // too far for float64
      mergedIndices[at] = Math.min(toward, from);
      mergedValues[at++] = sum / (2 * n);
    }
    offsets[i + 1] = at;
  }
  return {
    n,
    offsets,
    indices: mergedIndices.slice(0, at),
    values: mergedValues.slice(0, at),
  };
}

/** For each point the entries, in order, that name it. */
function transposed(
  n: number,
  k: number,
  indices: Uint32Array,
): { offsets: Uint32Array; entries: Uint32Array } {
  const offsets = new Uint32Array(n + 1);
  for (const j of indices) offsets[j + 1]++;
  for (let j = 0; j < n; j++) offsets[j + 1] += offsets[j];
  const next = offsets.slice();
  const entries = new Uint32Array(n * k);
  indices.forEach((j, entry) => entries[next[j]++] = entry);
  return { offsets, entries };
}
