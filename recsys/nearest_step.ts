/**
 * The k best of rows of scores on the device: what `nearest` runs for each tile of its items.
 *
 * @module
 */
import text from "./nearest.wgsl" with { type: "text" };
import { type Context, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** The score of what is no candidate: below any that is one. */
export const LOWEST = -3.4028234663852886e38;
/** Entries that a workgroup keeps at a time; `POOL` in the shader. */
const POOL = 1024;
/** Where entries come in chunks, one must fit beside the list: four a lane. */
const LEAST_CHUNK = 4 * WORKGROUP_SIZE;
/** Longest list. */
export const MOST_NEAREST = POOL - LEAST_CHUNK;
/** Groups of entries whose best give a floor; about twice k leave few entries above it. */
const GROUPS = [64, 256, 1024] as const;

/** The best so far of each query and each part of its items, best first. */
export interface BestLists {
  /** [rows, parts, k]; `LOWEST` where there is none. */
  readonly score: Tensor;
  /** u32 [rows, parts, k]. */
  readonly item: Tensor;
}

const shared = {
  source: [GRID, { file: "recsys/nearest.wgsl", text }],
} as const;
const selectBest = kernel({
  ...shared,
  name: "nearest/select_best",
  entry: "select_best",
  inputs: { scores: "rows columns" },
  outputs: { score: "rows parts k", item: "u32: rows parts k" },
  threads: ({ rows, parts }) => WORKGROUP_SIZE * rows * parts,
});
const markExcluded = kernel({
  ...shared,
  name: "nearest/mark_excluded",
  entry: "mark_excluded",
  inputs: { marks: "u32: entries 2" },
  outputs: { scores: "rows columns" },
  threads: ({ entries }) => entries,
});

/** Empty lists, which the first `addToBest` fills. */
export function makeBestLists(
  context: Context,
  { rows, parts, k }: { rows: number; parts: number; k: number },
): BestLists {
  return {
    score: context.empty([rows, parts, k], { label: "nearest scores" }),
    item: context.empty([rows, parts, k], { dtype: "u32", label: "nearest items" }),
  };
}

/** Which items the columns of a tile of scores stand for. */
export interface TileItems {
  /** Columns that are items; those after them are padding. */
  readonly items: number;
  /** The item of the first column, past those of all earlier tiles. */
  readonly firstItem: number;
  /** Whether the lists hold nothing yet. */
  readonly fresh: boolean;
}

/**
 * Adds a tile of scores to the lists.
 *
 * @param scores [rows, columns], columns a multiple of four
 * @param lists changed
 */
export function addToBest(
  context: Context,
  scores: Tensor,
  lists: BestLists,
  { items, firstItem, fresh }: TileItems,
): void {
  const k = lists.score.shape[2];
  const groups = GROUPS.find((count) => count >= 2 * k) ?? GROUPS.at(-1)!;
  const chunk = Math.floor((POOL - k) / LEAST_CHUNK) * LEAST_CHUNK;
  const dims = { groups, chunk, items, firstItem, fresh: fresh ? 1 : 0, entries: 0 };
  selectBest(context, { scores }, { dims, into: { ...lists } });
}

/**
 * Takes items out of the running.
 *
 * @param scores [rows, columns]; changed
 * @param marks u32 [entries, 2]: row, column
 */
export function exclude(context: Context, scores: Tensor, marks: Tensor): void {
  const unused = { parts: 1, k: 1, groups: 64, chunk: 64, items: 0, firstItem: 0, fresh: 1 };
  markExcluded(context, { marks }, { dims: unused, into: { scores } });
}
