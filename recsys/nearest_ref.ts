/**
 * Nearest items in float64 over all pairs: what the device is compared with.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";

/** The score of each item for each query, [q, n]; 0 by cosine where a vector is zero. */
export function scoresRef(
  queries: NdArray,
  items: NdArray,
  by: "cosine" | "innerProduct",
): NdArray<Float64Array> {
  const [[q, f], n] = [queries.shape, items.shape[0]];
  const data = new Float64Array(q * n);
  for (let a = 0; a < q; a++) {
    for (let b = 0; b < n; b++) {
      let [product, first, second] = [0, 0, 0];
      for (let c = 0; c < f; c++) {
        const [x, y] = [queries.data[a * f + c], items.data[b * f + c]];
        product += x * y;
        first += x * x;
        second += y * y;
      }
      const norms = by === "cosine" ? Math.sqrt(first) * Math.sqrt(second) : 1;
      data[a * n + b] = norms > 0 ? product / norms : 0;
    }
  }
  return { shape: [q, n], data };
}

/** Items of a row of scores, best first, of equal scores the lower one first. */
export function bestRef(
  scores: ArrayLike<number>,
  k: number,
  excluded: ReadonlySet<number> = new Set(),
): number[] {
  return Array.from(scores, (_, item) => item)
    .filter((item) => !excluded.has(item))
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, k);
}
