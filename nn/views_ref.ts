/** Corner parts of views and their merging, by index on host arrays. */
import type { NdArray } from "../gpu/tensor.ts";

/** Row and column in X of pixel (a, b) of each corner; s is the side of X. */
const CORNERS: readonly ((a: number, b: number, s: number) => [number, number])[] = [
  (a, b) => [a, b],
  (a, b, s) => [b, s - 1 - a],
  (a, b, s) => [s - 1 - a, s - 1 - b],
  (a, b, s) => [s - 1 - b, a],
];

/** For each element of the output, the element of x that it shows. */
function viewsIndices([b, v, s, , c]: readonly number[], part: number, flip: boolean): number[] {
  const indices: number[] = [];
  for (let view = 0; view < v; view++) {
    for (const mirrored of flip ? [false, true] : [false]) {
      for (const corner of CORNERS) {
        for (let example = 0; example < b; example++) {
          for (let a = 0; a < part; a++) {
            for (let column = 0; column < part; column++) {
              const [row, seen] = corner(a, column, s);
              const at = mirrored ? s - 1 - seen : seen;
              const pixel = ((example * v + view) * s + row) * s + at;
              for (let channel = 0; channel < c; channel++) indices.push(pixel * c + channel);
            }
          }
        }
      }
    }
  }
  return indices;
}

/** [parts b, part, part, c] from x [b, v, s, s, c]. */
export function viewsRef(x: NdArray, part: number, flip: boolean): NdArray<Float64Array> {
  const [b, v, , , c] = x.shape;
  const data = Float64Array.from(viewsIndices(x.shape, part, flip), (i) => x.data[i]);
  return { shape: [(flip ? 8 : 4) * v * b, part, part, c], data };
}

/** dx [b, v, s, s, c] from dy [parts b, part, part, c]. */
export function viewsGradientRef(
  dy: NdArray,
  input: readonly number[],
  part: number,
  flip: boolean,
): NdArray<Float64Array> {
  const dx = new Float64Array(input.reduce((a, b) => a * b, 1));
  viewsIndices(input, part, flip).forEach((i, output) => dx[i] += dy.data[output]);
  return { shape: input, data: dx };
}

/** [b, parts n] from x [parts b, ...features]. */
export function mergeViewsRef(x: NdArray, parts: number): NdArray<Float64Array> {
  const b = x.shape[0] / parts;
  const n = x.data.length / x.shape[0];
  const data = new Float64Array(x.data.length);
  for (let part = 0; part < parts; part++) {
    for (let example = 0; example < b; example++) {
      for (let i = 0; i < n; i++) {
        data[(example * parts + part) * n + i] = x.data[(part * b + example) * n + i];
      }
    }
  }
  return { shape: [b, parts * n], data };
}

/** dx of shape `input` from dy [b, parts n]. */
export function mergeViewsGradientRef(
  dy: NdArray,
  input: readonly number[],
  parts: number,
): NdArray<Float64Array> {
  const b = dy.shape[0];
  const n = dy.shape[1] / parts;
  const data = new Float64Array(dy.data.length);
  for (let part = 0; part < parts; part++) {
    for (let example = 0; example < b; example++) {
      for (let i = 0; i < n; i++) {
        data[(part * b + example) * n + i] = dy.data[(example * parts + part) * n + i];
      }
    }
  }
  return { shape: input, data };
}
