/** The limit on columns in float64. */
import { type NdArray, ndarray } from "../gpu/tensor.ts";

/** Each column of [d, k] with root mean square at most `limit`. */
export function maxNormRef({ shape, data }: NdArray, limit: number): NdArray<Float64Array> {
  const [d, k] = shape;
  const result = Float64Array.from(data);
  for (let column = 0; column < k; column++) {
    let sum = 0;
    for (let row = 0; row < d; row++) sum += data[row * k + column] ** 2;
    const root = Math.sqrt(sum / d);
    if (root <= limit) continue;
    for (let row = 0; row < d; row++) result[row * k + column] *= limit / root;
  }
  return ndarray(shape, result);
}
