/** The objective of weighted matrix factorisation in float64: over the entries, and over all pairs. */
import { rowProduct } from "../gpu/rows.ts";
import { matmulTransposedARef } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { WeightedRows } from "./conjugate_gradient_ref.ts";
import { objectiveOf } from "./wmf_objective.ts";

/** From the entries and the Gram matrices. */
export function wmfObjectiveRef(
  { starts, indices, weights }: WeightedRows,
  users: NdArray,
  items: NdArray,
  regularisation: number,
): number {
  let sum = 0;
  for (let row = 0; row < starts.length - 1; row++) {
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const product = rowProduct(users, row, items, indices[e]);
      sum += (1 + weights[e]) * (1 - product) ** 2 - product ** 2;
    }
  }
  const grams = [matmulTransposedARef(users, users), matmulTransposedARef(items, items)] as const;
  return objectiveOf({ entrySums: [[sum]], grams, regularisation });
}

/** The definition: every pair, also those that are no entries. */
export function wmfObjectiveDenseRef(
  { starts, indices, weights }: WeightedRows,
  users: NdArray,
  items: NdArray,
  regularisation: number,
): number {
  let sum = 0;
  for (let row = 0; row < starts.length - 1; row++) {
    const entryOf = new Map<number, number>();
    for (let e = starts[row]; e < starts[row + 1]; e++) entryOf.set(indices[e], weights[e]);
    for (let column = 0; column < items.shape[0]; column++) {
      const s = entryOf.get(column);
      const product = rowProduct(users, row, items, column);
      sum += s === undefined ? product ** 2 : (1 + s) * (1 - product) ** 2;
    }
  }
  for (const { data } of [users, items]) {
    for (const value of data) sum += regularisation * value * value;
  }
  return sum;
}

/** The gradient by the factors of the rows: [u, k]. */
export function wmfObjectiveGradRef(
  { starts, indices, weights }: WeightedRows,
  users: NdArray,
  items: NdArray,
  regularisation: number,
): NdArray<Float64Array> {
  const k = users.shape[1];
  const common = matmulTransposedARef(items, items).data;
  const gradient = new Float64Array(users.data.length);
  for (let row = 0; row < starts.length - 1; row++) {
    for (let a = 0; a < k; a++) {
      let sum = regularisation * users.data[row * k + a];
      for (let b = 0; b < k; b++) sum += common[a * k + b] * users.data[row * k + b];
      gradient[row * k + a] = 2 * sum;
    }
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const product = rowProduct(users, row, items, indices[e]);
      const weight = 2 * (weights[e] * product - (1 + weights[e]));
      for (let a = 0; a < k; a++) gradient[row * k + a] += weight * items.data[indices[e] * k + a];
    }
  }
  return { shape: users.shape, data: gradient };
}
