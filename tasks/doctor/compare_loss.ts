/**
 * Runs a loss on a bench and compares what it gives.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import type { Loss } from "../../nn/loss.ts";
import type { Bench, Tolerance } from "./bench.ts";
import { LAYER_STATE } from "./compare_layer.ts";

/** What a loss is given. */
export interface LossInputs {
  /** Outputs of a network. */
  readonly y: NdArray;
  /** What they should be. */
  readonly target: NdArray;
  /** Weights, for losses that take them. */
  readonly weights?: NdArray;
  /** Examples that count; the rest is padding. */
  readonly count: number;
}

/** A thing for each of what a loss gives: references or tolerances. */
export interface LossOutputs<T> {
  /** Of the loss of each example. */
  readonly perExample: T;
  /** Of the gradient of the mean loss. */
  readonly dy: T;
}

/** States what a loss must give. */
export function compareLoss(
  bench: Bench,
  loss: Loss,
  { y, target, weights, count }: LossInputs,
  expected: LossOutputs<NdArray>,
  tolerance: LossOutputs<Tolerance>,
): void {
  const pass = { context: bench, train: true, state: bench.state({ ...LAYER_STATE, count }) };
  const given = weights && bench.upload(weights);
  const { perExample, dy } = loss(pass, bench.upload(y), bench.upload(target), given);
  bench.compareAll([
    [perExample, expected.perExample, tolerance.perExample],
    [dy, expected.dy, tolerance.dy],
  ]);
}
