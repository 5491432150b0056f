/**
 * Rotation-invariant pooling over the parts that `views` cuts. Turning the image by 90 degrees or
 * mirroring it only changes the order of an example's parts, so a function that does not look at the
 * order is exactly invariant, where `mergeViews` is not.
 */
import { oneOf } from "../gpu/check.ts";
import type { Context } from "../gpu/kernel.ts";
import { reshape, type Shape, type Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec, type Passed } from "./layer.ts";
import { pool, type PoolKind } from "./pool.ts";
import { mergeViews, splitParts } from "./views.ts";

/** What is made of a feature's values in all parts: `"rms"` is sqrt(mean of squares + 1e-8). */
export type ViewPoolKind = "mean" | "max" | "rms";

/** How the parts of an example become one: joined one after another, or pooled. */
export type PartMerge = "concat" | ViewPoolKind;

const POOL_KINDS: Readonly<Record<ViewPoolKind, PoolKind>> = {
  max: "max",
  mean: "mean",
  rms: "l2",
};

/** Options of `viewPool`. */
export interface ViewPoolOptions {
  /** Parts of an example, such as 16: two views, mirrored and not, four corners. */
  readonly parts: number;
  /** What is made of the parts. Default `"mean"`. */
  readonly kind?: ViewPoolKind;
  /** Name of the layer. */
  readonly name?: string;
}

/**
 * Pools each feature over the parts of an example: [parts b, ...features] to [b, n] with n features
 * a part. The maximum is the same to the last bit when the image is turned by 90 degrees or
 * mirrored; mean and root mean square are the same up to the rounding of a sum in another order. The
 * maximum gives its gradient to the first part that has it.
 *
 * @throws RangeError when the first axis is not a multiple of `parts`
 */
export function viewPool(options: ViewPoolOptions): LayerSpec {
  const { parts, kind = "mean" } = options;
  oneOf("Cannot pool views", { kind }, Object.keys(POOL_KINDS));
  const outputShape = (input: Shape): Shape => {
    const { b, n } = splitParts("pool", input, parts);
    return [b, n];
  };
  return layerOf(
    "viewPool",
    outputShape,
    (x, { context }) => poolViews(context, x, { parts, kind }),
    options,
  );
}

/**
 * Pools x [parts b, ...features] to y [b, n]; the functional form of `viewPool`. The parts are the rows
 * of an image of one column, whose channels are the features of all examples.
 */
export function poolViews(context: Context, x: Tensor, options: ViewPoolOptions): Passed {
  const { parts, kind = "mean" } = options;
  const { b, n } = splitParts("pool", x.shape, parts);
  const { y, backward } = pool(context, reshape(x, [1, parts, 1, b * n]), POOL_KINDS[kind], {
    size: [parts, 1],
  });
  return {
    y: reshape(y, [b, n]),
    backward: (dy) => reshape(backward(reshape(dy, [1, 1, 1, b * n])), x.shape),
  };
}

/**
 * The layer that makes one row of features from the parts of an example: [parts b, ...features] to
 * [b, parts n] for `"concat"` (the published network), else to [b, n].
 */
export function mergeParts(
  options: { readonly merge: PartMerge; readonly parts: number; readonly name?: string },
): LayerSpec {
  const { merge, parts, name } = options;
  return merge === "concat" ? mergeViews(parts, { name }) : viewPool({ parts, kind: merge, name });
}
