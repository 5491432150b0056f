/**
 * Checks of the losses in `recsys/`, from which networks learn latent factors.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import { contrastiveLoss } from "../../recsys/contrastive_loss.ts";
import { contrastiveLossRef } from "../../recsys/contrastive_loss_ref.ts";
import { weightedPredictionError, wpeTargets } from "../../recsys/weighted_prediction_error.ts";
import {
  type WeightedPredictionErrorInputs,
  weightedPredictionErrorRef,
} from "../../recsys/weighted_prediction_error_ref.ts";
import { type Bench, type Check, magnitudes, randomArray, sumTolerance } from "./bench.ts";
import { compareLoss } from "./compare_loss.ts";
import { drawnPlays } from "./drawn_plays.ts";

/** Examples, factors, and examples that count; more factors than a workgroup has lanes. */
const SHAPES = [[1, 1, 1], [67, 24, 65], [3, 67, 3]];
const MORE_SHAPES = [1, 3, 24, 50, 67].flatMap((
  k,
) => [[1, k, 1], [2, k, 2], [65, k, 65], [5, k, 3], [3, k, 0]]);

/** The same sums of the sizes of their terms. */
function sizesOf(inputs: WeightedPredictionErrorInputs) {
  const { shape, data } = magnitudes(inputs.target);
  return weightedPredictionErrorRef({
    ...inputs,
    y: magnitudes(inputs.y),
    target: { shape, data: data.map((value) => -value) },
    weights: magnitudes(inputs.weights),
  });
}

/** Errors of all users, with padding that holds NaN. */
export function checkWeightedPredictionError(bench: Bench): void {
  const scale = 7;
  for (const [b, k, count] of bench.cases(SHAPES, MORE_SHAPES)) {
    const targets = wpeTargets(drawnPlays(7, b), randomArray([7, k], 2));
    const inputs = { ...targets, y: randomArray([b, k], 1), count, scale };
    padWithNaN(count, inputs.y, inputs.target, inputs.weights);
    const sizes = sizesOf(inputs);
    const expected = weightedPredictionErrorRef(inputs);
    compareLoss(bench, weightedPredictionError({ scale }), inputs, expected, {
      perExample: sumTolerance(k, sizes.perExample),
      dy: sumTolerance(k, sizes.dy),
    });
  }
}

function padWithNaN(count: number, ...arrays: readonly NdArray[]): void {
  for (const { data, shape: [, width] } of arrays) data.fill(NaN, count * width);
}

/** The shortest length of the first rows: errors of the gradient grow by its reciprocal. */
function shortest({ data, shape: [, k] }: NdArray, count: number): number {
  const lengths = Array.from(
    { length: count },
    (_, row) => Math.hypot(...data.slice(row * k, (row + 1) * k)),
  );
  return Math.min(1, ...lengths);
}

/** Contrasts of all pairs, with padding that holds NaN. */
export function checkContrastiveLoss(bench: Bench): void {
  for (const [b, k, count] of bench.cases(SHAPES, [...MORE_SHAPES, [131, 50, 129]])) {
    const [y, target] = [randomArray([b, k], 1), randomArray([b, k], 2)];
    padWithNaN(count, y, target);
    const inputs = { y, target, count, temperature: 0.1 };
    // Cosines are divided by 0.1, and so are their roundings.
    compareLoss(bench, contrastiveLoss(), inputs, contrastiveLossRef(inputs), {
      perExample: { relative: 2e-6, absolute: 4e-6 },
      dy: { relative: 2e-6, absolute: 2e-5 / Math.max(count, 1) / shortest(y, count) },
    });
  }
}

/** Checks of the losses in `recsys/`. */
export const latentChecks: readonly Check[] = [checkWeightedPredictionError, checkContrastiveLoss];
