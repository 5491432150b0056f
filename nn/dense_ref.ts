/** Dense layers in float64. */
import { type NdArray, sizeOf } from "../gpu/tensor.ts";

/** What `denseRef` may add. */
export interface DenseRefOptions {
  /** [units]. */
  readonly bias?: NdArray;
  /** Whether negative values become 0. */
  readonly relu?: boolean;
}

/** x [b, ...], w [d, units] to [b, units]. */
export function denseRef(
  x: NdArray,
  w: NdArray,
  { bias, relu = false }: DenseRefOptions = {},
): NdArray<Float64Array> {
  const b = x.shape[0];
  const [d, units] = w.shape;
  const data = new Float64Array(b * units);
  for (let row = 0; row < b; row++) {
    for (let unit = 0; unit < units; unit++) {
      let sum = bias ? bias.data[unit] : 0;
      for (let i = 0; i < d; i++) sum += x.data[row * d + i] * w.data[i * units + unit];
      data[row * units + unit] = relu ? Math.max(sum, 0) : sum;
    }
  }
  return { shape: [b, units], data };
}

/** The gradients of `denseRef`. */
export function denseGradRef(
  x: NdArray,
  w: NdArray,
  dy: NdArray,
  options: DenseRefOptions = {},
): Record<"dx" | "dw" | "db", NdArray<Float64Array>> {
  const [d, units] = w.shape;
  const y = denseRef(x, w, options);
  const dx = new Float64Array(sizeOf(x.shape));
  const dw = new Float64Array(d * units);
  const db = new Float64Array(units);
  for (let row = 0; row < x.shape[0]; row++) {
    for (let unit = 0; unit < units; unit++) {
      if (options.relu && y.data[row * units + unit] <= 0) continue;
      const dz = dy.data[row * units + unit];
      db[unit] += dz;
      for (let i = 0; i < d; i++) {
        dx[row * d + i] += dz * w.data[i * units + unit];
        dw[i * units + unit] += x.data[row * d + i] * dz;
      }
    }
  }
  return {
    dx: { shape: x.shape, data: dx },
    dw: { shape: w.shape, data: dw },
    db: { shape: [units], data: db },
  };
}
