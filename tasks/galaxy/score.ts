/**
 * How good predictions are: the challenge's error, and per question what a reader asks for.
 *
 * All functions take `[n, 37]` arrays, row-major, columns as in `ANSWER_COLUMNS`, and add up in
 * float64 in row order.
 *
 * @module
 */
import { check, whole } from "../../gpu/check.ts";
import { ANSWER_COLUMNS, type Q6Weight, QUESTIONS, questionWeight } from "./questions.ts";

/** Numbers `[n, 37]`. */
export type AnswerTable = Float32Array | Float64Array;

const WIDTH = ANSWER_COLUMNS.length;

/** Galaxies count for a question when at least this part of the volunteers reached it. */
export const REACHED = 0.5;

function checkShapes(predictions: AnswerTable, targets: AnswerTable): number {
  const rows = targets.length / WIDTH;
  whole("Cannot score", { "number of galaxies": rows }, 1);
  const many = { "number of predictions": predictions.length };
  check(
    predictions.length === targets.length,
    "Cannot score",
    many,
    `${targets.length}, as of targets`,
  );
  return rows;
}

function squaredError(
  predictions: AnswerTable,
  targets: AnswerTable,
  rows: number,
  start: number,
  end: number,
): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = r * WIDTH + start; c < r * WIDTH + end; c++) {
      sum += (predictions[c] - targets[c]) ** 2;
    }
  }
  return sum;
}

/**
 * The challenge's figure: sqrt(sum over all galaxies and columns of (p - t)² / 37 n). One mean over
 * everything, not a mean of each galaxy's error.
 *
 * @param predictions `[n, 37]`
 * @param targets `[n, 37]`
 * @throws {RangeError} when the lengths differ or are no multiple of 37, or there is no row
 */
export function rootMeanSquareError(predictions: AnswerTable, targets: AnswerTable): number {
  const rows = checkShapes(predictions, targets);
  return Math.sqrt(squaredError(predictions, targets, rows, 0, WIDTH) / (rows * WIDTH));
}

/** The place of the largest of `values[start..end)`, counted from `start`; the first one in a tie. */
function argMax(values: ArrayLike<number>, start: number, end: number): number {
  let best = start;
  for (let i = start + 1; i < end; i++) if (values[i] > values[best]) best = i;
  return best - start;
}

/** One galaxy's outcome on one question. */
export interface QuestionOutcome {
  /** Row of the galaxy. */
  readonly row: number;
  /** Whether the answer predicted as most likely is the one most volunteers gave. */
  readonly correct: boolean;
  /**
   * How sure the prediction is, 0 to 1: its largest answer, after scaling the question to sum 1.
   */
  readonly confidence: number;
  /** How much the volunteers agree, 0 to 1, see {@linkcode agreement}. */
  readonly agreement: number;
  /** Brier score: squared distance of the two distributions, each scaled to sum 1; 0 to 2. */
  readonly brier: number;
}

/**
 * The galaxies that at least half of the volunteers were asked a question about, and how they came
 * out.
 *
 * @param predictions `[n, 37]`
 * @param targets `[n, 37]`
 * @param number The question, 1 to 11
 * @param q6Weight How question 6 is weighted in the targets; default `one`
 */
export function questionOutcomes(
  predictions: AnswerTable,
  targets: AnswerTable,
  number: number,
  q6Weight: Q6Weight = "one",
): QuestionOutcome[] {
  const rows = checkShapes(predictions, targets);
  const question = QUESTIONS[number - 1];
  whole("Cannot score a question", { number }, 1, QUESTIONS.length);
  const outcomes: QuestionOutcome[] = [];
  for (let row = 0; row < rows; row++) {
    const target = targets.subarray(row * WIDTH, (row + 1) * WIDTH);
    if (questionWeight(target, question, q6Weight) < REACHED) continue;
    const t = distribution(target, question.start, question.end);
    const p = distribution(predictions, row * WIDTH + question.start, row * WIDTH + question.end);
    const answer = argMax(p, 0, p.length);
    outcomes.push({
      row,
      correct: answer === argMax(t, 0, t.length),
      confidence: p[answer],
      agreement: agreement(t),
      brier: p.reduce((sum, value, i) => sum + (value - t[i]) ** 2, 0),
    });
  }
  return outcomes;
}

/** Values scaled to sum 1, negative ones taken as 0; uniform when nothing is left. */
export function distribution(
  values: ArrayLike<number>,
  start: number,
  end: number,
): number[] {
  const kept = Array.from({ length: end - start }, (_, i) => Math.max(0, values[start + i]));
  const sum = kept.reduce((a, b) => a + b, 0);
  return kept.map((value) => sum > 0 ? value / sum : 1 / kept.length);
}

/**
 * How much volunteers agree: 1 - H(p) / ln n, with H the entropy. 1 when all gave one answer, 0 when
 * all answers were as frequent.
 *
 * @param p Fractions of the answers, sum 1
 *
 * @example
 * ```ts
 * import { agreement } from "./score.ts";
 *
 * if (agreement([1, 0, 0]) !== 1) throw new Error("all agree");
 * if (Math.abs(agreement([0.5, 0.5])) > 1e-12) throw new Error("none agrees");
 * ```
 */
export function agreement(p: readonly number[]): number {
  let entropy = 0;
  for (const value of p) if (value > 0) entropy -= value * Math.log(value);
  return 1 - entropy / Math.log(p.length);
}

/** The figures of one question. */
export interface QuestionScore {
  /** 1 to 11. */
  readonly number: number;
  /** Root mean square error over all galaxies and the question's columns, weighted as they stand. */
  readonly rmse: number;
  /** Galaxies that at least half of the volunteers were asked the question about. */
  readonly count: number;
  /** Part of them whose most frequent answer was predicted; NaN when there are none. */
  readonly accuracy: number;
  /** Their mean Brier score; NaN when there are none. */
  readonly brier: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The figures of all 11 questions.
 *
 * @param predictions `[n, 37]`
 * @param targets `[n, 37]`
 * @param q6Weight How question 6 is weighted in the targets; default `one`
 */
export function scoreQuestions(
  predictions: AnswerTable,
  targets: AnswerTable,
  q6Weight: Q6Weight = "one",
): QuestionScore[] {
  const rows = checkShapes(predictions, targets);
  return QUESTIONS.map(({ number, start, end }) => {
    const outcomes = questionOutcomes(predictions, targets, number, q6Weight);
    const error = squaredError(predictions, targets, rows, start, end);
    return {
      number,
      rmse: Math.sqrt(error / (rows * (end - start))),
      count: outcomes.length,
      accuracy: mean(outcomes.map(({ correct }) => Number(correct))),
      brier: mean(outcomes.map(({ brier }) => brier)),
    };
  });
}

/** One bin of {@linkcode reliabilityBins}. */
export interface ReliabilityBin {
  /** Lower end of the bin, included. */
  readonly from: number;
  /** Upper end, included in the last bin only. */
  readonly to: number;
  /** Outcomes in it. */
  readonly count: number;
  /** Mean of their scores; NaN when there are none. */
  readonly meanScore: number;
  /** Part of them that is correct; NaN when there are none. */
  readonly accuracy: number;
}

/**
 * Accuracy against a score in [0, 1] (confidence or agreement), in bins of equal width.
 *
 * @param scores One per outcome, 0 to 1
 * @param correct Whether each outcome is correct
 * @param bins Number of bins, default 10
 *
 * @example
 * ```ts
 * import { reliabilityBins } from "./score.ts";
 *
 * const [low, high] = reliabilityBins([0.2, 0.9, 1], [false, true, false], 2);
 * if (low.count !== 1 || high.accuracy !== 0.5) throw new Error("wrong");
 * ```
 */
export function reliabilityBins(
  scores: readonly number[],
  correct: readonly boolean[],
  bins = 10,
): ReliabilityBin[] {
  const many = { "number of scores": scores.length };
  check(scores.length === correct.length, "Cannot bin", many, `${correct.length}, as of outcomes`);
  const members: number[][] = Array.from({ length: bins }, () => []);
  scores.forEach((score, i) => {
    check(score >= -1e-9 && score <= 1 + 1e-9, "Cannot bin", { score }, "a number from 0 to 1");
    members[Math.max(0, Math.min(bins - 1, Math.floor(score * bins)))].push(i);
  });
  return members.map((indices, b) => ({
    from: b / bins,
    to: (b + 1) / bins,
    count: indices.length,
    meanScore: mean(indices.map((i) => scores[i])),
    accuracy: mean(indices.map((i) => Number(correct[i]))),
  }));
}
