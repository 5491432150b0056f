/**
 * Filters over patches, laid out for encoding.
 *
 * @module
 */
import { scale } from "../gpu/elementwise.ts";
import type { Context } from "../gpu/kernel.ts";
import { matmul } from "../gpu/matmul.ts";
import { checkTensor, reshape, type Tensor } from "../gpu/tensor.ts";
import { padFilters, padRows, wholeQuads } from "./pad.ts";
import type { PatchSize } from "./patches.ts";

/** Filters on the device. */
export interface FilterBank extends PatchSize {
  /** [frames, bins', k']: zeros behind the bins and behind the filters. */
  readonly filters: Tensor;
  /** [k']: what the mean patch takes off each response, with zeros behind. */
  readonly offsets: Tensor;
  /** Number of filters. */
  readonly k: number;
}

/**
 * Lays filters out.
 *
 * @param filters [frames bins, k]: one filter a column
 * @param mean the mean patch, [frames bins], which each patch loses before it meets the filters
 * @throws {RangeError} when the filters do not have the size of a patch
 */
export function filterBank(
  context: Context,
  filters: Tensor,
  mean: Tensor,
  { frames, bins }: PatchSize,
): FilterBank {
  const [d, k] = filters.shape;
  const attempt = "Cannot lay out filters";
  checkTensor(d === frames * bins, attempt, filters, `${frames * bins} rows, ${frames} x ${bins}`);
  checkTensor(mean.shape.join() === `${d}`, attempt, mean, `[${d}]`);
  const means = matmul(context, reshape(mean, [1, d]), filters);
  const offsets = padRows(context, scale(context, means, -1));
  return {
    filters: padFilters(context, filters, bins),
    offsets: reshape(offsets, [wholeQuads(k)]),
    k,
    frames,
    bins,
  };
}
