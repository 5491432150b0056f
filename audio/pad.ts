/**
 * Padding with zeros to multiples of four, so that kernels need no path for other lengths: a zero adds
 * nothing to a dot product.
 *
 * @module
 */
import text from "./pad.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";

const pad = kernel({
  name: "pad",
  source: [GRID, { file: "audio/pad.wgsl", text }],
  entry: "pad",
  inputs: { x: "*size" },
  outputs: { padded: "outer paddedRows paddedColumns" },
  threads: ({ outer, paddedRows, paddedColumns }) => outer * paddedRows * paddedColumns,
});

/** The next multiple of four. */
export function wholeQuads(extent: number): number {
  return 4 * Math.ceil(extent / 4);
}

/**
 * Rows with zeros behind them: [n, d] to [n, d'], d' the next multiple of four. Rows that fit already
 * are given back as they are.
 */
export function padRows(context: Context, x: Tensor): Tensor {
  const [n, d] = x.shape;
  return resizeMatrix(context, x, [n, wholeQuads(d)]);
}

/** A matrix with zeros behind its rows and columns: [n, d] to [n', d'], the next multiples of four. */
export function padMatrix(context: Context, x: Tensor): Tensor {
  const [n, d] = x.shape;
  return resizeMatrix(context, x, [wholeQuads(n), wholeQuads(d)]);
}

/** A matrix with another number of rows and columns: some left out, or zeros behind them. */
export function resizeMatrix(context: Context, x: Tensor, shape: Shape): Tensor {
  const [n, d] = x.shape;
  const [paddedRows, paddedColumns] = shape;
  if (paddedRows === n && paddedColumns === d) return x;
  const steps = { outerStep: 0, rowStep: d, columnStep: 1 };
  const dims = { outer: 1, rows: n, columns: d, paddedRows, paddedColumns, ...steps };
  const { padded } = pad(context, { x }, { dims, label: "resized" });
  return { ...padded, shape: [...shape] };
}

/** Where `turn` writes. */
export interface TurnOptions {
  /** The result, [d', k']. A new tensor by default. */
  readonly into?: Tensor;
}

/** The transpose with zeros: [k, d] to [d', k'], both the next multiple of four. */
export function turn(context: Context, x: Tensor, { into }: TurnOptions = {}): Tensor {
  const [k, d] = x.shape;
  const shape = [wholeQuads(d), wholeQuads(k)];
  const { padded } = pad(context, { x }, {
    dims: {
      outer: 1,
      rows: d,
      columns: k,
      paddedRows: shape[0],
      paddedColumns: shape[1],
      outerStep: k * d,
      rowStep: 1,
      columnStep: d,
    },
    into: into && { padded: { ...into, shape: [1, ...into.shape] } },
    label: "turned",
  });
  return into ?? { ...padded, shape };
}

/**
 * Filters over patches, with zeros behind the bins and behind the filters: [frames bins, k] to
 * [frames, bins', k'], the last two the next multiple of four.
 *
 * @param bins bins of a patch
 */
export function padFilters(context: Context, x: Tensor, bins: number): Tensor {
  const [d, k] = x.shape;
  return pad(context, { x }, {
    dims: {
      outer: d / bins,
      rows: bins,
      columns: k,
      paddedRows: wholeQuads(bins),
      paddedColumns: wholeQuads(k),
      outerStep: bins * k,
      rowStep: k,
      columnStep: 1,
    },
    label: "filters",
  }).padded;
}
