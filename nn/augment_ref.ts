/** The warp in float64, pixel by pixel. */
import type { NdArray, Shape } from "../gpu/tensor.ts";
import { type AffineMap, mapPoint } from "./affine.ts";

/** The pixel that stands at an index beyond the border: …3 2 1 0 1 2 3… */
export function reflectIndex(index: number, extent: number): number {
  if (extent === 1) return 0;
  const period = 2 * (extent - 1);
  const along = ((index % period) + period) % period;
  return Math.min(along, period - along);
}

/** Bilinear value of a channel at a position, as the array has it. */
function lookUp(
  data: ArrayLike<number>,
  start: number,
  [h, w, c]: Shape,
  [x, y]: readonly [number, number],
  channel: number,
): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const pixel = (column: number, row: number) =>
    data[start + (reflectIndex(row, h) * w + reflectIndex(column, w)) * c + channel];
  const mix = (a: number, b: number, weight: number) => (1 - weight) * a + weight * b;
  return mix(
    mix(pixel(x0, y0), pixel(x0 + 1, y0), x - x0),
    mix(pixel(x0, y0 + 1), pixel(x0 + 1, y0 + 1), x - x0),
    y - y0,
  );
}

/** Images u8 [b, h, w, 3], maps [b, v, 6] and alphas [b] to [b, v, size, size, 3]. */
export function augmentRef(
  images: NdArray,
  matrices: NdArray,
  alphas: NdArray,
  { size, colour = [0, 0, 0] }: { size: number; colour?: readonly number[] },
): NdArray<Float64Array> {
  const [b, h, w] = images.shape;
  const v = matrices.shape[1];
  const shape = [b, v, size, size, 3];
  const data = new Float64Array(b * v * size * size * 3);
  let at = 0;
  for (let example = 0; example < b; example++) {
    for (let view = 0; view < v; view++) {
      const start = 6 * (example * v + view);
      const map = Array.from(matrices.data.subarray(start, start + 6)) as unknown as AffineMap;
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const position = mapPoint(map, [column, row]);
          for (let channel = 0; channel < 3; channel++) {
            const first = example * h * w * 3;
            const value = lookUp(images.data, first, [h, w, 3], position, channel) / 255;
            const jittered = value + alphas.data[example] * colour[channel];
            data[at++] = Math.min(1, Math.max(0, jittered));
          }
        }
      }
    }
  }
  return { shape, data };
}
