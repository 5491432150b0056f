/**
 * Rows of host arrays [n, …]: some of them, one of them, several arrays one below the other, and the
 * arithmetic of single rows. A row is everything below the first axis.
 *
 * @module
 */
import { displayedArray } from "./array_display.ts";
import { type HostData, type NdArray, type Shape, sizeOf } from "./tensor.ts";

/** Elements of a row of an array of this shape. */
export function rowSize(shape: Shape): number {
  return sizeOf(shape.slice(1));
}

/**
 * Some rows, copied.
 *
 * @param rows [n, …]
 * @param indices which rows, in the order wanted
 * @param size rows of the result, zeros beyond those wanted; by default none are
 * @returns [size, …]
 */
export function take<T extends HostData>(
  rows: NdArray<T>,
  indices: ArrayLike<number>,
  size: number = indices.length,
): NdArray<T> {
  const width = rowSize(rows.shape);
  const data = sameKind(rows.data, size * width);
  for (let at = 0; at < indices.length; at++) data.set(row(rows, indices[at]), at * width);
  return displayedArray({ shape: [size, ...rows.shape.slice(1)], data });
}

/** One row, as a view: nothing is copied. */
export function row<T extends HostData>({ shape, data }: NdArray<T>, index: number): T {
  const width = rowSize(shape);
  return data.subarray(index * width, (index + 1) * width) as T;
}

/** Rows `first` up to, not including, `end`, as a view. */
export function slice<T extends HostData>(
  { shape, data }: NdArray<T>,
  first: number,
  end: number,
): NdArray<T> {
  const width = rowSize(shape);
  const part = data.subarray(first * width, end * width) as T;
  return displayedArray({ shape: [end - first, ...shape.slice(1)], data: part });
}

/**
 * Arrays one below the other.
 *
 * @param arrays [n, …] of the same rows and element type, at least one
 * @returns [sum of n, …]
 */
export function stack<T extends HostData>(arrays: readonly NdArray<T>[]): NdArray<T> {
  const [{ shape: [, ...rest], data: like }] = arrays;
  const data = sameKind(like, arrays.reduce((sum, array) => sum + array.data.length, 0));
  let at = 0;
  for (const array of arrays) {
    data.set(array.data, at);
    at += array.data.length;
  }
  const n = arrays.reduce((sum, { shape }) => sum + shape[0], 0);
  return displayedArray({ shape: [n, ...rest], data });
}

/** The same numbers in float64, copied. */
export function float64({ shape, data }: NdArray): NdArray<Float64Array<ArrayBuffer>> {
  return displayedArray({ shape, data: Float64Array.from(data) });
}

function sameKind<T extends HostData>({ constructor }: T, length: number): T {
  return new (constructor as new (length: number) => T)(length);
}

/** Product of row `i` of `a` and row `j` of `b`, in float64. */
export function rowProduct(a: NdArray, i: number, b: NdArray, j: number): number {
  const width = rowSize(a.shape);
  let sum = 0;
  for (let at = i * width, other = j * width, end = at + width; at < end; at++, other++) {
    sum += a.data[at] * b.data[other];
  }
  return sum;
}

/** Product of two vectors, in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Length of a vector. */
export function lengthOf(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

/** Adds a multiple of a vector to another, in place. */
export function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}
