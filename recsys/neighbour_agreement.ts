/**
 * Whether what lies near belongs together: labels among the nearest neighbours.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";
import { checkRows } from "../gpu/fitting.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { nearestOf, squaredDistancesFrom } from "./host_neighbours.ts";

/** How often neighbours share a label. */
export interface NeighbourAgreement {
  /** Share of the k nearest neighbours of a point that have its label, mean over all points. */
  readonly agreement: number;
  /** The same of neighbours drawn at random: what a map without order reaches on average. */
  readonly chance: number;
  /** Share of points whose label most of their neighbours have: accuracy of k nearest neighbours. */
  readonly accuracy: number;
}

/**
 * How often the k nearest neighbours of a point have its label, such as songs of a genre in a map or
 * clips of a collection in features, beside what chance gives. By Euclidean distance, of equal distances
 * the lower row first; a vote that is tied goes to the label whose neighbour is nearest. Takes n² d
 * operations on the host.
 *
 * @param x points [n, d]
 * @param labels one a point, of any kind that `===` compares
 * @param k neighbours, from 1 to n - 1
 * @param options.of rows whose neighbours count, such as songs that nothing was learnt from; their
 * neighbours are of all rows. Default all
 * @throws {RangeError} when the shapes or k do not fit, or numbers are not finite
 *
 * @example
 * ```ts
 * import { ndarray } from "../gpu/tensor.ts";
 * import { neighbourAgreement } from "./neighbour_agreement.ts";
 *
 * const x = ndarray([4, 1], Float32Array.of(0, 1, 10, 11));
 * const { agreement, chance } = neighbourAgreement(x, ["folk", "folk", "rock", "rock"], 1);
 * if (agreement !== 1 || chance !== 1 / 3) throw new Error("each has one of its kind beside it");
 * ```
 */
export function neighbourAgreement(
  x: NdArray,
  labels: ArrayLike<string | number>,
  k: number,
  options: { readonly of?: ArrayLike<number> } = {},
): NeighbourAgreement {
  const attempt = "Cannot measure the agreement of neighbours";
  const n = x.shape[0];
  checkRows(attempt, x, { least: 2, wide: true });
  const count = { "the number of labels": labels.length };
  check(labels.length === n, attempt, count, `${n}, one a row`);
  whole(attempt, { k }, 1, n - 1);
  const { of: rows = Uint32Array.from({ length: n }, (_, row) => row) } = options;
  whole(attempt, { "the number of rows": rows.length }, 1);
  const distances = new Float64Array(n);
  let [same, right] = [0, 0];
  for (let at = 0; at < rows.length; at++) {
    const i = rows[at];
    whole(attempt, { row: i }, 0, n - 1);
    squaredDistancesFrom(x, i, distances);
    distances[i] = Infinity;
    const neighbours = nearestOf(distances, k).sort((a, b) => distances[a] - distances[b] || a - b);
    for (const j of neighbours) if (labels[j] === labels[i]) same++;
    if (vote(neighbours, labels) === labels[i]) right++;
  }
  const m = rows.length;
  return { agreement: same / (m * k), chance: chanceOf(labels, rows), accuracy: right / m };
}

/** The label most frequent among neighbours, nearest first. */
function vote(neighbours: Uint32Array, labels: ArrayLike<string | number>): string | number {
  const votes = countsOf(Array.from(neighbours, (j) => labels[j]));
  return [...votes].reduce((best, next) => next[1] > best[1] ? next : best)[0];
}

/** The probability that a point drawn at random has the label of one of some points. */
function chanceOf(labels: ArrayLike<string | number>, rows: ArrayLike<number>): number {
  const counts = countsOf(Array.from(labels));
  let pairs = 0;
  for (let at = 0; at < rows.length; at++) pairs += counts.get(labels[rows[at]])! - 1;
  return pairs / (rows.length * (labels.length - 1));
}

/** How often each occurs, in the order of first occurrence. */
function countsOf(labels: readonly (string | number)[]): Map<string | number, number> {
  const counts = new Map<string | number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
