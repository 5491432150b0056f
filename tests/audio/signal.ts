/**
 * A test signal that NumPy makes with the same bits, and the comparison of two series.
 *
 * @module
 */
import { type NdArray, ndarray, type Shape, sizeOf } from "../../gpu/tensor.ts";
import { assertClose } from "../check.ts";

/**
 * Noise from whole numbers, so that nothing is rounded but the last division. NumPy:
 * `i = numpy.arange(n); ((i * i * 7919 + i * 104729) % 2003) / 1001.5 - 1`.
 */
export function noise(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(length).map((_, i) => ((i * i * 7919 + i * 104729) % 2003) / 1001.5 - 1);
}

/** ((7 i + 3 j + i j²) 31 mod 97) / 10 - 4.8 in row i and column j. */
export function pattern(shape: Shape): NdArray<Float64Array> {
  const columns = shape.at(-1)!;
  const value = (i: number, j: number) => ((7 * i + 3 * j + i * j * j) * 31 % 97) / 10 - 4.8;
  const at = (_: unknown, n: number) => value(Math.floor(n / columns), n % columns);
  return ndarray(shape, Float64Array.from({ length: sizeOf(shape) }, at));
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
