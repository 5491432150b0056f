/** Moving axes: copies of a tensor in another order. */
import text from "./transpose.wgsl" with { type: "text" };
import { check } from "./check.ts";
import { type Context, kernel, WORKGROUP_SIZE } from "./kernel.ts";
import { GRID } from "./sources.ts";
import { type Shape, sizeOf, type Tensor } from "./tensor.ts";

/** Where a transposed tensor goes. */
export interface TransposeOptions {
  /** The result, of the swapped shape and not x itself. A new tensor by default. */
  readonly into?: Tensor;
}

const shared = {
  name: "swapAxes",
  source: [GRID, { file: "gpu/transpose.wgsl", text }],
  inputs: { x: "*size" },
  outputs: { result: "*size" },
} as const;
/** Rows and columns that a workgroup of `swap_blocks` turns. */
const BLOCK = 32;

const swapScalar = kernel({ ...shared, entry: "swap_scalar", threads: ({ size }) => size });
const swapVec4 = kernel({ ...shared, entry: "swap_vec4", threads: ({ size }) => size / 4 });
const swapBlocks = kernel({
  ...shared,
  entry: "swap_blocks",
  threads: ({ outer, first, middle, second }) =>
    WORKGROUP_SIZE * outer * middle * Math.ceil(first / BLOCK) * Math.ceil(second / BLOCK),
});

/**
 * A copy with the last two axes swapped: [..., r, c] to [..., c, r].
 *
 * @throws RangeError when there are fewer than two axes
 */
export function transpose(context: Context, x: Tensor, options: TransposeOptions = {}): Tensor {
  return swapAxes(context, x, x.shape.length - 2, x.shape.length - 1, options);
}

/**
 * A copy with two axes swapped: [a, b, c] with axes 0 and 2 becomes [c, b, a].
 *
 * @param x any shape, f32
 * @param axisA one axis, counted from 0
 * @param axisB the other; the order of the two does not matter
 * @throws RangeError when there is no such axis, or both are the same
 */
export function swapAxes(
  context: Context,
  x: Tensor,
  axisA: number,
  axisB: number,
  { into }: TransposeOptions = {},
): Tensor {
  const [a, b] = [Math.min(axisA, axisB), Math.max(axisA, axisB)];
  const { shape } = x;
  check(
    a !== b && [a, b].every((axis) => axis in shape),
    `Cannot swap axes of "${x.label}" [${shape.join(", ")}]`,
    { axes: `${axisA} and ${axisB}` },
    `two different ones from 0 to ${shape.length - 1}`,
  );
  const swapped = shape.map((extent, i) => i === a ? shape[b] : i === b ? shape[a] : extent);
  const result = into ?? context.empty(swapped, { label: "swapAxes" });
  checkInto(result, swapped);
  run(context, x, result, foldAround(shape, a, b));
  return result;
}

/** Axes in the groups that the shader knows. */
type Folded = Record<"outer" | "first" | "middle" | "second" | "inner", number>;

function foldAround(shape: Shape, a: number, b: number): Folded {
  return {
    outer: sizeOf(shape.slice(0, a)),
    first: shape[a],
    middle: sizeOf(shape.slice(a + 1, b)),
    second: shape[b],
    inner: sizeOf(shape.slice(b + 1)),
  };
}

function run(context: Context, x: Tensor, result: Tensor, folded: Folded): void {
  const { first, second, inner } = folded;
  const into = { result };
  if (inner % 4 === 0) {
    swapVec4(context, { x }, { dims: { ...folded, inner: inner / 4 }, into });
  } else if (inner === 1 && first % 4 === 0 && second % 4 === 0) {
    swapBlocks(context, { x }, { dims: folded, into });
  } else {
    swapScalar(context, { x }, { dims: folded, into });
  }
}

function checkInto(into: Tensor, swapped: Shape): void {
  if (into.shape.join() === swapped.join()) return;
  throw new RangeError(
    `Cannot run swapAxes: "result" is [${into.shape.join(", ")}], expected [${swapped.join(", ")}]`,
  );
}
