/**
 * Whitening: a linear map after which all directions of the data have variance 1. Mean and covariance
 * are made on the device, eigenvectors on the host in float64.
 *
 * @module
 */
import { check, within } from "../gpu/check.ts";
import { type Apply, applyOnDevice, deviceRows, type Hooks, type Rows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { matmul } from "../gpu/matmul.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { symmetricEigen } from "./eigen.ts";
import { centreRows, type Moments, momentsOf } from "./moments.ts";
import { padMatrix, padRows, resizeMatrix } from "./pad.ts";

/** Which whitening. */
export interface WhiteningOptions extends Hooks {
  /**
   * `"pca"` (default): coordinates along the eigenvectors, largest variance first. `"zca"`: turned back,
   * so that the result looks like the data.
   */
  readonly kind?: "pca" | "zca";
  /** Added to each eigenvalue, in squared units of the data. Default 1e-4. */
  readonly bias?: number;
  /**
   * Share of the variance to keep, above 0. The fewest components are kept that reach it. Default 1:
   * all components.
   */
  readonly retain?: number;
  /**
   * Counts components as the author's whale detector did: one fewer than needed, and all of them where
   * that leaves none. Default false.
   */
  readonly parity?: boolean;
}

/** A fitted whitening; y = (x - mean) matrix. */
export interface Whitening {
  /** Mean of the data, [d]. */
  readonly mean: NdArray<Float64Array>;
  /** [d, components] for PCA, [d, d] for ZCA. */
  readonly matrix: NdArray<Float64Array>;
  /** Variances along all eigenvectors, descending, [d]. */
  readonly variances: Float64Array;
  /** Eigenvectors kept. */
  readonly components: number;
}

const ATTEMPT = "Cannot fit a whitening";

/**
 * The whitening of a mean and a covariance.
 *
 * @throws {RangeError} when an option is out of range, or a variance plus the bias is not positive
 */
export function whiteningOf(
  { mean, covariance }: Moments,
  { kind = "pca", bias = 1e-4, retain = 1, parity = false }: WhiteningOptions = {},
): Whitening {
  within(ATTEMPT, { bias }, 0);
  check(retain > 0 && retain <= 1, ATTEMPT, { retain }, "a share above 0, at most 1");
  const { values, vectors } = symmetricEigen(covariance);
  const variances = values.map((value) => Math.max(value, 0)); // rounding may go below
  const components = componentsFor(variances, retain, parity);
  const least = variances[components - 1] + bias;
  const noise = mean.data.length * Number.EPSILON * variances[0];
  const name = `variance ${components} of the rows in float32, plus the bias,`;
  check(least > noise, ATTEMPT, { [name]: least }, `a number above ${noise}, which is rounding`);
  const scales = variances.map((variance) => 1 / Math.sqrt(variance + bias));
  const d = mean.shape[0];
  const matrix = kind === "pca"
    ? pcaMatrix(vectors.data, scales, d, components)
    : zcaMatrix(vectors.data, scales, d, components);
  return { mean, matrix, variances, components };
}

function componentsFor(variances: Float64Array, retain: number, parity: boolean): number {
  if (retain === 1 && !parity) return variances.length;
  const total = variances.reduce((a, b) => a + b, 0);
  let sum = 0;
  const reached = variances.findIndex((variance) => {
    sum += variance / total;
    return parity ? sum > retain : sum >= retain;
  });
  if (parity) return reached > 0 ? reached : variances.length;
  return reached < 0 ? variances.length : reached + 1;
}

function pcaMatrix(
  vectors: Float64Array,
  scales: Float64Array,
  d: number,
  components: number,
): NdArray<Float64Array> {
  const data = new Float64Array(d * components);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < components; j++) data[i * components + j] = vectors[j * d + i] * scales[j];
  }
  return ndarray([d, components], data);
}

function zcaMatrix(
  vectors: Float64Array,
  scales: Float64Array,
  d: number,
  components: number,
): NdArray<Float64Array> {
  const data = new Float64Array(d * d);
  for (let j = 0; j < components; j++) {
    const vector = vectors.subarray(j * d, j * d + d);
    for (let i = 0; i < d; i++) {
      const factor = vector[i] * scales[j];
      for (let k = 0; k < d; k++) data[i * d + k] += factor * vector[k];
    }
  }
  return ndarray([d, d], data);
}

/**
 * Fits a whitening to rows. The same rows in the same chunks give the same bits; in another order, the
 * same but for rounding.
 *
 * @param rows [n, d], or chunks of it such as `samplePatches` gives
 * @throws {RangeError} as `checkRows`, when an option is out of range, or a direction has no variance
 *
 * @example
 * ```ts
 * import { applyWhitening, fitWhitening, key, ndarray, normal, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([40, 3], Float32Array.from({ length: 120 }, (_, i) => normal(key(1), i)));
 * const whitening = await fitWhitening(gpu, rows, { retain: 0.99 });
 * const white = await applyWhitening(gpu, whitening, rows); // [40, components]
 * ```
 */
export async function fitWhitening(
  gpu: Gpu,
  rows: Rows,
  options: WhiteningOptions = {},
): Promise<Whitening> {
  options.signal?.throwIfAborted();
  using scope = gpu.scope();
  const chunks = deviceRows(scope, ATTEMPT, rows);
  return whiteningOf(await momentsOf(gpu, ATTEMPT, chunks, options), options);
}

/** Rows [n, d] whitened: (x - mean) matrix, [n, components]. */
export const applyWhitening: Apply<Whitening, Float32Array> = applyOnDevice(Float32Array, {
  attempt: "Cannot whiten",
  width: ({ mean }) => mean.shape[0],
  run: (scope, { mean, matrix }, x) =>
    whiten(scope, x, { mean: scope.upload(mean), matrix: scope.upload(matrix) }),
});

/** A linear map on the device. */
export interface WhiteningTensors {
  /** [d] */
  readonly mean: Tensor;
  /** [d, components] */
  readonly matrix: Tensor;
}

/**
 * (x - mean) matrix. The mean goes first: a mean far from 0 would cost digits afterwards.
 *
 * @param x [n, d]
 * @returns [n, components]
 */
export function whiten(context: Context, x: Tensor, { mean, matrix }: WhiteningTensors): Tensor {
  // Products of whole vec4 are several times as fast as others.
  const centred = padRows(context, centreRows(context, x, mean));
  const white = matmul(context, centred, padMatrix(context, matrix));
  return resizeMatrix(context, white, [x.shape[0], matrix.shape[1]]);
}
