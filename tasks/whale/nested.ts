/**
 * Nested cross-validation: models are chosen on folds that take no part in the score they get.
 *
 * For each outer fold f a model is ranked by how it does on the other folds, each scored by a fit that
 * has seen neither that fold nor f. A fit without the folds f and g serves both, so that four folds
 * take four fits for the scores and six for the choice.
 *
 * @module
 */
import { aucOfRows, type Part, type Repeat, scoreRepeat } from "./protocol.ts";

/** Scores of a model in one repeat of a nested cross-validation. */
export interface NestedScores {
  /** Score of each row by a fit that has not seen its fold, `[n]`. */
  readonly scores: Float64Array;
  /**
   * Area of the other folds' rows by fits that have not seen fold f either, each fold's rows compared
   * among themselves, `[folds]`.
   */
  readonly selection: Float64Array;
}

/**
 * Scores a model.
 *
 * @param repeat folds that cover the rows
 * @param labels `[n]`
 * @param fit learns from rows and gives the scores of others, in their order
 */
export async function nestedScores(
  repeat: Repeat,
  labels: Uint8Array,
  fit: (part: Part) => Promise<Float64Array>,
): Promise<NestedScores> {
  const scores = await scoreRepeat(repeat, labels.length, fit);
  const { parts } = repeat;
  const inner = parts.map(() => new Float64Array(labels.length).fill(NaN));
  for (let f = 0; f < parts.length; f++) {
    for (let g = f + 1; g < parts.length; g++) {
      const [a, b] = [parts[f].test, parts[g].test];
      const out = new Set([...a, ...b]);
      const test = Uint32Array.of(...a, ...b);
      const found = await fit({ train: parts[f].train.filter((row) => !out.has(row)), test });
      a.forEach((row, i) => inner[g][row] = found[i]);
      b.forEach((row, i) => inner[f][row] = found[a.length + i]);
    }
  }
  const selection = parts.map(({ train }, f) => aucOfRows(repeat, labels, inner[f], train));
  return { scores, selection: Float64Array.from(selection) };
}
