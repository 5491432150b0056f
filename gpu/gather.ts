/**
 * Rows of a table by index, and the gradient of that, without atomics: the order of every sum is the
 * order of the list, so the same input gives the same bits.
 *
 * An index that is not below the number of rows stands for a row of zeros, and its gradient is
 * ignored; padding may be marked with 0xFFFFFFFF.
 */
import text from "./gather.wgsl" with { type: "text" };
import { type Context, kernel } from "./kernel.ts";
import { GRID } from "./sources.ts";
import type { Tensor } from "./tensor.ts";

const shared = {
  source: [GRID, { file: "gpu/gather.wgsl", text }],
} as const;
const gathering = {
  ...shared,
  name: "gather",
  inputs: { x: "n d", index: "u32: m" },
  outputs: { result: "m d" },
  threads: ({ m, width }: Record<string, number>) => m * width,
} as const;
const scattering = {
  ...shared,
  name: "scatterAdd",
  inputs: { dy: "m d", index: "u32: m" },
  outputs: { result: "n d" },
  threads: ({ n, width }: Record<string, number>) => n * width,
} as const;
const sorted = {
  ...scattering,
  name: "scatterAddSorted",
  inputs: { dy: "m d", starts: "u32: ends", order: "u32: m" },
} as const;

const gatherScalar = kernel({ ...gathering, entry: "gather_scalar" });
const gatherVec4 = kernel({ ...gathering, entry: "gather_vec4" });
const scatterScalar = kernel({ ...scattering, entry: "scatter_scalar" });
const scatterVec4 = kernel({ ...scattering, entry: "scatter_vec4" });
const sortedScalar = kernel({ ...sorted, entry: "sorted_scalar" });
const sortedVec4 = kernel({ ...sorted, entry: "sorted_vec4" });

/** Where the gradient of a gather goes. */
export interface ScatterOptions {
  /** The result, [rows, d]; it is overwritten. A new tensor by default. */
  readonly into?: Tensor;
}

/**
 * Rows of a table: x [n, d], index u32 [m] to [m, d].
 *
 * @param x the table
 * @param index row of x for each row of the result; outside 0 … n - 1 it gives zeros
 */
export function gather(
  context: Context,
  x: Tensor,
  index: Tensor,
  { into }: ScatterOptions = {},
): Tensor {
  const { width, isWhole } = widthOf(x);
  const run = isWhole ? gatherVec4 : gatherScalar;
  const options = { dims: { width }, into: into && { result: into } };
  return run(context, { x, index }, options).result;
}

/**
 * The gradient of `gather`: row r of the result is the sum of the rows of dy whose index is r, in
 * the order of the list; rows that no index names are 0.
 *
 * Every element of the result reads the whole list: rows d m / 16 loads of indices (of four) with
 * vec4, which is fine up to some ten million. For larger products sort on the host and use
 * `scatterAddSorted`.
 *
 * @param dy [m, d]
 * @param index u32 [m]; an index of `rows` or more is ignored
 * @param rows rows of the result
 * @returns [rows, d]
 */
export function scatterAdd(
  context: Context,
  dy: Tensor,
  index: Tensor,
  rows: number,
  { into }: ScatterOptions = {},
): Tensor {
  const { width, isWhole } = widthOf(dy);
  const run = isWhole ? scatterVec4 : scatterScalar;
  const options = { dims: { width, n: rows }, into: into && { result: into } };
  return run(context, { dy, index }, options).result;
}

/** The places of each row in a list of indices, one row after the other. */
export interface SortedIndex {
  /** u32 [rows + 1]: row r has the places `order[starts[r]]` to `order[starts[r + 1] - 1]`. */
  readonly starts: Uint32Array;
  /** u32 [m]: places in the list, in order within a row; unused at the end where indices are out of range. */
  readonly order: Uint32Array;
}

/** Sorts a list of indices for `scatterAddSorted`, in time of m + rows. */
export function sortIndex(index: ArrayLike<number>, rows: number): SortedIndex {
  const starts = new Uint32Array(rows + 1);
  for (let i = 0; i < index.length; i++) if (index[i] < rows) starts[index[i] + 1]++;
  for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
  const next = starts.slice();
  const order = new Uint32Array(index.length);
  for (let i = 0; i < index.length; i++) if (index[i] < rows) order[next[index[i]]++] = i;
  return { starts, order };
}

/**
 * `scatterAdd` for a list that `sortIndex` sorted: reads each row of dy once.
 *
 * @param dy [m, d]
 * @param starts u32 [rows + 1]
 * @param order u32 [m]
 * @returns [rows, d]
 */
export function scatterAddSorted(
  context: Context,
  dy: Tensor,
  starts: Tensor,
  order: Tensor,
  { into }: ScatterOptions = {},
): Tensor {
  const { width, isWhole } = widthOf(dy);
  const run = isWhole ? sortedVec4 : sortedScalar;
  const dims = { width, n: starts.shape[0] - 1 };
  return run(context, { dy, starts, order }, { dims, into: into && { result: into } }).result;
}

function widthOf(x: Tensor): { width: number; isWhole: boolean } {
  const d = x.shape.at(-1)!;
  const isWhole = d % 4 === 0;
  return { width: isWhole ? d / 4 : d, isWhole };
}
