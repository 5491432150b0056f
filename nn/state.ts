/** The small buffer of what changes from step to step: step, learning rate, key, batch size. */
import stateText from "./state.wgsl" with { type: "text" };
import type { Source } from "../gpu/sources.ts";
import type { Key } from "../gpu/random.ts";

/** The struct `State`, for kernels that take the state as an input. */
export const STATE: Source = { file: "nn/state.wgsl", text: stateText };

/** Words of the state; its tensor is `u32 [8]`, its signature `"u32: 8"`. */
export const STATE_WORDS = 8;

/** Name of the feed that carries the state. */
export const STATE_FEED = "state";

/** What changes from step to step. */
export interface StepState {
  /** Counted from 1. */
  readonly step: number;
  /** Learning rate of this step. */
  readonly learningRate: number;
  /** Stream of this step: masks and augmentation fold from it. */
  readonly key: Key;
  /** Valid examples in the batch; the rest is padding. */
  readonly count: number;
  /** A u32 of the task's own, for its layers. Default 0, as in prediction. */
  readonly user?: number;
  /** Decay rates of Adam's moments, for their bias corrections. Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
}

/** Packs a state for its feed. */
export function packState(state: StepState): Uint32Array {
  const words = new Uint32Array(STATE_WORDS);
  const floats = new Float32Array(words.buffer);
  const [beta1, beta2] = state.betas ?? [0.9, 0.999];
  words[0] = state.step;
  floats[1] = state.learningRate;
  words[2] = state.key[0];
  words[3] = state.key[1];
  words[4] = state.count;
  floats[5] = 1 / (1 - beta1 ** state.step);
  floats[6] = 1 / (1 - beta2 ** state.step);
  words[7] = state.user ?? 0;
  return words;
}
