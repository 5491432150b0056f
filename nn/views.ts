/**
 * Viewpoints of an image: overlapping corner parts of one or more turned views, with and without
 * mirroring, all turned so that the image's outer corner is top left. A network runs on every part
 * with the same weights; `mergeViews` joins the parts' features again, `viewPool` (`view_pool.ts`)
 * pools them. Source: Dieleman, Willett and Dambre 2015, and the first author's published code.
 */
import text from "./views.wgsl" with { type: "text" };
import { check, whole } from "../gpu/check.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import { swapAxes } from "../gpu/transpose.ts";
import { reshape, type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "./layer.ts";

/** How parts are cut. */
export interface ViewsOptions {
  /** Pixels on a side of a part, at most those of a view. */
  readonly part: number;
  /** Whether each view is cut mirrored as well. Default true. */
  readonly flip?: boolean;
  /** Name of the layer. */
  readonly name?: string;
}

const source = [GRID, { file: "nn/views.wgsl", text }];
const cut = { source } as const;
const forward = kernel({
  ...cut,
  name: "views",
  entry: "forward",
  inputs: { x: "b v s s c" },
  outputs: { y: "images part part c" },
  threads: ({ images, part }) => images * part * part,
});
const backward = kernel({
  ...cut,
  name: "views/backward",
  entry: "backward",
  inputs: { dy: "images part part c" },
  outputs: { dx: "b v s s c" },
  threads: ({ b, v, s, c }) => b * v * s * s * c,
});
/**
 * Parts of views: [b, v, s, s, c] to [parts b, part, part, c], with parts = 4 v, or 8 v with flips.
 *
 * Image `p b + example` of the output is part p = 8 view + 4 flip + corner (4 view + corner without
 * flips). With X the view, mirrored left to right where flip is 1, and a row, b column of the part:
 *
 * | corner | out[a][b] | meaning |
 * | --- | --- | --- |
 * | 0 | X[a][b] | top left |
 * | 1 | X[b][s-1-a] | top right, turned 90 degrees counter-clockwise |
 * | 2 | X[s-1-a][s-1-b] | bottom right, turned 180 degrees |
 * | 3 | X[s-1-b][a] | bottom left, turned 90 degrees clockwise |
 *
 * @throws RangeError when the input is not square views of at least `part` pixels
 *
 * @example
 * ```ts
 * import { views } from "jsr:@cetus/cetus";
 * console.log(views({ part: 45 }).outputShape([32, 2, 69, 69, 3])); // [512, 45, 45, 3]
 * ```
 */
export function views(options: ViewsOptions): LayerSpec {
  const { part, flip = true } = options;
  whole("Cannot make views", { part }, 1);
  return layerOf("views", (input) => viewsShape(input, part, flip), (x, { context }) => ({
    y: viewsForward(context, x, { part, flip }),
    backward: (dy) => viewsBackward(context, dy, x.shape, { part, flip }),
  }), options);
}

/** The parts of x [b, v, s, s, c]; see `views`. */
export function viewsForward(context: Context, x: Tensor, options: ViewsOptions): Tensor {
  const { part, flip = true } = options;
  const [images] = viewsShape(x.shape, part, flip);
  return forward(context, { x }, { dims: { images, part, flips: flip ? 2 : 1 } }).y;
}

/**
 * dx [b, v, s, s, c]: each pixel adds up the gradients of the parts that show it.
 *
 * @param dy [parts b, part, part, c]
 * @param input shape of x
 */
export function viewsBackward(
  context: Context,
  dy: Tensor,
  input: Shape,
  options: ViewsOptions,
): Tensor {
  const { part, flip = true } = options;
  const [images] = viewsShape(input, part, flip);
  const [b, v, s, , c] = input;
  return backward(context, { dy }, { dims: { b, v, s, c, images, part, flips: flip ? 2 : 1 } }).dx;
}

/**
 * Joins the features of an example's parts: [parts b, ...features] to [b, parts n] with n features a
 * part, in the order part, row, column, channel.
 *
 * @param parts parts of an example, such as 16: two views, mirrored and not, four corners
 * @throws RangeError when the first axis is not a multiple of `parts`
 */
export function mergeViews(parts: number, options: { readonly name?: string } = {}): LayerSpec {
  const outputShape = (input: Shape): Shape => {
    const { b, n } = splitParts("merge", input, parts);
    return [b, parts * n];
  };
  return layerOf("mergeViews", outputShape, (x, { context }) => {
    const { b, n } = splitParts("merge", x.shape, parts);
    const exchanged = (blocks: Tensor, outer: number, inner: number, shape: Shape) =>
      reshape(swapAxes(context, reshape(blocks, [outer, inner, n]), 0, 1), shape);
    return {
      y: exchanged(x, parts, b, [b, parts * n]),
      backward: (dy) => exchanged(dy, b, parts, x.shape),
    };
  }, options);
}

/**
 * Examples b and features n of [parts b, ...features].
 *
 * @param what for the error: "merge" or "pool"
 * @throws RangeError when the first axis is not a multiple of `parts`
 */
export function splitParts(what: string, input: Shape, parts: number): { b: number; n: number } {
  whole(`Cannot ${what} views`, { parts }, 1);
  const b = (input[0] ?? 0) / parts;
  const good = Number.isInteger(b) && b >= 1;
  check(good, `Cannot ${what} views`, { input }, `a first axis that is a multiple of ${parts}`);
  return { b, n: sizeOf(input.slice(1)) };
}

function viewsShape(input: Shape, part: number, flip: boolean): Shape {
  const [b, v, s, width, c] = input;
  const isSquare = input.length === 5 && s === width;
  check(isSquare, "Cannot cut views", { input }, "square views [b, v, s, s, c]");
  check(part <= s, "Cannot cut views", { part }, `at most the ${s} pixels of a view`);
  return [(flip ? 8 : 4) * v * b, part, part, c];
}
