/**
 * Histograms of residuals: their sum and number by feature and bin.
 *
 * @module
 */
import { type FeatureBins, MAX_BINS } from "./feature_bins.ts";

/** Sums and counts by bin. */
export interface Histogram {
  /** Sums of the residuals, `[features, 256]`. */
  readonly sums: Float64Array;
  /** Numbers of rows, `[features, 256]`; a sum without rows means nothing. */
  readonly counts: Uint32Array;
}

/** Histograms of nodes; memory that a node releases serves the next. */
export class Histograms {
  readonly #data: FeatureBins;
  readonly #free: Histogram[] = [];
  /** Room for one feature of one node. */
  readonly #single = empty(1);

  /** Histograms of these features. */
  constructor(data: FeatureBins) {
    this.#data = data;
  }

  /**
   * Counts all features of a node.
   *
   * @param order Row numbers; the node has those from `start` to `end`
   * @param residuals By row
   */
  build(order: Uint32Array, start: number, end: number, residuals: Float64Array): Histogram {
    const { columns } = this.#data;
    const histogram = this.#free.pop() ?? empty(columns);
    histogram.sums.fill(0);
    histogram.counts.fill(0);
    for (let feature = 0; feature < columns; feature++) {
      this.#count(histogram, feature * MAX_BINS, feature, order, start, end, residuals);
    }
    return histogram;
  }

  /** Counts one feature of a node; the histogram is good until the next call. */
  buildOne(
    feature: number,
    order: Uint32Array,
    start: number,
    end: number,
    residuals: Float64Array,
  ): Histogram {
    this.#single.sums.fill(0);
    this.#single.counts.fill(0);
    this.#count(this.#single, 0, feature, order, start, end, residuals);
    return this.#single;
  }

  /** Gives the memory back. */
  release(histogram: Histogram | undefined): void {
    if (histogram) this.#free.push(histogram);
  }

  #count(
    { sums, counts }: Histogram,
    offset: number,
    feature: number,
    order: Uint32Array,
    start: number,
    end: number,
    residuals: Float64Array,
  ): void {
    const { rows, bins } = this.#data;
    const base = feature * rows;
    for (let i = start; i < end; i++) {
      const row = order[i];
      const at = offset + bins[base + row];
      sums[at] += residuals[row];
      counts[at]++;
    }
  }
}

function empty(features: number): Histogram {
  const length = features * MAX_BINS;
  return { sums: new Float64Array(length), counts: new Uint32Array(length) };
}

/** Takes a child's rows out of its parent's histogram; what is left is the other child's. */
export function subtract(parent: Histogram, child: Histogram): void {
  const { sums, counts } = parent;
  for (let i = 0; i < sums.length; i++) {
    sums[i] -= child.sums[i];
    counts[i] -= child.counts[i];
  }
}
