/** Pooling in float64: each window listed pixel by pixel. */
import type { NdArray } from "../gpu/tensor.ts";
import type { PoolKind, PoolOptions } from "./pool.ts";

/** Pixels along an axis that each window takes, first to last. */
function windowsAlong(extent: number, size: number, stride: number, clip: boolean): number[][] {
  const windows: number[][] = [];
  for (let first = 0; first < extent; first += stride) {
    const before = windows.at(-1);
    if (before?.includes(extent - 1)) break; // the border is reached
    if (first + size > extent && !clip) break;
    const pixels = Array.from({ length: size }, (_, i) => first + i);
    windows.push(pixels.filter((pixel) => pixel < extent));
  }
  return windows;
}

/** Calls `visit` with the index of each output and the indices of its inputs in row-major order. */
function eachWindow(
  [b, h, w, c]: readonly number[],
  options: PoolOptions,
  visit: (output: number, inputs: number[]) => void,
): [number, number, number, number] {
  const [height, width] = [options.size ?? 2].flat();
  const [down, across] = [options.stride ?? options.size ?? 2].flat();
  const clip = options.border !== "drop";
  const rows = windowsAlong(h, height, down, clip);
  const columns = windowsAlong(w, width ?? height, across ?? down, clip);
  let output = 0;
  for (let image = 0; image < b; image++) {
    for (const ys of rows) {
      for (const xs of columns) {
        for (let channel = 0; channel < c; channel++) {
          const inputs = ys.flatMap((y) => xs.map((x) => ((image * h + y) * w + x) * c + channel));
          visit(output++, inputs);
        }
      }
    }
  }
  return [b, rows.length, columns.length, c];
}

function pooled(kind: PoolKind, values: readonly number[]): number {
  if (kind === "max") return Math.max(...values);
  if (kind === "mean") return values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length + 1e-8);
}

/** y [b, oh, ow, c] from x [b, h, w, c]. */
export function poolRef(
  x: NdArray,
  kind: PoolKind,
  options: PoolOptions = {},
): NdArray<Float64Array> {
  const data: number[] = [];
  const shape = eachWindow(x.shape, options, (_, inputs) => {
    data.push(pooled(kind, inputs.map((i) => x.data[i])));
  });
  return { shape, data: Float64Array.from(data) };
}

/** dx [b, h, w, c] from x and dy [b, oh, ow, c]. */
export function poolGradientRef(
  x: NdArray,
  dy: NdArray,
  kind: PoolKind,
  options: PoolOptions = {},
): NdArray<Float64Array> {
  const dx = new Float64Array(x.data.length);
  eachWindow(x.shape, options, (output, inputs) => {
    const values = inputs.map((i) => x.data[i]);
    const y = pooled(kind, values);
    if (kind === "max") dx[inputs[values.indexOf(y)]] += dy.data[output];
    else {
      inputs.forEach((i, at) => {
        const slope = kind === "mean" ? 1 : values[at] / y;
        dx[i] += dy.data[output] * slope / inputs.length;
      });
    }
  });
  return { shape: x.shape, data: dx };
}
