/**
 * The figures of a training run: the held-out predictions of all its splits beside the baselines'.
 *
 * @module
 */
import type { OnProgress } from "../../gpu/fitting.ts";
import type { BadFile } from "../../files/bad_file.ts";
import { scoredRows, type Split } from "../study/split.ts";
import { type BaselineScores, predictBaselines, scoreBaselines } from "./baseline_run.ts";
import { answerRows } from "./dataset.ts";
import type { Galaxies } from "./galaxies.ts";
import { ANSWER_COLUMNS, type Q6Weight } from "./questions.ts";
import { type QuestionScore, rootMeanSquareError, scoreQuestions } from "./score.ts";
import type { GalaxyPhase } from "./task.ts";

/** The figures of a run, as `result.json` holds them. */
export interface GalaxyResult extends Partial<GalaxyScores> {
  /** Whether the galaxies are synthetic and their votes simulated. */
  readonly synthetic: boolean;
  /** Galaxies trained on (of the first fold). */
  readonly trainCount: number;
  /** Galaxies watched while training (of the first fold); the scored ones where they decide nothing. */
  readonly validationCount: number;
  /** What those decided, in words: `when training stopped`, `which weights predict`. */
  readonly validationDecides: readonly string[];
  /** Galaxies held out and scored, in all folds together; none of them decided anything. */
  readonly heldOutCount: number;
  /** Training steps (of each fold). */
  readonly steps: number;
  /** Trained values. */
  readonly parameters: number;
  /** Transformed copies of each galaxy that a prediction is the mean of. */
  readonly transforms: number;
  /** SHA-256 over the tensor bytes of the final checkpoints, one a fold. */
  readonly checkpoints: readonly string[];
  /** Wall-clock seconds of training, of all folds; since the last resumption where there was one. */
  readonly seconds: number;
  /** Wall-clock seconds by phase, the same way. */
  readonly timings: Readonly<Record<GalaxyPhase, number>>;
  /** The adapter that ran it. */
  readonly adapter: string;
  /** Images that were left out, and why. */
  readonly badFiles: readonly BadFile[];
}

/** How good the predictions of held-out galaxies are. */
export interface GalaxyScores {
  /** Root mean square error over the galaxies held out and all answers. */
  readonly rmse: number;
  /** The same of the baselines on the same galaxies. */
  readonly baselines: BaselineScores;
  /** `rmse` divided by the error of the pixel ridge. */
  readonly ratioToPixelRidge?: number;
  /** What the volunteers' chance leaves: error of their infinitely many. Synthetic galaxies only. */
  readonly noiseFloor?: number;
  /** Figures of each question. */
  readonly questions: readonly QuestionScore[];
}

/** The scored rows of all splits, in order, with what was predicted of each. */
export interface HeldOut {
  /** Rows of the data set, ascending. */
  readonly rows: Uint32Array;
  /** Predictions `[n, 37]` in that order. */
  readonly predictions: Float32Array;
  /** Labels `[n, 37]` in that order. */
  readonly targets: Float32Array;
}

/**
 * Puts the predictions of the splits together.
 *
 * @param parts for each split the predictions of its scored rows, in their order
 */
export function heldOutOf(
  splits: readonly Split[],
  parts: readonly Float32Array[],
  labels: Float32Array,
): HeldOut {
  const width = ANSWER_COLUMNS.length;
  const places = splits.flatMap((split, s) =>
    Array.from(scoredRows(split), (row, i) => ({ row, part: parts[s], start: i * width }))
  ).sort((a, b) => a.row - b.row);
  const predictions = new Float32Array(places.length * width);
  places.forEach(({ part, start }, i) => {
    predictions.set(part.subarray(start, start + width), i * width);
  });
  const rows = Uint32Array.from(places, ({ row }) => row);
  return { rows, predictions, targets: answerRows(labels, rows) };
}

/** Scores what was predicted, beside the baselines. */
export async function scoreHeldOut(
  { store, labels, ideals }: Galaxies,
  splits: readonly Split[],
  { rows, predictions, targets }: HeldOut,
  q6Weight: Q6Weight,
  progress: OnProgress,
): Promise<GalaxyScores> {
  const predicted = await predictBaselines(store, labels, splits, progress);
  const baselines = scoreBaselines(predicted, splits, labels);
  const rmse = rootMeanSquareError(predictions, targets);
  return {
    rmse,
    baselines,
    ratioToPixelRidge: baselines.pixelRidge && rmse / baselines.pixelRidge,
    ...(ideals && { noiseFloor: rootMeanSquareError(answerRows(ideals, rows), targets) }),
    questions: scoreQuestions(predictions, targets, q6Weight),
  };
}
