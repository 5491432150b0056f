/** Joining along the last axis in float64. */
import type { NdArray } from "../gpu/tensor.ts";

/** Rows of each part, one after another. */
export function concatenateRef(parts: readonly NdArray[]): NdArray<Float64Array> {
  const widths = parts.map(({ shape }) => shape.at(-1)!);
  const width = widths.reduce((a, b) => a + b, 0);
  const rows = parts[0].data.length / widths[0];
  const data = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let start = row * width;
    parts.forEach((part, i) => {
      for (let column = 0; column < widths[i]; column++) {
        data[start++] = part.data[row * widths[i] + column];
      }
    });
  }
  return { shape: [...parts[0].shape.slice(0, -1), width], data };
}

/** The gradient of one part: its columns of dy. */
export function columnsRef(dy: NdArray, start: number, columns: number): NdArray<Float64Array> {
  const width = dy.shape.at(-1)!;
  const rows = dy.data.length / width;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] = dy.data[row * width + start + column];
    }
  }
  return { shape: [...dy.shape.slice(0, -1), columns], data };
}
