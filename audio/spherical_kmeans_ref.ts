/**
 * Spherical K-means in float64.
 *
 * @module
 */
import { bits } from "../gpu/random.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { assignRef } from "./assign_ref.ts";
import { clusterSumsRef } from "./cluster_sums_ref.ts";
import { reseedKey, type SphericalKMeansOptions, startCentroids } from "./spherical_kmeans.ts";

/** Centroids [k, d], objective by iteration, members of the last one. */
export function sphericalKMeansRef(
  x: NdArray,
  options: SphericalKMeansOptions,
): { centroids: NdArray<Float64Array>; objective: Float64Array; members: Uint32Array } {
  const { k, key, iterations = 10, damped = true, oneHot = false } = options;
  const [n, d] = x.shape;
  const centroids = startCentroids(options, d);
  const objective = new Float64Array(iterations);
  let members = new Uint32Array(k);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const assignment = assignRef(x, centroids);
    objective[iteration] = meanSquaredDistance(x, centroids, assignment, oneHot);
    const clusters = clusterSumsRef(x, assignment, k, !oneHot);
    members = clusters.members.data;
    for (let cluster = 0; cluster < k; cluster++) {
      const sum = clusters.sums.data.subarray(cluster * d, cluster * d + d);
      const old = centroids.data.subarray(cluster * d, cluster * d + d);
      const row = bits(reseedKey(key, iteration), cluster) % n;
      const moved = Array.from(
        old,
        (value, i) => members[cluster] ? (damped ? value : 0) + sum[i] : x.data[row * d + i],
      );
      const length = Math.hypot(...moved);
      if (length > 0) old.set(moved.map((value) => value / length));
    }
  }
  return { centroids, objective, members };
}

/** Mean over the rows of |x - code centroid|², by its definition. */
function meanSquaredDistance(
  x: NdArray,
  centroids: NdArray,
  { place, similarity }: ReturnType<typeof assignRef>,
  oneHot: boolean,
): number {
  const [n, d] = x.shape;
  let sum = 0;
  for (let row = 0; row < n; row++) {
    const code = oneHot ? 1 : similarity.data[row];
    for (let i = 0; i < d; i++) {
      sum += (x.data[row * d + i] - code * centroids.data[place.data[row] * d + i]) ** 2;
    }
  }
  return sum / n;
}
