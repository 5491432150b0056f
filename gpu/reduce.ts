/** Sums, means, maxima and norms in f32. Every sum has a fixed order: the same input, the same bits. */
import text from "./reduce.wgsl" with { type: "text" };
import { type Context, kernel, WORKGROUP_SIZE } from "./kernel.ts";
import type { Dims } from "./signature.ts";
import { GRID } from "./sources.ts";
import { reshape, sizeOf, type Tensor } from "./tensor.ts";

/** Where a reduction writes. */
export interface ReduceOptions {
  /** The result, of the shape that the function says. A new tensor by default. */
  readonly into?: Tensor;
}

const shared = {
  source: [GRID, { file: "gpu/reduce.wgsl", text }],
} as const;
const perThread = ({ n }: Dims) => n;
const perWorkgroup = ({ n }: Dims) => WORKGROUP_SIZE * n;

/** Rows up to this length are read by one thread each, longer ones by a workgroup. */
const SHORT = 64;

const ofRows = (name: string, entry: string, result = "*n") =>
  kernel({
    ...shared,
    name,
    entry,
    inputs: { x: "*n d" },
    outputs: { result },
    threads: entry.endsWith("short") ? perThread : perWorkgroup,
  });
const sumShort = ofRows("reduce/sum", "sum_short");
const sumLong = ofRows("reduce/sum", "sum_long");
const sumLong4 = ofRows("reduce/sum", "sum_long4");
const maxShort = ofRows("max", "max_short");
const maxLong = ofRows("max", "max_long");
const argmaxShort = ofRows("argmax", "argmax_short", "u32: *n");
const argmaxLong = ofRows("argmax", "argmax_long", "u32: *n");
const pieces = kernel({
  ...shared,
  name: "reduce/sum_pieces",
  entry: "sum_long4",
  inputs: { x: "*size" },
  outputs: { result: "n" },
  threads: perWorkgroup,
});

const ofColumns = (entry: string, width: number) =>
  kernel({
    ...shared,
    name: "sumFirstAxis",
    entry,
    inputs: { x: "*n d" },
    outputs: { result: "parts d" },
    threads: ({ parts, d }) => parts * d / width,
  });
const sumColumns = ofColumns("sum_columns", 1);
const sumColumns4 = ofColumns("sum_columns4", 4);

/**
 * Sum along the last axis: [..., d] to [...]. Terms are added in runs of 16, lanes in
 * pairs, a single row of more than 16,384 elements in pieces.
 */
export function sum(context: Context, x: Tensor, options: ReduceOptions = {}): Tensor {
  return sumRows(context, x, options, { squares: 0, root: 0, factor: 1 });
}

/** Mean along the last axis: [..., d] to [...]. */
export function mean(context: Context, x: Tensor, options: ReduceOptions = {}): Tensor {
  return sumRows(context, x, options, { squares: 0, root: 0, factor: 1 / x.shape.at(-1)! });
}

/** Euclidean length along the last axis: [..., d] to [...]. Squares overflow beyond 1.8e19. */
export function norm(context: Context, x: Tensor, options: ReduceOptions = {}): Tensor {
  return sumRows(context, x, options, { squares: 1, root: 1, factor: 1 });
}

/** Largest element along the last axis: [..., d] to [...]. Undefined where a row holds NaN. */
export function max(context: Context, x: Tensor, { into }: ReduceOptions = {}): Tensor {
  const run = isShort(x) ? maxShort : maxLong;
  return run(context, { x }, { dims: dimsOf(x), into: into && { result: into } }).result;
}

/**
 * Place of the largest element along the last axis, the first on ties: [..., d] to u32 [...].
 * Undefined where a row holds NaN.
 */
export function argmax(context: Context, x: Tensor, { into }: ReduceOptions = {}): Tensor {
  const run = isShort(x) ? argmaxShort : argmaxLong;
  return run(context, { x }, { dims: dimsOf(x), into: into && { result: into } }).result;
}

/** Rows up to which a column is summed by one thread, and rows a part beyond that. */
const MOST_ROWS = 256;
const PART_ROWS = 64;

/**
 * Sum over all axes but the last: [..., d] to [d], such as a bias gradient. Rows beyond 256 are
 * summed in parts of 64, and the parts likewise.
 */
export function sumFirstAxis(context: Context, x: Tensor, { into }: ReduceOptions = {}): Tensor {
  const d = x.shape.at(-1)!;
  const n = sizeOf(x.shape) / d;
  const run = d % 4 === 0 ? sumColumns4 : sumColumns;
  const chunk = n > MOST_ROWS ? PART_ROWS : n;
  const parts = Math.ceil(n / chunk);
  const last = parts === 1;
  const { result } = run(context, { x }, {
    dims: { ...dimsOf(x), chunk, parts },
    into: last && into ? { result: asRow(into) } : {},
  });
  if (!last) return sumFirstAxis(context, result, { into });
  return into ?? reshape(result, [d]);
}

/** A vector as a matrix of one row; other shapes are left for the kernel to refuse. */
function asRow(vector: Tensor): Tensor {
  return vector.shape.length === 1 ? { ...vector, shape: [1, ...vector.shape] } : vector;
}

/** Elements of a piece of a long sum. */
const PIECE = 16_384;

/**
 * Sum of the squares of all elements, such as for clipping gradients: any shape to [1]. Two passes:
 * pieces of 16,384 elements, then their sums.
 */
export function sumOfSquares(context: Context, x: Tensor, options: ReduceOptions = {}): Tensor {
  const all = reshape(x, [1, sizeOf(x.shape)]);
  return sumRows(context, all, options, { squares: 1, root: 0, factor: 1 });
}

/** What happens to the terms and to their sum. */
interface Terms {
  readonly squares: 0 | 1;
  readonly root: 0 | 1;
  readonly factor: number;
}

function sumRows(context: Context, x: Tensor, { into }: ReduceOptions, terms: Terms): Tensor {
  const d = x.shape.at(-1)!;
  if (d === sizeOf(x.shape) && d > PIECE) {
    return sumRows(context, sumPieces(context, x, terms.squares), { into }, {
      ...terms,
      squares: 0,
    });
  }
  const run = isShort(x) ? sumShort : d % 4 === 0 ? sumLong4 : sumLong;
  const dims = { ...dimsOf(x), ...terms };
  return run(context, { x }, { dims, into: into && { result: into } }).result;
}

/** A single long row as the sums of its pieces, which keep all lanes busy: [..., d] to [..., n]. */
function sumPieces(context: Context, x: Tensor, squares: 0 | 1): Tensor {
  const n = Math.ceil(sizeOf(x.shape) / PIECE);
  const dims = { ...dimsOf(x), n, d: PIECE, squares };
  return reshape(pieces(context, { x }, { dims }).result, [...x.shape.slice(0, -1), n]);
}

function isShort(x: Tensor): boolean {
  return x.shape.at(-1)! <= SHORT;
}

function dimsOf(x: Tensor): Dims {
  return { size: sizeOf(x.shape), chunk: 0, squares: 0, root: 0, factor: 1 };
}
