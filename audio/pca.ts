/**
 * Principal components: the directions in which rows vary most. The covariance is made on the device,
 * eigenvectors on the host in float64. Unlike whitening, coordinates keep their variances.
 *
 * @module
 */
import { check, positive } from "../gpu/check.ts";
import { type Apply, applyOnDevice, deviceRows, type Hooks, type Rows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { symmetricEigen } from "./eigen.ts";
import { momentsOf } from "./moments.ts";
import { whiten } from "./whitening.ts";

/** How many components are kept. */
export interface PcaOptions extends Hooks {
  /** Share of the variance, above 0; the fewest components that reach it. Default 0.95. */
  readonly retain?: number;
}

/** A fitted projection: y = (x - mean) directions. */
export interface Pca {
  /** Mean of the rows it was fitted to, [d]. */
  readonly mean: NdArray<Float64Array>;
  /** Unit vectors as columns, largest variance first, [d, components]. */
  readonly directions: NdArray<Float64Array>;
  /** Variances along all d directions, descending, [d]. */
  readonly variances: Float64Array;
}

const ATTEMPT = "Cannot fit principal components";

/**
 * Fits principal components to rows. Takes n d² operations on the device and some 6 d³ on the host:
 * under a second for d = 256, minutes for d = 4000.
 *
 * @param rows [n, d]
 * @throws {RangeError} as `checkRows`, when `retain` is out of range, or the rows do not vary
 *
 * @example
 * ```ts
 * import { applyPca, fitPca, key, ndarray, normal, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([40, 3], Float32Array.from({ length: 120 }, (_, i) => normal(key(1), i)));
 * const pca = await fitPca(gpu, rows, { retain: 0.95 });
 * const features = await applyPca(gpu, pca, rows); // [40, components]
 * ```
 */
export async function fitPca(
  gpu: Gpu,
  rows: Rows,
  { retain = 0.95, signal, progress }: PcaOptions = {},
): Promise<Pca> {
  check(retain > 0 && retain <= 1, ATTEMPT, { retain }, "a share above 0, at most 1");
  signal?.throwIfAborted();
  using scope = gpu.scope();
  const chunks = deviceRows(scope, ATTEMPT, rows);
  const { mean, covariance } = await momentsOf(gpu, ATTEMPT, chunks, { signal, progress });
  const { values, vectors } = symmetricEigen(covariance);
  const variances = values.map((value) => Math.max(value, 0)); // rounding may go below
  const components = componentsFor(variances, retain);
  const d = mean.shape[0];
  const directions = new Float64Array(d * components);
  for (let i = 0; i < d; i++) {
    for (let c = 0; c < components; c++) directions[i * components + c] = vectors.data[c * d + i];
  }
  return { mean, directions: ndarray([d, components], directions), variances };
}

function componentsFor(variances: Float64Array, retain: number): number {
  const total = variances.reduce((a, b) => a + b, 0);
  positive(ATTEMPT, { "the variance of the rows, in float32,": total });
  let reached = 0;
  const last = variances.findIndex((variance) => (reached += variance) >= retain * total);
  return last < 0 ? variances.length : last + 1; // rounding may leave the last share out of reach
}

/** Coordinates of rows [n, d] along principal components, [n, components]. */
export const applyPca: Apply<Pca, Float32Array> = applyOnDevice(Float32Array, {
  attempt: "Cannot apply principal components",
  width: ({ mean }) => mean.shape[0],
  run: (scope, { mean, directions }, x) =>
    whiten(scope, x, { mean: scope.upload(mean), matrix: scope.upload(directions) }),
});
