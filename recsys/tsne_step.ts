/**
 * An iteration of t-SNE on the device, and the divergence: what `tsne` records and replays.
 *
 * @module
 */
import text from "./tsne.wgsl" with { type: "text" };
import { type Context, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID } from "../gpu/sources.ts";
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
  /** [rows, 2], rows being n rounded up to a multiple of four; the rows past n lie far away. */
  readonly positions: Tensor;
  /** [n, 2]. */
  readonly velocities: Tensor;
  /** [n, 2]. */
  readonly gains: Tensor;
  /** u32 [n + 1]: where the edges of each point begin. */
  readonly offsets: Tensor;
  /** u32 [m, 2]: neighbour, and the bits of p in f32. */
  readonly edges: Tensor;
  /** [parts, rows, 4]: sums of x, y and weight, and 0. */
  readonly repulsion: Tensor;
  /** [rows, rows]: affinities of all pairs, where most are not zero and they are few. */
  readonly dense?: Tensor;
  /** [rows, 2]. */
  readonly attraction: Tensor;
  /** [4]: sums of x, of y, of the weights of all pairs, and 0. */
  readonly totals: Tensor;
  /** [n]: sums of p log(1 + d²). */
  readonly costs: Tensor;
}

/** Where padding lies: its square is finite in f32, and its weight, squared, is zero. */
export const FAR = 1e18;

const shared = {
  source: [GRID, { file: "recsys/tsne.wgsl", text }],
  params: ["n", "rows", "parts", "f32 exaggeration", "f32 momentum", "f32 learningRate"],
} as const;
const perPoint = ({ n }: Dims) => n;
const repel = kernel({
  ...shared,
  name: "tsne/repel",
  entry: "repel",
  inputs: { positions: "rows 2" },
  outputs: { repulsion: "parts rows 4" },
  threads: ({ rows, parts }) => rows / 4 * parts,
  flops: ({ rows }) => 15 * rows * rows,
});
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
  outputs: { attraction: "rows 2" },
  threads: perPoint,
  flops: ({ m }) => 11 * m,
});
const attractAll = kernel({
  ...shared,
  name: "tsne/attract_all",
  entry: "attract_all",
  inputs: { positions: "rows 2", p: "rows rows" },
  outputs: { attraction: "rows 2" },
  threads: ({ rows }) => rows / 4,
  flops: ({ rows }) => 11 * rows * rows,
});
const cost = kernel({
  ...shared,
  name: "tsne/cost",
  entry: "cost",
  inputs: edgeInputs,
  outputs: { costs: "n" },
  threads: perPoint,
});
const move = kernel({
  ...shared,
  name: "tsne/move_points",
  entry: "move_points",
  inputs: { repulsion: "parts rows 4", totals: "4", attraction: "rows 2" },
  outputs: { positions: "rows 2", velocities: "n 2", gains: "n 2" },
  threads: perPoint,
});

/** Threads that keep a device busy with the repulsion of few points. */
const THREADS = { software: 512, card: 32_768 } as const;
/** A part has at least this many quads, so that its loop is worth its start. */
const LEAST_QUADS = 8;

/** Points whose matrix of affinities, 64 MiB, stays within any device's binding. */
const MOST_DENSE = 4096;

/** In how many sums the repulsion of a point is made. */
function partsOf(context: Context, quads: number): number {
  const wanted = Math.ceil(THREADS[context.profile] / quads);
  return Math.max(1, Math.min(wanted, Math.floor(quads / LEAST_QUADS)));
}

/**
 * Points at rest, with gains of 1.
 *
 * @param context a device that takes host arrays
 * @param p affinities of n points
 * @param start positions [n, 2]
 */
export function makeTsneState(
  context: Context & { upload(host: NdArray): Tensor },
  p: Affinities,
  start: NdArray,
): TsneState {
  const { n } = p;
  const rows = Math.ceil(n / 4) * 4;
  const positions = new Float32Array(2 * rows).fill(FAR);
  positions.set(start.data);
  const filled = (value: number) => ndarray([n, 2], new Float32Array(2 * n).fill(value));
  const make = (shape: readonly number[], label: string) => context.empty(shape, { label });
  return {
    n,
    positions: context.upload(ndarray([rows, 2], positions)),
    velocities: context.upload(filled(0)),
    gains: context.upload(filled(1)),
    offsets: context.upload(ndarray([n + 1], p.offsets)),
    edges: context.upload(packedEdges(p)),
    repulsion: make([partsOf(context, rows / 4), rows, 4], "repulsion"),
    ...(isDense(p) ? { dense: context.upload(paddedMatrix(p, rows)) } : {}),
    attraction: make([rows, 2], "attraction"),
    totals: make([4], "totals"),
    costs: make([n], "costs"),
  };
}

/** Whether a matrix is the faster form: read in order, an affinity costs a third of an edge. */
function isDense({ n, indices }: Affinities): boolean {
  return n <= MOST_DENSE && indices.length > n * n / 3;
}

function paddedMatrix(p: Affinities, rows: number): NdArray<Float32Array> {
  const data = new Float32Array(rows * rows);
  for (let i = 0; i < p.n; i++) {
    for (let e = p.offsets[i]; e < p.offsets[i + 1]; e++) {
      data[i * rows + p.indices[e]] = p.values[e];
    }
  }
  return ndarray([rows, rows], data);
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
  const { positions, repulsion, totals, attraction, velocities, gains, offsets, edges } = state;
  const dims = { n: state.n, ...settings };
  repel(context, { positions }, { dims, into: { repulsion } });
  total(context, { positions, repulsion }, { dims, into: { totals } });
  const options = { dims: { ...dims, parts: repulsion.shape[0] }, into: { attraction } };
  if (state.dense) attractAll(context, { positions, p: state.dense }, options);
  else attract(context, { positions, offsets, edges }, options);
  move(context, { repulsion, totals, attraction }, {
    dims,
    into: { positions, velocities, gains },
  });
}

/** What the divergence is made of, at the positions of the state: `totals` and `costs`. */
export function tsneCost(context: Context, state: TsneState): void {
  const { positions, repulsion, totals, costs, offsets, edges } = state;
  const dims = { n: state.n, exaggeration: 1, momentum: 0, learningRate: 0 };
  repel(context, { positions }, { dims, into: { repulsion } });
  total(context, { positions, repulsion }, { dims, into: { totals } });
  cost(context, { positions, offsets, edges }, {
    dims: { ...dims, parts: repulsion.shape[0] },
    into: { costs },
  });
}
