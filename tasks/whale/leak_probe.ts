/**
 * What can be told about a clip without listening to it. In the Redux challenge of 2013 the sizes and
 * the order of the files gave nearly all labels away; a detector must not live on such things.
 *
 * @module
 */
import { neighbourLabels, withOrder } from "./order_leak.ts";
import { type Auc, aucOf, type Part, type Repeat } from "./protocol.ts";
import type { Recordings } from "./clips.ts";

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
  const louder = aucOf(repeats, labels, repeats.map(() => levels));
  const fainter = aucOf(repeats, labels, repeats.map(() => levels.map((level) => -level)));
  return {
    order: aucOf(repeats, labels, order),
    level: louder.auc >= fainter.auc ? louder : fainter,
  };
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
  return { positions: pick(positions, rows), labels: Uint8Array.from(rows, (row) => labels[row]) };
}

function pick(values: Uint32Array, rows: Uint32Array): Uint32Array {
  return Uint32Array.from(rows, (row) => values[row]);
}

/** Scores of each repeat, moved by what the neighbours' labels say. */
export function scoresWithOrder(
  recordings: ProbedClips,
  repeats: readonly Repeat[],
  scores: readonly Float64Array[],
): Float64Array[] {
  return repeats.map((repeat, r) => withOrder(scores[r], orderScores(recordings, repeat)));
}
