/** Dense layers in float64. */
import { matmulGradRef, matmulRef, type MatmulRefOptions } from "../gpu/matmul_ref.ts";
import type { NdArray } from "../gpu/tensor.ts";

/** [b, ...] as [b, d]. */
function rowsOf({ shape: [b], data }: NdArray): NdArray {
  return { shape: [b, data.length / b], data };
}

/** x [b, ...], w [d, units] to [b, units]. */
export function denseRef(
  x: NdArray,
  w: NdArray,
  options: MatmulRefOptions = {},
): NdArray<Float64Array> {
  return matmulRef(rowsOf(x), w, options);
}

/** The gradients of `denseRef`. */
export function denseGradRef(
  x: NdArray,
  w: NdArray,
  dy: NdArray,
  options: MatmulRefOptions = {},
): Record<"dx" | "dw" | "db", NdArray<Float64Array>> {
  const y = denseRef(x, w, options);
  const behind = Float64Array.from(dy.data, (g, i) => options.relu && y.data[i] <= 0 ? 0 : g);
  const dz = { shape: y.shape, data: behind };
  const ones = { shape: [1, y.shape[0]], data: new Float64Array(y.shape[0]).fill(1) };
  const { da, db: dw } = matmulGradRef(rowsOf(x), w, dz);
  return {
    dx: { shape: x.shape, data: da.data },
    dw,
    db: { shape: [y.shape[1]], data: matmulRef(ones, dz).data },
  };
}
