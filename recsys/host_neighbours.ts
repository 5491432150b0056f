/**
 * Nearest rows on the host, by Euclidean distance in float64.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";

/**
 * Squared distances of all rows of a table [n, d] from row i of it, or of another table as wide.
 *
 * @param into [n]
 */
export function squaredDistancesFrom(
  { shape: [n, d], data }: NdArray,
  i: number,
  into: Float64Array,
  from: ArrayLike<number> = data,
): void {
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let a = i * d, b = j * d; b < (j + 1) * d; a++, b++) {
      const difference = from[a] - data[b];
      sum += difference * difference;
    }
    into[j] = sum;
  }
}

/**
 * The k rows at the least distances, ascending by row; of equal distances the first are kept. A row at
 * distance Infinity is left out while there are k others.
 *
 * @param scratch as long as the distances; made where absent
 */
export function nearestOf(
  distances: Float64Array,
  k: number,
  scratch: Float64Array = new Float64Array(distances.length),
): Uint32Array {
  scratch.set(distances);
  const limit = smallest(scratch, k);
  const rows = new Uint32Array(k);
  let ties = k;
  for (const distance of distances) if (distance < limit) ties--;
  let at = 0;
  for (let j = 0; j < distances.length && at < k; j++) {
    if (distances[j] < limit || distances[j] === limit && ties-- > 0) rows[at++] = j;
  }
  return rows;
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
