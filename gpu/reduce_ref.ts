/** Reductions in float64, and the gradients of those that have one. */
import { type NdArray, type Shape, sizeOf } from "./tensor.ts";

/** Sum along the last axis. */
export function sumRef(x: NdArray): NdArray<Float64Array> {
  return alongLast(x, (row) => row.reduce((a, b) => a + b, 0));
}

/** dx of `sumRef`: every element of a row takes the row's dy. */
export function sumGradRef(dy: NdArray, shape: Shape): NdArray<Float64Array> {
  const d = shape.at(-1)!;
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => dy.data[Math.floor(i / d)]);
  return { shape, data };
}

/** Mean along the last axis. */
export function meanRef(x: NdArray): NdArray<Float64Array> {
  return alongLast(x, (row) => row.reduce((a, b) => a + b, 0) / row.length);
}

/** Euclidean length along the last axis. */
export function normRef(x: NdArray): NdArray<Float64Array> {
  return alongLast(x, (row) => Math.sqrt(row.reduce((a, b) => a + b * b, 0)));
}

/** Largest element along the last axis. */
export function maxRef(x: NdArray): NdArray<Float64Array> {
  return alongLast(x, (row) => row.reduce((a, b) => Math.max(a, b), -Infinity));
}

/** Place of the largest element along the last axis, the first on ties. */
export function argmaxRef(x: NdArray): NdArray<Float64Array> {
  return alongLast(x, (row) => row.indexOf(row.reduce((a, b) => Math.max(a, b), -Infinity)));
}

/** Sum over all axes but the last. */
export function sumFirstAxisRef({ shape, data }: NdArray): NdArray<Float64Array> {
  const d = shape.at(-1)!;
  const sums = new Float64Array(d);
  data.forEach((value, i) => sums[i % d] += value);
  return { shape: [d], data: sums };
}

/** Sum of the squares of all elements: [1]. */
export function sumOfSquaresRef({ data }: NdArray): NdArray<Float64Array> {
  let sum = 0;
  for (const value of data) sum += value * value;
  return { shape: [1], data: Float64Array.of(sum) };
}

function alongLast(
  { shape, data }: NdArray,
  reduce: (row: Float64Array) => number,
): NdArray<Float64Array> {
  const d = shape.at(-1)!;
  const rows = Float64Array.from(data);
  const result = Float64Array.from(
    { length: data.length / d },
    (_, i) => reduce(rows.subarray(i * d, (i + 1) * d)),
  );
  return { shape: shape.slice(0, -1), data: result };
}
