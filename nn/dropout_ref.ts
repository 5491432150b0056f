/** Dropout in float64, with the random bits of `gpu/random.ts`. */
import { bernoulli, fold, type Key } from "../gpu/random.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { DropoutMask } from "./dropout.ts";

/** x / (1 - rate) where kept, else 0. Given dy for x it is the gradient. */
export function dropoutRef(x: NdArray, key: Key, mask: DropoutMask): NdArray<Float64Array> {
  const stream = fold(key, mask.label);
  const data = Float64Array.from(
    x.data,
    (value, i) => bernoulli(stream, i, mask.rate) ? 0 : value / (1 - mask.rate),
  );
  return { shape: x.shape, data };
}
