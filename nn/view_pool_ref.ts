/** Pooling over the parts of an example in float64. */
import type { NdArray } from "../gpu/tensor.ts";
import type { ViewPoolKind } from "./view_pool.ts";

function pooled(kind: ViewPoolKind, values: readonly number[]): number {
  if (kind === "max") return Math.max(...values);
  if (kind === "mean") return values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length + 1e-8);
}

/** The values of one output in all parts. */
function valuesOf(x: NdArray, parts: number, output: number): number[] {
  const outputs = x.data.length / parts;
  return Array.from({ length: parts }, (_, part) => x.data[part * outputs + output]);
}

/** y [b, n] from x [parts b, ...features]. */
export function viewPoolRef(x: NdArray, parts: number, kind: ViewPoolKind): NdArray<Float64Array> {
  const outputs = x.data.length / parts;
  const b = x.shape[0] / parts;
  const data = Float64Array.from(
    { length: outputs },
    (_, output) => pooled(kind, valuesOf(x, parts, output)),
  );
  return { shape: [b, outputs / b], data };
}

/** dx of the shape of x from dy [b, n]. */
export function viewPoolGradientRef(
  x: NdArray,
  dy: NdArray,
  parts: number,
  kind: ViewPoolKind,
): NdArray<Float64Array> {
  const outputs = x.data.length / parts;
  const dx = new Float64Array(x.data.length);
  for (let output = 0; output < outputs; output++) {
    const values = valuesOf(x, parts, output);
    const y = pooled(kind, values);
    values.forEach((value, part) => {
      const slope = {
        max: values.indexOf(y) === part ? 1 : 0,
        mean: 1 / parts,
        rms: value / (parts * y),
      }[kind];
      dx[part * outputs + output] = slope * dy.data[output];
    });
  }
  return { shape: x.shape, data: dx };
}
