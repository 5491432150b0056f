/**
 * Blends of the best models of a search: how good the mean of n of them is, for each n.
 *
 * @module
 */
import { type Auc, aucOf, type Repeat } from "./protocol.ts";

/** A model of a search, with its scores in each repeat. */
export interface Candidate {
  /** Score of each row by a fit that has not seen its fold, `[n]`, one array a repeat. */
  readonly scores: readonly Float64Array[];
  /** What each outer fold ranks it by, `[folds]`, one array a repeat. */
  readonly selection: readonly Float64Array[];
}

/** Blends of the best n models. */
export interface BlendCurve {
  /** The area of each, n = 1 to the number asked for. */
  readonly curve: readonly Auc[];
  /** Scores of the largest blend, `[n]`, one array a repeat. */
  readonly scores: readonly Float64Array[];
}

/**
 * For each outer fold the models from the best down, by their areas on the other folds; the first of
 * equals first.
 *
 * @returns rankings by fold
 */
export function rankings(
  candidates: readonly Pick<Candidate, "selection">[],
  repeat: number,
): number[][] {
  const folds = candidates[0].selection[repeat].length;
  return Array.from({ length: folds }, (_, f) => {
    const area = candidates.map(({ selection }) => selection[repeat][f]);
    return area.map((_, i) => i).sort((a, b) => area[b] - area[a] || a - b);
  });
}

/**
 * The area of the mean score of the best n models, for n = 1 to `most`. Models are chosen fold by fold
 * on the other folds.
 *
 * @param scoresOf scores of a model's rows in a repeat, as `Candidate.scores` are
 */
export function blendCurve(
  repeats: readonly Repeat[],
  labels: Uint8Array,
  ranked: readonly (readonly (readonly number[])[])[],
  scoresOf: (candidate: number, repeat: number) => Float64Array,
  most: number,
): BlendCurve {
  const sums = repeats.map(() => new Float64Array(labels.length).fill(NaN));
  const curve = Array.from({ length: most }, (_, i) => {
    repeats.forEach(({ parts }, r) =>
      parts.forEach(({ test }, f) => {
        const scores = scoresOf(ranked[r][f][i], r);
        for (const row of test) sums[r][row] = (i === 0 ? 0 : sums[r][row]) + scores[row];
      })
    );
    return aucOf(repeats, labels, sums); // the order of sums is that of means
  });
  return { curve, scores: sums.map((sum) => sum.map((score) => score / most)) };
}
