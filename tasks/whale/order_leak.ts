/**
 * What the order of the clips gives away. Clips of one recording lie side by side, and calls come in
 * flocks: the labels of a clip's neighbours tell much of its own. No detector at sea would know them,
 * so that the figures here stand apart from the others.
 *
 * @module
 */

/** Training clips that the mean of labels goes over, as in the 2013 system. */
export const NEIGHBOURS = 110;

/** What the mean of the neighbours' labels weighs against a probability, as in the 2013 system. */
const ORDER_BIAS = 0.3;

/** Labelled clips in the order of time. */
export interface OrderedLabels {
  /** Places in time, ascending, `[n]`. */
  readonly positions: Uint32Array;
  /** Classes, `[n]`. */
  readonly labels: Uint8Array;
}

/**
 * For each clip the mean label of the training clips recorded next to it, half of them before.
 *
 * @param training Places and labels of the training clips
 * @param positions Places of the clips asked about, ascending
 * @param neighbours Training clips that the mean goes over
 */
export function neighbourLabels(
  training: OrderedLabels,
  positions: Uint32Array,
  neighbours = NEIGHBOURS,
): Float64Array {
  let next = 0;
  return Float64Array.from(positions, (position) => {
    while (next < training.positions.length && training.positions[next] < position) next++;
    const near = training.labels.subarray(
      Math.max(0, next - neighbours / 2),
      next + neighbours / 2,
    );
    return near.reduce((sum, label) => sum + label, 0) / near.length;
  });
}

/**
 * Probabilities with the order's share: `s + 0.3 (mean of neighbours - 0.5)`.
 *
 * @param scores Probabilities of the clips asked about
 * @param neighbours Their figures from {@linkcode neighbourLabels}
 */
export function withOrder(scores: Float64Array, neighbours: Float64Array): Float64Array {
  return scores.map((score, i) => score + ORDER_BIAS * (neighbours[i] - 0.5));
}
