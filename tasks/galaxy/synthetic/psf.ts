/**
 * What air and telescope do to a picture: a spread of two Gaussians, applied along rows and columns.
 *
 * @module
 */

/** Share of the light in the wide part, as SDSS's own two-Gaussian fits give it. */
export const WIDE_SHARE = 0.12;

/** Width of the wide part over that of the core. */
export const WIDE_RATIO = 2.6;

const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.LN2);

/** Standard deviation of a Gaussian from its full width at half maximum. */
export function sigmaOfWidth(width: number): number {
  return width / FWHM_PER_SIGMA;
}

/** Weights of a Gaussian from its middle outward, such that the whole sums to 1. */
function halfKernel(sigma: number): Float64Array {
  const half = Float64Array.from(
    { length: Math.max(1, Math.ceil(3.2 * sigma)) + 1 },
    (_, i) => Math.exp(-0.5 * (i / sigma) ** 2),
  );
  const sum = half.reduce((total, weight) => total + 2 * weight, -half[0]);
  return half.map((weight) => weight / sum);
}

/** One pass along rows or columns; light that leaves the picture is lost. */
function pass(source: Float64Array, side: number, half: Float64Array, across: boolean) {
  const radius = half.length - 1;
  const line = new Float64Array(side + 2 * radius);
  const result = new Float64Array(side * side);
  const step = across ? 1 : side;
  const next = across ? side : 1;
  for (let row = 0; row < side; row++) {
    for (let i = 0; i < side; i++) line[radius + i] = source[row * next + i * step];
    for (let i = 0; i < side; i++) {
      let sum = half[0] * line[radius + i];
      for (let k = 1; k <= radius; k++) {
        sum += half[k] * (line[radius + i - k] + line[radius + i + k]);
      }
      result[row * next + i * step] = sum;
    }
  }
  return result;
}

/**
 * Blurs with one Gaussian.
 *
 * @param source `[side, side]`
 * @param side Rows and columns
 * @param sigma Standard deviation, in pixels
 */
export function blur(source: Float64Array, side: number, sigma: number): Float64Array {
  const half = halfKernel(sigma);
  return pass(pass(source, side, half, true), side, half, false);
}

/**
 * Spreads a picture as a point is spread: into a core and a wider part.
 *
 * @param source `[side, side]`
 * @param side Rows and columns
 * @param width Full width at half maximum of the core, in pixels
 */
export function spread(source: Float64Array, side: number, width: number): Float64Array {
  const sigma = sigmaOfWidth(width);
  const core = blur(source, side, sigma);
  const wide = blur(source, side, sigma * WIDE_RATIO);
  for (let i = 0; i < core.length; i++) {
    core[i] = (1 - WIDE_SHARE) * core[i] + WIDE_SHARE * wide[i];
  }
  return core;
}
