/**
 * How training images vary: random perturbations from a key, the fixed ones of test time, and the
 * colour direction of a data set. Float64 on the host, so that a seed gives the same images on
 * every adapter.
 */
import { check, whole, within } from "../gpu/check.ts";
import { bernoulli, fold, type Key, normal, uniform } from "../gpu/random.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { Perturbation } from "./affine.ts";

/** From where perturbations are drawn. */
export interface PerturbationRanges {
  /** Degrees, uniform between the two. */
  readonly rotation: readonly [number, number];
  /** Degrees, uniform between the two. */
  readonly shear: readonly [number, number];
  /** Largest zoom; drawn log-uniform between its inverse and itself. At least 1. */
  readonly zoom: number;
  /** Probability of a flip. */
  readonly flip: number;
  /** Input pixels; x and y are drawn apart, uniform between minus and plus this. */
  readonly translate: number;
  /** Standard deviation of the multiple of the colour vector that is added; its mean is 0. */
  readonly colour: number;
}

/** A perturbation that was drawn: all its values, and its colour. */
export interface DrawnPerturbation extends Required<Perturbation> {
  /** Multiple of the colour vector to add. */
  readonly alpha: number;
}

/**
 * The ranges with which the Galaxy Zoo challenge was won: any rotation, zoom up to 1.3 either way,
 * 4 pixels of 424, every other image mirrored, no shear (it made no difference).
 */
export const DEFAULT_RANGES: PerturbationRanges = {
  rotation: [0, 360],
  shear: [0, 0],
  zoom: 1.3,
  flip: 0.5,
  translate: 4,
  colour: 0.5,
};

/** Changes nothing. */
export const IDENTITY_PERTURBATION: DrawnPerturbation = {
  rotation: 0,
  shear: 0,
  zoom: 1,
  flip: false,
  translateX: 0,
  translateY: 0,
  alpha: 0,
};

/**
 * Draws a perturbation. Each value has its own stream, so changing one range leaves the others'
 * draws as they were.
 *
 * @param key stream of one example in one step or pass
 *
 * @example
 * ```ts
 * import { drawPerturbation, fold, key, viewMatrices } from "jsr:@cetus/cetus";
 *
 * const stream = fold(key(1), "augment");
 * const drawn = [0, 1, 2].map((example) => drawPerturbation(fold(stream, example)));
 * const crop = { inputSize: 424, outputSize: 69, factor: 3 };
 * const matrices = viewMatrices(drawn, { ...crop, turns: [0, 45] });
 * console.log(matrices.length); // 3 examples of 2 views of 6 numbers
 * ```
 */
export function drawPerturbation(
  key: Key,
  ranges: PerturbationRanges = DEFAULT_RANGES,
): DrawnPerturbation {
  checkRanges(ranges);
  const between = (label: string, [low, high]: readonly [number, number]) =>
    low + (high - low) * uniform(fold(key, label), 0);
  const { translate } = ranges;
  const logZoom = Math.log(ranges.zoom);
  return {
    rotation: between("rotation", ranges.rotation),
    shear: between("shear", ranges.shear),
    zoom: Math.exp(between("zoom", [-logZoom, logZoom])),
    flip: bernoulli(fold(key, "flip"), 0, ranges.flip),
    translateX: between("translate x", [-translate, translate]),
    translateY: between("translate y", [-translate, translate]),
    alpha: ranges.colour * normal(fold(key, "colour"), 0),
  };
}

function checkRanges({ zoom, flip, translate, colour }: PerturbationRanges): void {
  const attempt = "Cannot draw a perturbation";
  within(attempt, { zoom }, 1);
  within(attempt, { flip }, 0, 1);
  within(attempt, { translate, colour }, 0);
}

/**
 * The colour vector of a data set: the largest eigenvalue of the covariance of its RGB pixels times
 * its unit eigenvector (after Krizhevsky et al. 2012, section 4.1, first component only). About
 * 0.02 long for galaxies.
 *
 * @param images arrays whose last axis is R, G, B; bytes count as value / 255, floats as they are
 * @returns the vector with a sum that is not negative; zeros when all pixels are equal
 */
export function colourVector(images: Iterable<NdArray>): [number, number, number] {
  return principalAxis(colourCovariance(images));
}

type Matrix3 = readonly (readonly number[])[];

/** Sums are taken about the first pixel, so that nearly equal pixels lose no digits. */
function colourCovariance(images: Iterable<NdArray>): Matrix3 {
  let origin: number[] | undefined;
  let count = 0;
  const sums = [0, 0, 0];
  const products = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  for (const { shape, data } of images) {
    check(shape.at(-1) === 3, "Cannot find the colour vector", { images: shape }, "[..., 3]");
    const unit = data instanceof Uint8Array ? 255 : 1;
    origin ??= [data[0] / unit, data[1] / unit, data[2] / unit];
    const pixel = [0, 0, 0];
    for (let at = 0; at < data.length; at += 3) {
      for (let i = 0; i < 3; i++) {
        pixel[i] = data[at + i] / unit - origin[i];
        sums[i] += pixel[i];
        for (let j = 0; j <= i; j++) products[i][j] += pixel[i] * pixel[j];
      }
    }
    count += data.length / 3;
  }
  whole("Cannot find the colour vector", { pixels: count }, 1);
  const covariance = (i: number, j: number) =>
    products[Math.max(i, j)][Math.min(i, j)] / count - (sums[i] / count) * (sums[j] / count);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => covariance(i, j)));
}

/**
 * Largest eigenvalue times its unit eigenvector by power iteration. The matrix is squared instead
 * of applied: 50 squarings are 2^50 steps, so that close eigenvalues part too.
 */
function principalAxis(matrix: Matrix3): [number, number, number] {
  const apply = (m: Matrix3, v: readonly number[]) =>
    m.map((row) => row.reduce((sum, x, j) => sum + x * v[j], 0));
  const trace = matrix[0][0] + matrix[1][1] + matrix[2][2];
  if (!(trace > 0)) return [0, 0, 0];
  let power = matrix.map((row) => row.map((x) => x / trace));
  for (let i = 0; i < 50; i++) {
    const square = power.map((row) => apply(power, row)); // symmetric: rows are columns
    const scale = square[0][0] + square[1][1] + square[2][2];
    power = square.map((row) => row.map((x) => x / scale));
  }
  // The power is now e e': its longest row is the best multiple of e.
  const row = power.reduce((a, b) => Math.hypot(...b) > Math.hypot(...a) ? b : a);
  const length = Math.hypot(...row) * Math.sign(row[0] + row[1] + row[2] || 1);
  const axis = row.map((x) => x / length);
  const eigenvalue = Math.hypot(...apply(matrix, axis));
  return axis.map((x) => eigenvalue * x) as [number, number, number];
}
