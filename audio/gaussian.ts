/**
 * The Gaussian window of local contrast normalisation, as SciPy's `gaussian_filter` cuts it.
 *
 * @module
 */
import { check } from "../gpu/check.ts";

/**
 * Weights of a Gaussian cut at four deviations: 2 r + 1 of them, r = floor(4 sigma + 0.5), whose sum
 * is 1.
 *
 * @param sigma standard deviation in samples, above 0
 * @throws {RangeError} when sigma is not a positive number
 */
export function gaussianWeights(sigma: number): Float64Array {
  const fits = sigma > 0 && sigma < 2 ** 16;
  check(fits, "Cannot make a Gaussian window", { sigma }, "a number between 0 and 65,536");
  const radius = Math.floor(4 * sigma + 0.5);
  const raw = Float64Array.from(
    { length: 2 * radius + 1 },
    (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((weight) => weight / sum);
}
