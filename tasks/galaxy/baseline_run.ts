/**
 * The baselines on the splits of a run: each learns from a split's training galaxies and predicts
 * its held-out ones.
 *
 * @module
 */
import type { ImageStore } from "../../files/disk/image_store.ts";
import type { OnProgress } from "../../gpu/fitting.ts";
import { stack, take } from "../../gpu/rows.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { scoredRows, type Split } from "../study/split.ts";
import {
  colourFeatures,
  fitRidgeBaseline,
  meanBaseline,
  pixelFeatures,
  predictRidgeBaseline,
  zerosBaseline,
} from "./baselines.ts";
import { answerRows } from "./dataset.ts";
import { ANSWER_COLUMNS } from "./questions.ts";
import { type AnswerTable, rootMeanSquareError } from "./score.ts";

/** Root mean square errors of the baselines; a ridge needs five training galaxies. */
export interface BaselineScores {
  /** All answers 0. */
  readonly zeros: number;
  /** The mean answers of the training galaxies. */
  readonly mean: number;
  /** Ridge regression on the mean colour. */
  readonly colourRidge?: number;
  /** Ridge regression on 16 x 16 pixels. */
  readonly pixelRidge?: number;
}

/** Predictions of each baseline for the held-out rows, split after split. */
export type BaselinePredictions = Readonly<Partial<Record<keyof BaselineScores, Float64Array>>>;

/** Galaxies a ridge learns from at most: more change its error in the fourth digit only. */
const MOST_TRAINING_ROWS = 5000;
/** Photographs read at once: 17 MB. */
const READ_AT_ONCE = 32;

const WIDTH = ANSWER_COLUMNS.length;

/** Fits and applies the baselines on every split. */
export async function predictBaselines(
  store: ImageStore,
  labels: Float32Array,
  splits: readonly Split[],
  progress: OnProgress,
): Promise<BaselinePredictions> {
  const predictions: Record<string, Float64Array[]> = {};
  const features = await readFeatures(store, splits, progress);
  for (const split of splits) {
    const { train } = split;
    const scored = scoredRows(split);
    const chosen = train.subarray(0, MOST_TRAINING_ROWS);
    const targets = answerRows(labels, train);
    const one: Record<string, Float64Array> = {
      zeros: zerosBaseline(scored.length),
      mean: meanBaseline(targets, scored.length),
    };
    for (const [name, matrix] of chosen.length >= 5 ? Object.entries(features) : []) {
      const place = (rows: Uint32Array) => take(matrix.values, Array.from(rows, matrix.place));
      const ridge = fitRidgeBaseline(place(chosen), targets.subarray(0, chosen.length * WIDTH));
      one[name] = predictRidgeBaseline(ridge, place(scored));
    }
    for (const [name, values] of Object.entries(one)) (predictions[name] ??= []).push(values);
  }
  return Object.fromEntries(
    Object.entries(predictions).map(([name, parts]) => [name, joined(parts)]),
  );
}

/** Features of the rows that the baselines look at, and where each row's are. */
interface Features {
  readonly values: NdArray;
  readonly place: (row: number) => number;
}

async function readFeatures(
  store: ImageStore,
  splits: readonly Split[],
  progress: OnProgress,
): Promise<{ colourRidge: Features; pixelRidge: Features }> {
  const needed = splits.flatMap((split) => [
    ...split.train.subarray(0, MOST_TRAINING_ROWS),
    ...scoredRows(split),
  ]);
  const rows = [...new Set(needed)].sort((a, b) => a - b);
  const places = new Map(rows.map((row, i) => [row, i]));
  const colours: NdArray<Float64Array>[] = [];
  const pixels: NdArray<Float64Array>[] = [];
  for (let start = 0; start < rows.length; start += READ_AT_ONCE) {
    const photos = await store.read(rows.slice(start, start + READ_AT_ONCE));
    colours.push(colourFeatures(photos, store));
    pixels.push(pixelFeatures(photos, store));
    progress(Math.min(rows.length, start + READ_AT_ONCE), rows.length);
  }
  const place = (row: number) => places.get(row)!;
  return {
    colourRidge: { values: stack(colours), place },
    pixelRidge: { values: stack(pixels), place },
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return stack(parts.map((part) => ({ shape: [part.length], data: part }))).data;
}

/** Root mean square errors over the held-out galaxies of all splits together. */
export function scoreBaselines(
  predictions: BaselinePredictions,
  splits: readonly Split[],
  labels: Float32Array,
): BaselineScores {
  const targets = joined(
    splits.map((split) => Float64Array.from(answerRows(labels, scoredRows(split)))),
  );
  return Object.fromEntries(
    Object.entries(predictions).map(([name, values]) => [
      name,
      rootMeanSquareError(values as AnswerTable, targets),
    ]),
  ) as unknown as BaselineScores;
}
