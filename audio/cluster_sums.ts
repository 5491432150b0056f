/**
 * Sums of rows by cluster, in a fixed order.
 *
 * @module
 */
import text from "./cluster_sums.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import { checkTensor, type Tensor } from "../gpu/tensor.ts";
import type { Assignment } from "./assign.ts";

const FILE = { file: "audio/cluster_sums.wgsl", text } as const;
const shared = {
  source: [GRID, OPERANDS, FILE],
} as const;
const perBlock = ({ blocks, k }: Record<string, number>) => blocks * k;

const count = kernel({
  ...shared,
  name: "clusterSums/count",
  entry: "count",
  inputs: { place: "u32: n" },
  outputs: { counts: "u32: blocks k" },
  threads: perBlock,
});
const scanBlocks = kernel({
  ...shared,
  name: "clusterSums/scan_blocks",
  entry: "scan_blocks",
  inputs: { counts: "u32: blocks k" },
  outputs: { offsets: "u32: blocks k", totals: "u32: k" },
  threads: ({ k }) => k,
});
const scanClusters = kernel({
  ...shared,
  name: "clusterSums/scan_clusters",
  entry: "scan_clusters",
  inputs: { totals: "u32: k" },
  outputs: { starts: "u32: ends" },
  threads: () => 1,
});
const placeRows = kernel({
  ...shared,
  name: "clusterSums/place_rows",
  entry: "place_rows",
  inputs: { place: "u32: n", offsets: "u32: blocks k", starts: "u32: ends" },
  outputs: { order: "u32: n" },
  threads: perBlock,
});
const sumParts = kernel({
  ...shared,
  texels: { x: "vec4", similarity: "scalar" },
  name: "clusterSums/sum_parts",
  entry: "sum_parts",
  inputs: { x: "n d", similarity: "n", order: "u32: n", starts: "u32: ends" },
  outputs: { partial: "parts k d" },
  threads: ({ parts, k, width }) => parts * k * width,
  flops: ({ n, d }) => 2 * n * d,
});
const addParts = kernel({
  ...shared,
  name: "clusterSums/add_parts",
  entry: "add_parts",
  inputs: { partial: "parts k d", starts: "u32: ends" },
  outputs: { sums: "k d", members: "u32: k" },
  threads: ({ k, width }) => k * width,
});

/** Rows that a thread of the counting sort looks at; `BLOCK` in the shader. */
const BLOCK = 256;
/** Parts of a cluster's list: sums of a large cluster do not wait for one thread. */
const PARTS = 8;

/** Sums and members of the clusters. */
export interface ClusterSums {
  /** [k, d] */
  readonly sums: Tensor;
  /** u32 [k]: rows of each cluster. */
  readonly members: Tensor;
}

/** What may be told to `clusterSums`. */
export interface ClusterSumsOptions {
  /** Whether each row is multiplied by its similarity first. Default false. */
  readonly weighted?: boolean;
  /** Sums of earlier rows, to which these are added. By default new tensors are made. */
  readonly onto?: ClusterSums;
  /** Where the sums go, whatever these tensors hold. New tensors by default. */
  readonly into?: ClusterSums;
}

/**
 * Adds the rows of each cluster.
 *
 * @param x rows [n, d], d a multiple of four
 * @param assignment cluster and similarity of each row; a cluster of k or more is left out
 * @param k number of clusters
 */
export function clusterSums(
  context: Context,
  x: Tensor,
  { place, similarity }: Assignment,
  k: number,
  { weighted = false, onto, into = onto }: ClusterSumsOptions = {},
): ClusterSums {
  const [n, d] = x.shape;
  checkTensor(d % 4 === 0, "Cannot sum clusters", x, "a multiple of four columns, see padRows");
  const dims = {
    n,
    k,
    blocks: Math.ceil(n / BLOCK),
    width: d / 4,
    parts: PARTS,
    ends: k + 1,
    weighted: weighted ? 1 : 0,
    adds: onto ? 1 : 0,
  };
  const { order, starts } = sortRows(context, place, dims);
  const { partial } = sumParts(context, { x, similarity, order, starts }, { dims });
  return addParts(context, { partial, starts }, {
    dims,
    into: into ? { sums: into.sums, members: into.members } : {},
    label: "cluster sums",
  });
}

/** Rows by cluster, in order within each: a counting sort. */
function sortRows(
  context: Context,
  place: Tensor,
  dims: Record<string, number>,
): { order: Tensor; starts: Tensor } {
  const { counts } = count(context, { place }, { dims });
  const { offsets, totals } = scanBlocks(context, { counts }, { dims });
  const { starts } = scanClusters(context, { totals }, { dims });
  const { order } = placeRows(context, { place, offsets, starts }, { dims });
  return { order, starts };
}
