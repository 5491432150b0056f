/**
 * Padding on the host.
 *
 * @module
 */
import type { NdArray, Shape } from "../gpu/tensor.ts";

const whole = (extent: number) => 4 * Math.ceil(extent / 4);

/** [n, d] to [n, d'] with zeros. */
export function padRowsRef({ shape: [n, d], data }: NdArray): NdArray<Float64Array> {
  const padded = new Float64Array(n * whole(d));
  data.forEach((value, i) => padded[Math.floor(i / d) * whole(d) + i % d] = value);
  return { shape: [n, whole(d)], data: padded };
}

/** [n, d] to [n', d'] with zeros. */
export function padMatrixRef(x: NdArray): NdArray<Float64Array> {
  const { shape: [n, d], data } = padRowsRef(x);
  const padded = new Float64Array(whole(n) * d);
  padded.set(data);
  return { shape: [whole(n), d], data: padded };
}

/** [n, d] to any other shape, with zeros where there is nothing. */
export function resizeMatrixRef(
  { shape: [n, d], data }: NdArray,
  [rows, columns]: Shape,
): NdArray<Float64Array> {
  const value = (row: number, column: number) => row < n && column < d ? data[row * d + column] : 0;
  const resized = Float64Array.from(
    { length: rows * columns },
    (_, i) => value(Math.floor(i / columns), i % columns),
  );
  return { shape: [rows, columns], data: resized };
}

/** [k, d] to [d', k'] with zeros. */
export function turnRef({ shape: [k, d], data }: NdArray): NdArray<Float64Array> {
  const turned = new Float64Array(whole(d) * whole(k));
  data.forEach((value, i) => turned[(i % d) * whole(k) + Math.floor(i / d)] = value);
  return { shape: [whole(d), whole(k)], data: turned };
}

/** [frames bins, k] to [frames, bins', k'] with zeros. */
export function padFiltersRef(
  { shape: [d, k], data }: NdArray,
  bins: number,
): NdArray<Float64Array> {
  const frames = d / bins;
  const padded = new Float64Array(frames * whole(bins) * whole(k));
  data.forEach((value, i) => {
    const row = Math.floor(i / k);
    padded[(Math.floor(row / bins) * whole(bins) + row % bins) * whole(k) + i % k] = value;
  });
  return { shape: [frames, whole(bins), whole(k)], data: padded };
}
