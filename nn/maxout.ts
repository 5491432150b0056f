/** Maxout units (Goodfellow et al. 2013): the largest of a few linear units. */
import text from "./maxout.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID, LARGER } from "../gpu/sources.ts";
import { type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "./layer.ts";

const shared = {
  source: [GRID, LARGER, { file: "nn/maxout.wgsl", text }],
  params: ["n", "pieces"],
} as const;
const any = { ...shared, threads: ({ n }: Record<string, number>) => n } as const;
const pairs = { ...shared, threads: ({ n }: Record<string, number>) => Math.ceil(n / 2) } as const;
const forwardShape = { inputs: { x: "*m" }, outputs: { y: "*n" } } as const;
const backwardShape = { inputs: { x: "*m", dy: "*n" }, outputs: { dx: "*m" } } as const;

const forward = kernel({ ...any, ...forwardShape, name: "maxout", entry: "forward" });
const backward = kernel({ ...any, ...backwardShape, name: "maxout/backward", entry: "backward" });
const forwardPairs = kernel({
  ...pairs,
  ...forwardShape,
  name: "maxout/pairs",
  entry: "forward_pairs",
});
const backwardPairs = kernel({
  ...pairs,
  ...backwardShape,
  name: "maxout/backward_pairs",
  entry: "backward_pairs",
});

/**
 * [.., n pieces] to [.., n]: unit j is the largest of x[j pieces] … x[j pieces + pieces - 1].
 *
 * @throws RangeError when the last axis is not a multiple of `pieces`
 */
export function maxoutForward(context: Context, x: Tensor, pieces = 2): Tensor {
  const shape = maxoutShape(x.shape, pieces);
  const y = context.empty(shape, { label: "maxout" });
  const run = pieces === 2 ? forwardPairs : forward;
  return run(context, { x }, { dims: { pieces }, into: { y } }).y;
}

/** dy to the first of the largest pieces, 0 to the others: dx [.., n pieces]. */
export function maxoutBackward(context: Context, x: Tensor, dy: Tensor, pieces = 2): Tensor {
  const n = sizeOf(maxoutShape(x.shape, pieces));
  const run = pieces === 2 ? backwardPairs : backward;
  return run(context, { x, dy }, { dims: { pieces, n } }).dx;
}

/**
 * Maxout layer: [.., n pieces] to [.., n], the largest of each `pieces` adjacent units. The gradient
 * goes to the lowest index on ties.
 *
 * @param pieces linear units behind a unit, default 2
 *
 * @example
 * ```ts
 * import { dense, maxout, sequential } from "jsr:@cetus/cetus";
 * const hidden = sequential([dense({ units: 4096 }), maxout(2)]); // 2048 units
 * ```
 */
export function maxout(pieces = 2, options: { readonly name?: string } = {}): LayerSpec {
  if (!Number.isInteger(pieces) || pieces < 1) {
    throw new RangeError(`Cannot make maxout: pieces is ${pieces}, it must be a positive integer`);
  }
  return layerOf("maxout", (input) => maxoutShape(input, pieces), (x, { context }) => ({
    y: maxoutForward(context, x, pieces),
    backward: (dy) => maxoutBackward(context, x, dy, pieces),
  }), options);
}

function maxoutShape(input: Shape, pieces: number): Shape {
  const units = (input.at(-1) ?? 0) / pieces;
  if (!Number.isInteger(units) || units < 1) {
    throw new RangeError(
      `Cannot take maxout of [${input.join(", ")}]: the last axis must be a multiple of ` +
        `${pieces} pieces`,
    );
  }
  return [...input.slice(0, -1), units];
}
