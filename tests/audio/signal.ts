/**
 * A test signal that NumPy makes with the same bits, and the comparison of two series.
 *
 * @module
 */
import { assertClose } from "../check.ts";

/**
 * Noise from whole numbers, so that nothing is rounded but the last division. NumPy:
 * `i = numpy.arange(n); ((i * i * 7919 + i * 104729) % 2003) / 1001.5 - 1`.
 */
export function noise(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(length).map((_, i) => ((i * i * 7919 + i * 104729) % 2003) / 1001.5 - 1);
}

/** Throws unless both series are equally long and agree within `absolute`, element by element. */
export function assertSeries(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  absolute = 1e-12,
): void {
  const series = (values: ArrayLike<number>) => ({
    shape: [values.length],
    data: Float64Array.from(values),
  });
  assertClose(series(actual), series(expected), { relative: 0, absolute, name: "series" });
}
