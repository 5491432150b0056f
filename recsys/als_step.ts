/**
 * A half-sweep of alternating least squares on the device, and what it works on: what `factorise`
 * records and replays.
 *
 * Conjugate gradients run in the basis in which YᵀY + regularisation I, which all rows share, is the
 * identity: with L Lᵀ for it, z = Lᵀ x and y' = L^-1 y, a row's system is I + sum s y' y'ᵀ. So a step
 * costs nothing but the row's own entries, and two steps come nearer to the exact solution than three in
 * the basis of the factors.
 *
 * @module
 */
import { add } from "../gpu/elementwise.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Context, EagerContext } from "../gpu/kernel.ts";
import { matmul, matmulTransposedA } from "../gpu/matmul.ts";
import { type HostData, ndarray, type Tensor } from "../gpu/tensor.ts";
import { cholesky } from "./cholesky.ts";
import { conjugateGradient, type GroupTables, MOST_WHOLE_FACTORS } from "./conjugate_gradient.ts";
import { gramFactor } from "./gram_factor.ts";
import { rowLengths, type SparseRows } from "./interactions.ts";
import {
  type CutOptions,
  ENTRY_BYTES,
  planRows,
  type RowGroup,
  type RowRange,
  TABLE_BYTES,
} from "./row_plan.ts";
import { entrySums } from "./wmf_objective.ts";

/** How the systems of rows are solved. */
export type Solver = "conjugateGradient" | "cholesky";

/** Factors of one side on the device. */
export interface Side {
  /** The rows of each shard. */
  readonly ranges: readonly RowRange[];
  /** Factors of each range: [rows, width]. */
  readonly shards: readonly Tensor[];
}

/** The entries of one range of rows, and how they are worked on. */
export interface RangeTables {
  /** u32 [entries, 2]. */
  readonly entries: Tensor;
  /** u32 [rows, 4]: rows that one thread, or one workgroup, takes whole. */
  readonly whole?: Tensor;
  /** The others. */
  readonly groups: readonly GroupTables[];
}

/** Entries of a part of a row in the sum of the objective. */
const OBJECTIVE_PART = 256;

/** Columns of factors on the device: a multiple of four, so that they are whole vec4. */
export function widthOf(factors: number): number {
  return 4 * Math.ceil(factors / 4);
}

/**
 * The factors of one side on the device, padded with zeros.
 *
 * @param host [rows, factors]; zeros where absent
 */
export function uploadSide(
  context: EagerContext,
  ranges: readonly RowRange[],
  factors: number,
  host?: HostData,
): Side {
  const width = widthOf(factors);
  const shards = ranges.map(({ first, end }) => {
    const data = new Float32Array((end - first) * width);
    for (let row = first; host && row < end; row++) {
      data.set(host.subarray(row * factors, (row + 1) * factors), (row - first) * width);
    }
    return context.upload(ndarray([end - first, width], data), "factors");
  });
  return { ranges, shards };
}

/** The factors of one side from the device: [rows, factors]. */
export async function readSide(gpu: Gpu, side: Side, factors: number): Promise<Float32Array> {
  const width = widthOf(factors);
  const result = new Float32Array(side.ranges.at(-1)!.end * factors);
  for (const [shard, { first, end }] of side.ranges.entries()) {
    const { data } = await gpu.read(side.shards[shard]);
    for (let row = first; row < end; row++) {
      const at = (row - first) * width;
      result.set(data.subarray(at, at + factors), row * factors);
    }
  }
  return result;
}

/** How rows are cut for the device. */
export interface TableOptions {
  /** Ranges of the rows. */
  readonly ranges: readonly RowRange[];
  /** Ranges of the columns. */
  readonly columnRanges: readonly RowRange[];
  /** Factors. */
  readonly factors: number;
  /** Who solves. */
  readonly solver: Solver;
  /** Most entries that one thread goes through. */
  readonly longestPart: number;
  /** The most that a tensor may take. */
  readonly mostBytes: number;
  /** Steps of conjugate gradients. */
  readonly steps: number;
  /** Iterations of all its loops that one thread may make. */
  readonly mostIterations: number;
}

/**
 * The entries of each range with their weights, and the tables of their rows.
 *
 * @param weights Surplus weights: `[entries]`
 */
export function uploadTables(
  context: EagerContext,
  rows: SparseRows,
  weights: Float32Array,
  options: TableOptions,
): RangeTables[] {
  const width = widthOf(options.factors);
  const cut = options.solver === "cholesky" ? directCut(rows, options) : {
    shards: options.columnRanges,
    whole: width <= MOST_WHOLE_FACTORS && options.columnRanges.length === 1,
    longest: longestPart(width, options),
    mostParts: mostParts(options.mostBytes, width),
    mostPartsOfRow: Math.floor(options.mostIterations / (3 * width / 4)),
  };
  return options.ranges.map((range) => {
    const { whole, groups } = planRows(rows, range, cut);
    return {
      entries: uploadEntries(context, rows, weights, range),
      whole: whole.length > 0
        ? context.upload(ndarray([whole.length / 4, 4], whole), "rows of a table")
        : undefined,
      groups: groups.map((group) => uploadGroup(context, group)),
    };
  });
}

/** Entries of a part for which neither `solve_rows` nor `gather_parts` makes too many iterations. */
function longestPart(width: number, options: TableOptions): number {
  const { steps, mostIterations } = options;
  const ofEntry = Math.max(steps + 1, 2 * Math.ceil(width / 32));
  return Math.max(1, Math.min(options.longestPart, Math.floor(mostIterations / ofEntry)));
}

/** All rows whole, each for a workgroup. */
function directCut(rows: SparseRows, options: TableOptions): CutOptions {
  const most = Math.floor(options.mostIterations / (widthOf(options.factors) + 1));
  const longest = rowLengths(rows).reduce((a, b) => Math.max(a, b), 0);
  if (longest > most) {
    throw new RangeError(
      `Cannot solve by Cholesky: a row has ${longest} entries, expected at most ${most}`,
    );
  }
  const none = { mostParts: Infinity, mostPartsOfRow: Infinity };
  return { shards: options.columnRanges, whole: true, longest: Infinity, ...none };
}

function mostParts(mostBytes: number, width: number): number {
  return Math.floor(mostBytes / Math.max(TABLE_BYTES, 4 * width));
}

/** Column and the bits of the weight of each entry of a range; one that counts for nothing if none. */
function uploadEntries(
  context: EagerContext,
  { starts, indices }: SparseRows,
  weights: Float32Array,
  range: RowRange,
): Tensor {
  const [start, end] = [starts[range.first], starts[range.end]];
  const words = new Uint32Array(Math.max(2, (end - start) * ENTRY_BYTES / 4));
  const floats = new Float32Array(words.buffer);
  for (let e = start; e < end; e++) {
    words[2 * (e - start)] = indices[e];
    floats[2 * (e - start) + 1] = weights[e];
  }
  return context.upload(ndarray([words.length / 2, 2], words), "entries");
}

function uploadGroup(
  context: EagerContext,
  { slots, order, parts, shards }: RowGroup,
): GroupTables {
  const label = "parts of rows";
  // Rows without entries have no parts, and a tensor has at least one element.
  const [ordered, cut] = parts.length > 0
    ? [order, parts]
    : [new Uint32Array(1), new Uint32Array(4)];
  return {
    slots: context.upload(ndarray([slots.length / 2, 2], slots), label),
    order: context.upload(ndarray([ordered.length], ordered), label),
    parts: context.upload(ndarray([cut.length / 4, 4], cut), label),
    shards,
  };
}

/** The tables of the objective: all rows in parts. */
export function uploadObjectiveTables(
  context: EagerContext,
  rows: SparseRows,
  options: TableOptions,
): GroupTables[][] {
  const cut = {
    shards: options.columnRanges,
    whole: false,
    longest: OBJECTIVE_PART,
    mostParts: mostParts(options.mostBytes, 1),
    mostPartsOfRow: Infinity,
  };
  return options.ranges.map((range) =>
    planRows(rows, range, cut).groups.map((group) => uploadGroup(context, group))
  );
}

/** XᵀX of one side, shard after shard: [width, width]. */
export function gramOf(context: Context, { shards }: Side, into: Tensor): void {
  const [first, ...others] = shards;
  let sum = matmulTransposedA(context, first, first, others.length === 0 ? { into } : {});
  others.forEach((shard, at) => {
    const next = matmulTransposedA(context, shard, shard);
    sum = add(context, sum, next, at === others.length - 1 ? into : undefined);
  });
}

/** How a half-sweep solves. */
export interface HalfSweepOptions {
  /** Factors that count. */
  readonly factors: number;
  /** Weight of the squared lengths. */
  readonly regularisation: number;
  /** Steps of conjugate gradients. */
  readonly steps: number;
  /** Who solves. */
  readonly solver: Solver;
}

/** The two sides of a half-sweep. */
export interface HalfSweep {
  /** The side that is solved, in place. */
  readonly solved: Side;
  /** Its entries. */
  readonly tables: readonly RangeTables[];
  /** The side that stays. */
  readonly fixed: Side;
  /** The Gram matrix of the side that stays. */
  readonly gram: Tensor;
}

/** The factors of the rows of a table while those of its columns stay. */
export function halfSweep(context: Context, half: HalfSweep, options: HalfSweepOptions): void {
  if (options.solver === "cholesky") solveDirectly(context, half, options);
  else solveWhitened(context, half, options);
}

function solveDirectly(
  context: Context,
  { solved, tables, fixed, gram }: HalfSweep,
  options: HalfSweepOptions,
): void {
  tables.forEach(({ entries, whole }, range) => {
    const solution = solved.shards[range];
    const systems = { fixed: fixed.shards[0], gram, entries, rows: whole!, solution };
    cholesky(context, systems, options);
  });
}

function solveWhitened(
  context: Context,
  { solved, tables, fixed, gram }: HalfSweep,
  options: HalfSweepOptions,
): void {
  const { lower, inverse, transposed } = gramFactor(context, gram, options);
  const whitened = fixed.shards.map((shard, at) => ({
    tensor: matmul(context, shard, transposed),
    base: fixed.ranges[at].first,
  }));
  tables.forEach((table, range) => {
    const factors = solved.shards[range];
    const solution = matmul(context, factors, lower);
    conjugateGradient(context, { ...table, fixed: whitened, solution }, options.steps);
    matmul(context, solution, inverse, { into: factors });
  });
}

/** Sums of what the entries contribute to the objective: a tensor for each group of parts. */
export function objectiveSums(
  context: Context,
  half: Pick<HalfSweep, "solved" | "tables" | "fixed">,
  groups: readonly (readonly GroupTables[])[],
): Tensor[] {
  const fixed = half.fixed.shards.map((tensor, at) => ({
    tensor,
    base: half.fixed.ranges[at].first,
  }));
  return groups.flatMap((ofRange, range) =>
    ofRange.filter(({ shards }) => shards.some(({ count }) => count > 0)).map((group) =>
      entrySums(context, {
        ...group,
        solved: half.solved.shards[range],
        fixed,
        entries: half.tables[range].entries,
      })
    )
  );
}
