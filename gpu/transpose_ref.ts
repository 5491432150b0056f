/** Moving axes on host arrays; the gradient of a swap is the same swap. */
import { type NdArray, sizeOf } from "./tensor.ts";

/** A copy with two axes swapped. */
export function swapAxesRef(
  { shape, data }: NdArray,
  axisA: number,
  axisB: number,
): NdArray<Float64Array> {
  const swapped = [...shape];
  [swapped[axisA], swapped[axisB]] = [shape[axisB], shape[axisA]];
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const place = placesOf(i, shape);
    [place[axisA], place[axisB]] = [place[axisB], place[axisA]];
    result[place.reduce((at, index, axis) => at * swapped[axis] + index, 0)] = data[i];
  }
  return { shape: swapped, data: result };
}

/** The index on each axis of an element. */
function placesOf(element: number, shape: readonly number[]): number[] {
  return shape.map((extent, axis) => Math.floor(element / sizeOf(shape.slice(axis + 1))) % extent);
}
