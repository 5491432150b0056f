/** Runs a loss for a test, at once and replayed. */
import type { NdArray } from "../../gpu/tensor.ts";
import type { Loss } from "../../nn/loss.ts";
import { EXACT } from "../../tasks/doctor/bench.ts";
import { compareLoss, type LossInputs, type LossOutputs } from "../../tasks/doctor/compare_loss.ts";
import { runTwice, sharedGpu } from "../check.ts";

/** Loss and gradient, in memory that held NaN before; recorded and replayed, with the same bits. */
export async function runLoss(loss: Loss, inputs: LossInputs): Promise<LossOutputs<NdArray>> {
  // Shapes alone are compared: the caller judges the elements.
  const { shape } = inputs.y;
  const data = new Float64Array(0);
  const shapes = { perExample: { shape: shape.slice(0, 1), data }, dy: { shape, data } };
  const { results: [perExample, dy] } = await runTwice(
    (bench) => compareLoss(bench, loss, inputs, shapes, { perExample: EXACT, dy: EXACT }),
    (await sharedGpu()).profile,
  );
  return { perExample, dy };
}
