/** Maxout in float64. */
import type { NdArray } from "../gpu/tensor.ts";

function winners(x: NdArray, pieces: number): number[] {
  return Array.from({ length: x.data.length / pieces }, (_, unit) => {
    let winner = unit * pieces;
    for (let i = winner + 1; i < (unit + 1) * pieces; i++) {
      if (x.data[i] > x.data[winner]) winner = i;
    }
    return winner;
  });
}

/** y [.., n] from x [.., n pieces]. */
export function maxoutRef(x: NdArray, pieces: number): NdArray<Float64Array> {
  const shape = [...x.shape.slice(0, -1), x.shape.at(-1)! / pieces];
  return { shape, data: Float64Array.from(winners(x, pieces), (i) => x.data[i]) };
}

/** dx [.., n pieces] from x and dy [.., n]. */
export function maxoutGradientRef(x: NdArray, dy: NdArray, pieces: number): NdArray<Float64Array> {
  const dx = new Float64Array(x.data.length);
  winners(x, pieces).forEach((i, unit) => dx[i] = dy.data[unit]);
  return { shape: x.shape, data: dx };
}
