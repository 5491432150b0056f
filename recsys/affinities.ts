/**
 * Which points belong together: the affinities of t-SNE, on the host in float64. Each point has a
 * normal distribution over its nearest neighbours, as wide as its perplexity asks; p_ij is the mean of
 * both directions. Sources: van der Maaten and Hinton 2008, "Visualizing data using t-SNE", section 2;
 * van der Maaten 2014, "Accelerating t-SNE using tree-based algorithms", section 4.1.
 *
 * @module
 */
import { check, whole, within } from "../gpu/check.ts";
import { checkRows } from "../gpu/fitting.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { nearestOf, squaredDistancesFrom } from "./host_neighbours.ts";

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
  /**
   * Share of the whole that may be left out: affinities below it over n² are, and the others make up
   * for it. Default 0.
   */
  readonly negligible?: number;
}

const ATTEMPT = "Cannot make affinities";

/** Entropy may miss log(perplexity) by so many nats. */
const ENTROPY_TOLERANCE = 1e-8;
/** Leaving out more would be another table, not a faster form of the same. */
const MOST_NEGLIGIBLE = 0.1;
/** exp of less than minus this is no share of a sum that has a 1. */
const NO_SHARE = 45;
/** A step of Newton's may multiply beta by less than this. */
const LONGEST_STEP = 16;
/** Steps, doublings and bisections: enough to end at the resolution of float64. */
const MOST_TRIALS = 200;
/** A wider start would leave the next point, were it an ordinary one, too few trials. */
const MOST_WIDTH = 1e12;

/**
 * The symmetric affinities of points, by Euclidean distance. Takes n² d multiplications on the host;
 * memory is that of the neighbours, not n². Among equally distant neighbours the first are kept.
 *
 * @param x points [n, d]
 * @throws {RangeError} when the perplexity or the neighbours do not fit the points, or x is not finite
 */
export function affinities(x: NdArray, options: AffinityOptions): Affinities {
  const n = x.shape[0];
  const { perplexity, negligible = 0 } = options;
  checkRows(ATTEMPT, x, { least: 3, wide: true });
  const k = options.neighbours ?? Math.min(n - 1, Math.ceil(3 * perplexity));
  checkCounts(k, n - 1, perplexity);
  within(ATTEMPT, { negligible }, 0, MOST_NEGLIGIBLE);
  const indices = new Uint32Array(n * k);
  const values = new Float64Array(n * k);
  const distances = new Float64Array(n);
  const scratch = new Float64Array(n);
  let width = 1;
  for (let i = 0; i < n; i++) {
    squaredDistancesFrom(x, i, distances);
    distances[i] = Infinity;
    const row = nearestOf(distances, k, scratch);
    indices.set(row, i * k);
    const probabilities = values.subarray(i * k, i * k + k);
    row.forEach((j, at) => probabilities[at] = distances[j]);
    width = conditional(probabilities, perplexity, width);
  }
  return withoutSmall(symmetrised(n, k, indices, values), negligible / (n * n));
}

/** The affinities of new points to the rows of a table; those of a point sum to 1. */
export interface PointRows {
  /** New points. */
  readonly m: number;
  /** Affinities a point. */
  readonly k: number;
  /** [m, k]: rows of the table, ascending. */
  readonly indices: Uint32Array;
  /** [m, k]: affinities to them. */
  readonly values: Float64Array;
}

/**
 * Affinities of new points to their nearest rows of a table, each as wide as its perplexity asks, on its
 * own: where others lie changes nothing.
 *
 * @param x table [n, d]
 * @param points [m, d]
 * @throws {RangeError} when the perplexity or the neighbours do not fit the table
 */
export function affinitiesTo(
  x: NdArray,
  points: NdArray,
  { perplexity, neighbours: k }: { readonly perplexity: number; readonly neighbours: number },
): PointRows {
  const [n, m] = [x.shape[0], points.shape[0]];
  checkCounts(k, n, perplexity);
  const indices = new Uint32Array(m * k);
  const values = new Float64Array(m * k);
  const distances = new Float64Array(n);
  const scratch = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    squaredDistancesFrom(x, i, distances, points.data);
    const row = nearestOf(distances, k, scratch);
    indices.set(row, i * k);
    const probabilities = values.subarray(i * k, i * k + k);
    row.forEach((j, at) => probabilities[at] = distances[j]);
    conditional(probabilities, perplexity, 1);
  }
  return { m, k, indices, values };
}

function checkCounts(neighbours: number, most: number, perplexity: number): void {
  whole(ATTEMPT, { neighbours }, 2, most);
  const fits = perplexity > 1 && perplexity < neighbours;
  check(fits, ATTEMPT, { perplexity }, `more than 1 and less than the ${neighbours} neighbours`);
}

/**
 * Squared distances to probabilities exp(-beta d) / sum, of the beta that the perplexity asks for. More
 * nearest neighbours than the perplexity, all equally far, share the whole: they are where the
 * probabilities go as beta grows, and no beta makes fewer count.
 *
 * @param width beta times the mean distance, to start from
 * @returns the width found, near which that of the next point is
 */
function conditional(distances: Float64Array, perplexity: number, width: number): number {
  const ties = scaled(distances);
  if (ties > perplexity) {
    for (let j = 0; j < distances.length; j++) distances[j] = distances[j] === 0 ? 1 / ties : 0;
    return width;
  }
  let mean = 0;
  for (const distance of distances) mean += distance / distances.length;
  const { beta, sum } = betaOf(distances, Math.log(perplexity), width / mean);
  for (let j = 0; j < distances.length; j++) distances[j] = Math.exp(-beta * distances[j]) / sum;
  return Math.min(beta * mean, MOST_WIDTH);
}

/**
 * Takes the least off distances, and multiplies them by a power of two that brings the largest to 1 to 2:
 * that changes no probability, and no scale of the points is too large or too small for the search.
 *
 * @returns how many are the least
 */
function scaled(distances: Float64Array): number {
  const least = distances.reduce((a, b) => Math.min(a, b));
  const largest = distances.reduce((a, b) => Math.max(a, b)) - least;
  const unit = 2 ** Math.min(1023, -Math.floor(Math.log2(largest)));
  let ties = 0;
  for (let j = 0; j < distances.length; j++) {
    if (distances[j] === least) ties++;
    distances[j] = (distances[j] - least) * unit;
  }
  return ties;
}

/**
 * The beta at which the probabilities have an entropy in nats: by Newton steps in its logarithm where
 * they stay between the known bounds, else by bisection.
 */
function betaOf(
  distances: Float64Array,
  entropy: number,
  start: number,
): { readonly beta: number; readonly sum: number } {
  let [low, high] = [0, Infinity];
  let beta = start;
  let { sum, first, second } = momentsOf(distances, beta);
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const excess = Math.log(sum) + beta * first / sum - entropy;
    if (Math.abs(excess) < ENTROPY_TOLERANCE) break;
    if (excess > 0) low = beta;
    else high = beta;
    const slope = beta * beta * (second / sum - (first / sum) ** 2); // of the entropy by log(beta)
    const newton = beta * Math.exp(excess / slope);
    if (newton > low && newton < Math.min(high, LONGEST_STEP * beta)) beta = newton;
    else beta = high === Infinity ? 2 * beta : (low + high) / 2;
    ({ sum, first, second } = momentsOf(distances, beta));
  }
  return { beta, sum };
}

/** The sum of exp(-beta d), and of its products with d and d². */
function momentsOf(
  distances: Float64Array,
  beta: number,
): { sum: number; first: number; second: number } {
  let [sum, first, second] = [0, 0, 0];
  for (const distance of distances) {
    if (beta * distance > NO_SHARE) continue;
    const p = Math.exp(-beta * distance);
    sum += p;
    first += p * distance;
    second += p * distance * distance;
  }
  return { sum, first, second };
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
  const most = n * Math.min(2 * k, n - 1);
  const mergedIndices = new Uint32Array(most);
  const mergedValues = new Float64Array(most);
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
    indices: at < most ? mergedIndices.slice(0, at) : mergedIndices,
    values: at < most ? mergedValues.slice(0, at) : mergedValues,
  };
}

/** The affinities from `least` on, made to sum to 1. */
function withoutSmall(p: Affinities, least: number): Affinities {
  if (least === 0) return p;
  const offsets = new Uint32Array(p.n + 1);
  const kept = p.values.reduce((count, value) => value >= least ? count + 1 : count, 0);
  const indices = new Uint32Array(kept);
  const values = new Float64Array(kept);
  let [at, sum] = [0, 0];
  for (let i = 0; i < p.n; i++) {
    for (let e = p.offsets[i]; e < p.offsets[i + 1]; e++) {
      if (p.values[e] < least) continue;
      indices[at] = p.indices[e];
      values[at++] = p.values[e];
      sum += p.values[e];
    }
    offsets[i + 1] = at;
  }
  for (let e = 0; e < at; e++) values[e] /= sum;
  return { n: p.n, offsets, indices, values };
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
