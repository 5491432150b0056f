/**
 * What can be told about a clip without listening to it. In the Redux challenge of 2013 the sizes and
 * the order of the files gave nearly all labels away; a detector must not live on such things. Clips of
 * one recording lie side by side, and calls come in flocks: the labels of a clip's neighbours tell much
 * of its own. No detector at sea would know them, so that these figures stand apart from the others.
 *
 * @module
 */
import { type Auc, aucOf, type Part, type Repeat, rowsOf, scoredRowsOf } from "./protocol.ts";
import type { Recordings } from "./clips.ts";

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

/** What the probe looks at. */
export type ProbedClips = Pick<Recordings, "labels" | "positions" | "levels">;

/**
 * Areas of two classifiers that hear nothing: the labels of a clip's neighbours in time, and the
 * clip's level (louder or fainter, whichever tells more: 0.5 is nothing).
 */
export function leakProbe(
  recordings: ProbedClips,
  repeats: readonly Repeat[],
): { readonly order: Auc; readonly level: Auc } {
  const { labels, levels } = recordings;
  const order = repeats.map((repeat) => orderScores(recordings, repeat));
  const louder = levelAuc(labels, levels, repeats);
  const fainter = levelAuc(labels, levels.map((level) => -level), repeats);
  return {
    order: aucOf(repeats, labels, order),
    level: louder.auc >= fainter.auc ? louder : fainter,
  };
}

/** A level is no model's score: all clips are compared, whatever their fold. */
function levelAuc(labels: Uint8Array, levels: Float64Array, repeats: readonly Repeat[]): Auc {
  const whole = repeats.map((repeat): Repeat => {
    const test = scoredRowsOf(repeat);
    return { name: repeat.name, parts: [{ train: new Uint32Array(0), test }] };
  });
  return aucOf(whole, labels, repeats.map(() => levels));
}

/** The mean label of each clip's neighbours among those learnt from; NaN where it is not scored. */
function orderScores({ labels, positions }: ProbedClips, { parts }: Repeat): Float64Array {
  const scores = new Float64Array(labels.length).fill(NaN);
  for (const { train, test } of parts) {
    const found = neighbourLabels(orderOf({ labels, positions }, train), pick(positions, test));
    test.forEach((row, i) => scores[row] = found[i]);
  }
  return scores;
}

function orderOf(
  { labels, positions }: Pick<ProbedClips, "labels" | "positions">,
  rows: Part["train"],
) {
  return { positions: pick(positions, rows), labels: rowsOf(labels, rows) };
}

function pick(values: Uint32Array, rows: Uint32Array): Uint32Array {
  return Uint32Array.from(rows, (row) => values[row]);
}

/**
 * Probabilities of each repeat, moved by what the neighbours' labels say.
 *
 * @param scores probabilities by repeat, see `probabilitiesOf`
 */
export function scoresWithOrder(
  recordings: ProbedClips,
  repeats: readonly Repeat[],
  scores: readonly Float64Array[],
): Float64Array[] {
  return repeats.map((repeat, r) => withOrder(scores[r], orderScores(recordings, repeat)));
}
