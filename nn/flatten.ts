/** An example's features in a row, as they lie in memory. */
import { reshape, type Shape, sizeOf } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "./layer.ts";

/**
 * [b, ...] to [b, d], in the order row, column, channel; nothing is copied. `dense` does so by itself.
 *
 * @example
 * ```ts
 * import { flatten } from "jsr:@cetus/cetus";
 * console.log(flatten().outputShape([32, 7, 7, 64])); // [32, 3136]
 * ```
 */
export function flatten(options: { readonly name?: string } = {}): LayerSpec {
  const outputShape = ([b, ...rest]: Shape): Shape => [b, sizeOf(rest)];
  return layerOf("flatten", outputShape, (x) => ({
    y: reshape(x, outputShape(x.shape)),
    backward: (dy) => reshape(dy, x.shape),
  }), options);
}
