/**
 * What a network learns to make small, and from which examples.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import { type Loss, mse } from "../../nn/loss.ts";
import { contrastiveLoss } from "../../recsys/contrastive_loss.ts";
import type { Interactions } from "../../recsys/interactions.ts";
import { withListeners } from "../../recsys/listener_draws.ts";
import { unitRows } from "../../recsys/sound_windows.ts";
import {
  weightedPredictionError,
  type WpeTargets,
  wpeTargets,
} from "../../recsys/weighted_prediction_error.ts";
import type { MusicConfig } from "./config.ts";
import type { LearnHearingOptions } from "./hearing.ts";
import type { Factors } from "./run_files.ts";

/** What the examples are made from. */
export interface ObjectiveOptions {
  /** Factors of the listeners and of the songs learnt from. */
  readonly factors: Factors;
  /** The plays that they come from. */
  readonly plays: Interactions;
  /** Songs learnt from. */
  readonly songs: Uint32Array;
}

/** The part of learning that the objective decides. */
export type Objective = Pick<LearnHearingOptions, "fields" | "loss" | "examples">;

/**
 * Loss and examples of a configuration: squared error of (unit) factors, weighted prediction error of
 * plays (both van den Oord, Dieleman and Schrauwen 2013), or which of the songs of a batch a listener
 * played (in-batch softmax).
 */
export function objectiveOf(
  { objective, alpha, epsilon }: MusicConfig,
  { factors, plays, songs }: ObjectiveOptions,
): Objective {
  if (objective === "wpe") {
    const fields = wpeTargets(plays, factors.listeners, { alpha, epsilon });
    const scale = meanDiagonal(fields, songs, factors.listeners.shape[1]);
    return { fields: { ...fields }, loss: weightedPredictionError({ scale }) };
  }
  if (objective === "contrastive") {
    return {
      fields: {},
      loss: contrastiveLoss() as Loss,
      examples: (windows) =>
        withListeners(windows, {
          plays,
          songs: Uint32Array.from({ length: windows.length }, (_, at) => songs[at % songs.length]),
          users: factors.listeners,
        }),
    };
  }
  const wanted: NdArray<Float32Array> = objective === "mse"
    ? unitRows(factors.songs)
    : factors.songs;
  return { fields: { target: wanted }, loss: mse() };
}

/** Mean curvature of the error, by which it is divided: so the learning rate suits all objectives. */
function meanDiagonal({ weights }: WpeTargets, songs: Uint32Array, f: number): number {
  const width = weights.shape[1];
  let sum = 0;
  for (const song of songs) {
    for (let i = 0; i < f; i++) sum += weights.data[song * width + i * f + i];
  }
  return sum / (songs.length * f);
}
