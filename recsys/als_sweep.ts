/**
 * Sweeps of alternating least squares on the device, and what they work on: what `fitFactors` records
 * and replays.
 *
 * Conjugate gradients run in the basis in which YᵀY + regularisation I, which all rows share, is the
 * identity: with L Lᵀ for it, z = Lᵀ x and y' = L^-1 y, a row's system is I + sum s y' y'ᵀ. So a step
 * costs nothing but the row's own entries, and two steps come nearer to the exact solution than three in
 * the basis of the factors.
 *
 * @module
 */
import { check } from "../gpu/check.ts";
import { add } from "../gpu/elementwise.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Context, EagerContext } from "../gpu/kernel.ts";
import { matmul, matmulTransposedA } from "../gpu/matmul.ts";
import { row as rowOf } from "../gpu/rows.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { cholesky } from "./cholesky.ts";
import { type ConfidenceOptions, surplus } from "./confidence.ts";
import { conjugateGradient, type GroupTables, MOST_WHOLE_FACTORS } from "./conjugate_gradient.ts";
import { gramFactor } from "./gram_factor.ts";
import { type Interactions, rowLengths, type SparseRows } from "./interactions.ts";
import {
  type CutOptions,
  ENTRY_BYTES,
  planRows,
  type RowGroup,
  type RowRange,
  rowRanges,
  TABLE_BYTES,
} from "./row_plan.ts";
import { entrySums } from "./wmf_objective.ts";

/** How the systems of rows are solved. */
export type Solver = "conjugateGradient" | "cholesky";

/** How sweeps are made. */
export interface AlsSettings extends ConfidenceOptions {
  /** Factors. */
  readonly factors: number;
  /** Weight of the squared lengths. */
  readonly regularisation: number;
  /** Who solves. */
  readonly solver: Solver;
  /** Steps of conjugate gradients. */
  readonly steps: number;
  /** Most entries that one thread goes through. */
  readonly longestPart: number;
  /** The most that a tensor may take. */
  readonly mostBytes: number;
  /** Iterations of all its loops that one thread may make. */
  readonly mostIterations: number;
}

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

/** The ranges of rows that fit a binding. */
export function sideRanges(rows: SparseRows, { factors, mostBytes }: AlsSettings): RowRange[] {
  return rowRanges(rows, 4 * widthOf(factors), mostBytes);
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
  host?: NdArray,
): Side {
  const width = widthOf(factors);
  const shards = ranges.map(({ first, end }) => {
    const data = new Float32Array((end - first) * width);
    for (let row = first; host && row < end; row++) {
      data.set(rowOf(host, row), (row - first) * width);
    }
    return context.upload(ndarray([end - first, width], data), "factors");
  });
  return { ranges, shards };
}

/** The factors of one side from the device: [rows, factors]. */
export async function readSide(
  gpu: Gpu,
  { ranges, shards }: Side,
  factors: number,
): Promise<NdArray<Float32Array>> {
  const rows = ranges.at(-1)!.end;
  const result = new Float32Array(rows * factors);
  for (const [shard, { first, end }] of ranges.entries()) {
    const held = await gpu.read(shards[shard]);
    for (let row = first; row < end; row++) {
      result.set(rowOf(held, row - first).subarray(0, factors), row * factors);
    }
  }
  return ndarray([rows, factors], result);
}

/** How the rows of a table are cut. */
export interface TableOptions extends Omit<AlsSettings, "regularisation"> {
  /** Ranges of the rows. */
  readonly ranges: readonly RowRange[];
  /** Ranges of the columns. */
  readonly columnRanges: readonly RowRange[];
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
  const came = { "the number of entries of the longest row": longest };
  check(longest <= most, "Cannot solve by Cholesky", came, `at most ${most}`);
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

/**
 * A half-sweep over rows: the sides, the tables of the entries, and room for the Gram matrix.
 *
 * @throws {RangeError} when the fixed side has several shards, which Cholesky does not read
 */
export function uploadHalf(
  context: EagerContext,
  attempt: string,
  rows: SparseRows,
  [solved, fixed]: readonly [solved: Side, fixed: Side],
  settings: AlsSettings,
): HalfSweep {
  const count = { "the number of shards": fixed.shards.length };
  const good = settings.solver !== "cholesky" || fixed.shards.length === 1;
  check(good, attempt, count, "1 by Cholesky");
  const width = widthOf(settings.factors);
  const options = { ...settings, ranges: solved.ranges, columnRanges: fixed.ranges };
  const tables = uploadTables(context, rows, surplus(rows.counts, settings), options);
  return { solved, tables, fixed, gram: context.empty([width, width], { label: "gram" }) };
}

/** The factors of the rows of a table while those of its columns stay. */
export function halfSweep(context: Context, half: HalfSweep, options: AlsSettings): void {
  if (options.solver === "cholesky") solveDirectly(context, half, options);
  else solveWhitened(context, half, options);
}

function solveDirectly(
  context: Context,
  { solved, tables, fixed, gram }: HalfSweep,
  options: AlsSettings,
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
  options: AlsSettings,
): void {
  const { lower, inverse, transposed } = gramFactor(context, gram, options);
  const whitened = withBases(fixed, (shard) => matmul(context, shard, transposed));
  tables.forEach((table, range) => {
    const factors = solved.shards[range];
    const solution = matmul(context, factors, lower);
    conjugateGradient(context, { ...table, fixed: whitened, solution }, options.steps);
    matmul(context, solution, inverse, { into: factors });
  });
}

/** The shards of a side, or what is made of each, and the first row of each. */
function withBases({ ranges, shards }: Side, make: (shard: Tensor) => Tensor) {
  return shards.map((shard, at) => ({ tensor: make(shard), base: ranges[at].first }));
}

/** Sums of what the entries contribute to the objective: a tensor for each group of parts. */
export function objectiveSums(
  context: Context,
  half: Pick<HalfSweep, "solved" | "tables" | "fixed">,
  groups: readonly (readonly GroupTables[])[],
): Tensor[] {
  const fixed = withBases(half.fixed, (shard) => shard);
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

/** All that a sweep works on. */
export interface SweepOperands {
  /** Users solved, items fixed; `gram` is that of the items, before the first sweep too. */
  readonly users: HalfSweep;
  /** Items solved, users fixed; `gram` is that of the users. */
  readonly items: HalfSweep;
  /** Tables of the objective, over the users. */
  readonly objective: readonly (readonly GroupTables[])[];
}

/**
 * Uploads what a sweep works on.
 *
 * @param start factors of the items before the first sweep, [items, factors]
 */
export function sweepOperands(
  context: EagerContext,
  attempt: string,
  { byUser, byItem }: Interactions,
  settings: AlsSettings,
  start: NdArray,
): SweepOperands {
  const [ofUsers, ofItems] = [byUser, byItem].map((rows) => sideRanges(rows, settings));
  const users = uploadSide(context, ofUsers, settings.factors);
  const items = uploadSide(context, ofItems, settings.factors, start);
  const operands = {
    users: uploadHalf(context, attempt, byUser, [users, items], settings),
    items: uploadHalf(context, attempt, byItem, [items, users], settings),
    objective: uploadObjectiveTables(context, byUser, {
      ...settings,
      ranges: ofUsers,
      columnRanges: ofItems,
    }),
  };
  gramOf(context, items, operands.users.gram);
  return operands;
}

/** Solves all users, then all items; leaves the Gram matrix that the next sweep begins with. */
export function sweep(
  context: Context,
  { users, items }: SweepOperands,
  settings: AlsSettings,
): void {
  halfSweep(context, users, settings);
  gramOf(context, items.fixed, items.gram);
  halfSweep(context, items, settings);
  gramOf(context, users.fixed, users.gram);
}
