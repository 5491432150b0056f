/**
 * Rotation-invariant pooling over the parts that `views` cuts. Turning the image by 90 degrees or
 * mirroring it only changes the order of an example's parts, so a function that does not look at the
 * order is exactly invariant, where `mergeViews` is not.
 */
import text from "./view_pool.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID, LARGER } from "../gpu/sources.ts";
import { reshape, type Shape, type Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec, type Passed } from "./layer.ts";
import { mergeViews, splitParts } from "./views.ts";

/** What is made of a feature's values in all parts: `"rms"` is sqrt(mean of squares + 1e-8). */
export type ViewPoolKind = "mean" | "max" | "rms";

/** How the parts of an example become one: joined one after another, or pooled. */
export type PartMerge = "concat" | ViewPoolKind;

/** Options of `viewPool`. */
export interface ViewPoolOptions {
  /** Parts of an example, such as 16: two views, mirrored and not, four corners. */
  readonly parts: number;
  /** What is made of the parts. Default `"mean"`. */
  readonly kind?: ViewPoolKind;
  /** Name of the layer. */
  readonly name?: string;
}

const shared = {
  source: [GRID, LARGER, { file: "nn/view_pool.wgsl", text }],
  params: ["n", "parts"],
  threads: ({ n }: Record<string, number>) => n,
} as const;
const forwardShape = { inputs: { x: "parts outputs" }, outputs: { y: "outputs" } } as const;
const backwardShape = {
  inputs: { x: "parts outputs", y: "outputs", dy: "outputs" },
  outputs: { dx: "parts outputs" },
} as const;

const forward = kernel({ ...shared, ...forwardShape, name: "viewPool", entry: "forward" });
const forwardVec4 = kernel({
  ...shared,
  ...forwardShape,
  name: "viewPool/vec4",
  entry: "forward_vec4",
});
const backward = kernel({
  ...shared,
  ...backwardShape,
  name: "viewPool/backward",
  entry: "backward",
});
const backwardVec4 = kernel({
  ...shared,
  ...backwardShape,
  name: "viewPool/backward_vec4",
  entry: "backward_vec4",
});

/** Numbers of the kinds in the shader. */
const KINDS: readonly ViewPoolKind[] = ["max", "mean", "rms"];

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
  kindNumber(kind);
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

/** Pools x [parts b, ...features] to y [b, n]; the functional form of `viewPool`. */
export function poolViews(
  context: Context,
  x: Tensor,
  options: ViewPoolOptions,
): Passed {
  const { parts, kind = "mean" } = options;
  const { b, n: features } = splitParts("pool", x.shape, parts);
  const outputs = b * features;
  const byFour = outputs % 4 === 0;
  const call = {
    constants: { kind: kindNumber(kind) },
    dims: { n: byFour ? outputs / 4 : outputs },
  };
  const rows = reshape(x, [parts, outputs]);
  const { y } = (byFour ? forwardVec4 : forward)(context, { x: rows }, call);
  return {
    y: reshape(y, [b, features]),
    backward(dy) {
      const inputs = { x: rows, y, dy: reshape(dy, [outputs]) };
      return reshape((byFour ? backwardVec4 : backward)(context, inputs, call).dx, x.shape);
    },
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

function kindNumber(kind: ViewPoolKind): number {
  if (!KINDS.includes(kind)) {
    throw new RangeError(`Cannot pool views: kind is "${kind}", it must be ${KINDS.join(", ")}`);
  }
  return KINDS.indexOf(kind);
}
