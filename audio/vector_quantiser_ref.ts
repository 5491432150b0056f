/**
 * Plain K-means in float64, by distances.
 *
 * @module
 */
import { fold } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { augmentedRows, seededCentroids, standardiser } from "./code_rows.ts";
import { clusterSumsRef } from "./cluster_sums_ref.ts";
import {
  type CodebookOptions,
  codebookOptions,
  type FittedCodebook,
  hasSettled,
  reseedRows,
} from "./vector_quantiser.ts";

/** The nearest centroid of each row [n, d], the lowest on ties, and the squared distances. */
export function nearestRef(
  x: NdArray,
  centroids: NdArray,
): { place: Uint32Array<ArrayBuffer>; squared: Float64Array } {
  const [n, d] = x.shape;
  const place = new Uint32Array(n);
  const squared = new Float64Array(n).fill(Infinity);
  for (let row = 0; row < n; row++) {
    for (let word = 0; word < centroids.shape[0]; word++) {
      let sum = 0;
      for (let j = 0; j < d; j++) {
        sum += (x.data[row * d + j] - centroids.data[word * d + j]) ** 2;
      }
      if (sum < squared[row]) [squared[row], place[row]] = [sum, word];
    }
  }
  return { place, squared };
}

/** One pass over scaled rows [n, d]: the centroids [k, d] are moved, in place. */
export function quantiserStepRef(
  x: NdArray,
  centroids: NdArray<Float64Array>,
  reseeds: Uint32Array,
): { objective: number; members: Uint32Array } {
  const [n, d] = x.shape;
  const k = centroids.shape[0];
  const { place, squared } = nearestRef(x, centroids);
  const assignment = { place: ndarray([n], place), similarity: ndarray([n], squared) };
  const { sums, members } = clusterSumsRef(x, assignment, k);
  for (let word = 0; word < k; word++) {
    const rows = members.data[word];
    for (let j = 0; j < d; j++) {
      centroids.data[word * d + j] = rows === 0
        ? x.data[reseeds[word] * d + j]
        : sums.data[word * d + j] / rows;
    }
  }
  return { objective: squared.reduce((a, b) => a + b) / n, members: members.data };
}

/** What `fitCodebook` gives. */
export function fitCodebookRef(rows: NdArray, options: CodebookOptions): FittedCodebook {
  const [n, d] = rows.shape;
  const { k, key, iterations, tolerance, standardise } = codebookOptions(n, options);
  const scale = standardiser(rows, standardise);
  const x = Float64Array.from(
    rows.data,
    (value, i) => (value - scale.mean[i % d]) / scale.deviation[i % d],
  );
  const centroids = seededCentroids(augmentedRows(rows, scale), d, k, fold(key, "start"));
  const objective: number[] = [];
  let members: Uint32Array = new Uint32Array(k);
  while (objective.length < iterations && !hasSettled(objective, tolerance)) {
    const reseeds = reseedRows(key, objective.length, k, n);
    const step = quantiserStepRef(ndarray([n, d], x), centroids, reseeds);
    objective.push(step.objective);
    members = step.members;
  }
  return { ...scale, centroids, objective: Float64Array.from(objective), members };
}
