/** Maxout units (Goodfellow et al. 2013): the largest of a few linear units. */
import text from "./maxout.wgsl" with { type: "text" };
import { check, whole } from "../gpu/check.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, LARGER } from "../gpu/sources.ts";
import { type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "./layer.ts";

const shared = {
  source: [GRID, LARGER, { file: "nn/maxout.wgsl", text }],
} as const;
const forwardOf = (name: string, entry: string, threads: (dims: Dims) => number) =>
  kernel({ ...shared, name, entry, threads, inputs: { x: "*m" }, outputs: { y: "*n" } });
const backwardOf = (name: string, entry: string, threads: (dims: Dims) => number) =>
  kernel({ ...shared, name, entry, threads, inputs: { x: "*m", dy: "*n" }, outputs: { dx: "*m" } });
const one = ({ n }: Dims) => n;
const two = ({ n }: Dims) => Math.ceil(n / 2);

const forward = forwardOf("maxout", "forward", one);
const backward = backwardOf("maxout/backward", "backward", one);
const forwardPairs = forwardOf("maxout/pairs", "forward_pairs", two);
const backwardPairs = backwardOf("maxout/backward_pairs", "backward_pairs", two);

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
  whole("Cannot make maxout", { pieces }, 1);
  return layerOf("maxout", (input) => maxoutShape(input, pieces), (x, { context }) => ({
    y: maxoutForward(context, x, pieces),
    backward: (dy) => maxoutBackward(context, x, dy, pieces),
  }), options);
}

function maxoutShape(input: Shape, pieces: number): Shape {
  const units = (input.at(-1) ?? 0) / pieces;
  const good = Number.isInteger(units) && units >= 1;
  check(good, "Cannot take maxout", { input }, `a last axis that is a multiple of ${pieces}`);
  return [...input.slice(0, -1), units];
}
