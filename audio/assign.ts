/**
 * Assignment of rows to directions by the largest dot product, which is what spherical K-means does in
 * each step, and what counts of code words are made of.
 *
 * @module
 */
import text from "./assign.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import { checkTensor, type Tensor } from "../gpu/tensor.ts";
import { padRows, turn } from "./pad.ts";

/** The best direction of each row. */
export interface Assignment {
  /** u32 [n]: the direction, the lowest one on ties. */
  readonly place: Tensor;
  /** f32 [n]: its dot product with the row, signed. */
  readonly similarity: Tensor;
}

const FILE = { file: "audio/assign.wgsl", text } as const;

const shared = {
  source: [GRID, OPERANDS, FILE],
} as const;
const assigning = (rows: number) =>
  kernel({
    ...shared,
    texels: { x: "vec4", turned: "vec4" },
    name: "assign",
    entry: `assign${rows}`,
    inputs: { x: "n d", turned: "d columns" },
    outputs: { similarity: "n parts", place: "u32: n parts" },
    threads: ({ n, parts }) => Math.ceil(n / rows) * parts,
    flops: ({ n, d, k }) => 2 * n * d * k,
  });
/** Sixteen rows are 256 sums a thread: more registers than a card has. */
const bestOfParts = { software: assigning(16), card: assigning(8) } as const;
const pick = kernel({
  ...shared,
  name: "assign/pick",
  entry: "pick",
  inputs: { partSimilarity: "n parts", partPlace: "u32: n parts" },
  outputs: { similarity: "n", place: "u32: n" },
  threads: ({ n }) => n,
});

/** Directions that a thread holds at a time. */
const GROUP = 16;
/** Threads that share the directions of a row: enough for a card, and few partial results. */
const MOST_PARTS = 16;

/**
 * The direction with the largest dot product, for each row.
 *
 * @param x rows [n, d]
 * @param directions [k, d]
 *
 * @example
 * ```ts
 * import { assign, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const patches = gpu.upload(ndarray([3, 2], Float32Array.of(5, 1, 1, 4, 0, 2)));
 * const centroids = gpu.upload(ndarray([2, 2], Float32Array.of(1, 0, 0, 1)));
 * const { place } = assign(gpu, patches, centroids);
 * console.log((await gpu.read(place)).data); // the cluster of each patch: 0, 1, 1
 * ```
 */
export function assign(context: Context, x: Tensor, directions: Tensor): Assignment {
  const [k, d] = directions.shape;
  checkTensor(x.shape.length === 2 && x.shape[1] === d, "Cannot assign rows", x, `[n, ${d}]`);
  return assignTurned(context, padRows(context, x), turn(context, directions), k);
}

/**
 * The same for operands that were padded before.
 *
 * @param x rows [n, d], d a multiple of four
 * @param turned directions as columns, [d, k'], from `turn`
 * @param k number of directions
 */
export function assignTurned(context: Context, x: Tensor, turned: Tensor, k: number): Assignment {
  const groups = Math.ceil(k / GROUP);
  const dims = {
    k,
    quads: x.shape[1] / 4,
    width: turned.shape[1] / 4,
    groups,
    parts: Math.min(groups, MOST_PARTS),
  };
  const run = bestOfParts[context.profile];
  const found = run(context, { x, turned }, { dims, label: "assign parts" });
  return pick(
    context,
    { partSimilarity: found.similarity, partPlace: found.place },
    { dims, label: "assign" },
  );
}
