/**
 * An iteration of t-SNE on the device, and the divergence: what `fitTsne` records and replays.
 *
 * @module
 */
import text from "./tsne.wgsl" with { type: "text" };
import { type Context, type EagerContext, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import type { Affinities } from "./affinities.ts";

/** Settings of an iteration. */
export interface TsneSettings {
  /** Factor of the affinities. */
  readonly exaggeration: number;
  /** Share of the velocity that is kept. */
  readonly momentum: number;
  /** Factor of the gradient. */
  readonly learningRate: number;
}

/** The tensors that the iterations work on. */
export interface TsneState {
  /** Points. */
  readonly n: number;
  /** [rows, 2], rows being n rounded up to a multiple of eight; the rows past n lie far away. */
  readonly positions: Tensor;
  /** [n, 2]. */
  readonly velocities: Tensor;
  /** [n, 2]. */
  readonly gains: Tensor;
  /** The affinities, in the form that is faster. */
  readonly affinities: AffinityEdges | AffinityMatrix;
  /** [parts, rows, 4]: sums of x, y and weight, and 0. */
  readonly repulsion: Tensor;
  /** [parts or 1, rows, 2]. */
  readonly attraction: Tensor;
  /** [4]: sums of x, of y, of the weights of all pairs, and 0. */
  readonly totals: Tensor;
  /** [rows]: sums of p log(1 + d²); 0 past n. */
  readonly costs: Tensor;
}

/** Affinities of few pairs. */
export interface AffinityEdges {
  /** u32 [n + 1]: where the edges of each point begin. */
  readonly offsets: Tensor;
  /** u32 [m, 2]: neighbour, and the bits of p in f32. */
  readonly edges: Tensor;
}

/** Affinities of all pairs. */
export interface AffinityMatrix {
  /** [blocks, rows, 8, 4]: of eight quads of points the affinities to all rows; padding is zero. */
  readonly matrix: Tensor;
}

/** Where padding lies: its square is finite in f32, and its weight, squared, is zero. */
export const FAR = 1e18;

const FILE = { file: "recsys/tsne.wgsl", text } as const;
const shared = {
  source: [GRID, OPERANDS, FILE],
} as const;
const perPoint = ({ n }: Dims) => n;
const total = kernel({
  ...shared,
  name: "tsne/total",
  entry: "total",
  inputs: { positions: "rows 2", repulsion: "parts rows 4" },
  outputs: { totals: "4" },
  threads: () => WORKGROUP_SIZE,
});
const edgeInputs = { positions: "rows 2", offsets: "u32: ends", edges: "u32: m 2" } as const;
const attract = kernel({
  ...shared,
  name: "tsne/attract",
  entry: "attract",
  inputs: edgeInputs,
  outputs: { attraction: "attractionParts rows 2" },
  threads: perPoint,
  flops: ({ m }) => 11 * m,
});
const repel = kernel({
  ...shared,
  texels: { positions: "vec4" },
  name: "tsne/repel",
  entry: "repel",
  inputs: { positions: "rows 2" },
  outputs: { repulsion: "parts rows 4" },
  threads: ({ rows, parts }) => rows / 8 * parts,
  flops: ({ rows }) => 15 * rows * rows,
});
const onMatrix = {
  ...shared,
  texels: { positions: "vec4", p: "vec4" },
  inputs: { positions: "rows 2", p: "blocks rows 8 4" },
} as const;
const repelAndAttract = kernel({
  ...onMatrix,
  name: "tsne/repel_and_attract",
  entry: "repel_and_attract",
  outputs: { repulsion: "parts rows 4", attraction: "attractionParts rows 2" },
  threads: ({ rows, parts }) => rows / 4 * parts,
  flops: ({ rows }) => 20 * rows * rows,
});
const costAll = kernel({
  ...onMatrix,
  name: "tsne/cost_all",
  entry: "cost_all",
  outputs: { costs: "rows" },
  threads: ({ rows }) => rows / 4,
});
const cost = kernel({
  ...shared,
  name: "tsne/cost",
  entry: "cost",
  inputs: edgeInputs,
  outputs: { costs: "rows" },
  threads: ({ rows }) => rows,
});
const move = kernel({
  ...shared,
  name: "tsne/move_points",
  entry: "move_points",
  inputs: { repulsion: "parts rows 4", totals: "4", attraction: "attractionParts rows 2" },
  outputs: { positions: "rows 2", velocities: "n 2", gains: "n 2" },
  threads: perPoint,
});

/** Threads that keep a device busy with the repulsion of few points. */
const THREADS = { software: 512, card: 32_768 } as const;
/** A part has at least this many quads, so that its loop is worth its start. */
const LEAST_QUADS = 8;

/** Points of a block of the matrix. */
const BLOCK = 32;
/** Points whose matrix of affinities, 64 MiB, stays within any device's binding. */
const MOST_DENSE = 4096;

/** In how many sums the repulsion of a point is made. */
function partsOf(context: Context, rows: number): number {
  const wanted = Math.ceil(THREADS[context.profile] / (rows / 8));
  return Math.max(1, Math.min(wanted, Math.floor(rows / 4 / LEAST_QUADS)));
}

/**
 * Points at rest, with gains of 1.
 *
 * @param p affinities of n points
 * @param start positions [n, 2]
 */
export function makeTsneState(
  context: EagerContext,
  p: Affinities,
  start: NdArray,
): TsneState {
  const { n } = p;
  const rows = Math.ceil(n / 8) * 8;
  const positions = new Float32Array(2 * rows).fill(FAR);
  positions.set(start.data);
  const filled = (value: number) => ndarray([n, 2], new Float32Array(2 * n).fill(value));
  const make = (shape: readonly number[], label: string) => context.empty(shape, { label });
  const parts = partsOf(context, rows);
  const asMatrix = isDense(p);
  return {
    n,
    positions: context.upload(ndarray([rows, 2], positions)),
    velocities: context.upload(filled(0)),
    gains: context.upload(filled(1)),
    affinities: asMatrix ? { matrix: context.upload(blockedMatrix(p, rows)) } : {
      offsets: context.upload(ndarray([n + 1], p.offsets)),
      edges: context.upload(packedEdges(p)),
    },
    repulsion: make([parts, rows, 4], "repulsion"),
    attraction: make([asMatrix ? parts : 1, rows, 2], "attraction"),
    totals: make([4], "totals"),
    costs: make([rows], "costs"),
  };
}

/** Whether a matrix is the faster form: read in order, an affinity costs a third of an edge. */
function isDense({ n, indices }: Affinities): boolean {
  return n <= MOST_DENSE && indices.length > n * n / 3;
}

/** For each 32 points, side by side, their affinities to all rows. */
function blockedMatrix(p: Affinities, rows: number): NdArray<Float32Array> {
  const blocks = Math.ceil(rows / BLOCK);
  const data = new Float32Array(blocks * rows * BLOCK);
  for (let i = 0; i < p.n; i++) {
    const start = Math.floor(i / BLOCK) * rows * BLOCK + i % BLOCK;
    for (let e = p.offsets[i]; e < p.offsets[i + 1]; e++) {
      data[start + p.indices[e] * BLOCK] = p.values[e];
    }
  }
  return ndarray([blocks, rows, BLOCK / 4, 4], data);
}

function packedEdges({ indices, values }: Affinities): NdArray<Uint32Array> {
  const words = new Uint32Array(2 * indices.length);
  const floats = new Float32Array(words.buffer);
  indices.forEach((j, e) => {
    words[2 * e] = j;
    floats[2 * e + 1] = values[e];
  });
  return ndarray([indices.length, 2], words);
}

/** One iteration: repulsion, its totals, attraction, move. */
export function tsneStep(context: Context, state: TsneState, settings: TsneSettings): void {
  const { positions, repulsion, totals, attraction, velocities, gains, affinities } = state;
  const dims = dimsOf(state, settings);
  if ("matrix" in affinities) {
    const inputs = { positions, p: affinities.matrix };
    repelAndAttract(context, inputs, { dims, into: { repulsion, attraction } });
  } else {
    repel(context, { positions }, { dims, into: { repulsion } });
    attract(context, { positions, ...affinities }, { dims, into: { attraction } });
  }
  total(context, { positions, repulsion }, { dims, into: { totals } });
  move(context, { repulsion, totals, attraction }, {
    dims,
    into: { positions, velocities, gains },
  });
}

/** What the divergence is made of, at the positions of the state: `totals` and `costs`. */
export function tsneCost(context: Context, state: TsneState): void {
  const { positions, repulsion, totals, costs, affinities } = state;
  const dims = dimsOf(state, { exaggeration: 1, momentum: 0, learningRate: 0 });
  repel(context, { positions }, { dims, into: { repulsion } });
  total(context, { positions, repulsion }, { dims, into: { totals } });
  const options = { dims, into: { costs } };
  if ("matrix" in affinities) costAll(context, { positions, p: affinities.matrix }, options);
  else cost(context, { positions, ...affinities }, options);
}

function dimsOf({ n, repulsion, attraction }: TsneState, settings: TsneSettings): Dims {
  const [parts, attractionParts] = [repulsion.shape[0], attraction.shape[0]];
  return { n, parts, attractionParts, ...settings };
}
