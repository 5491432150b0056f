/**
 * Losses and their gradients, and the running total that training reads now and then. Rows from
 * `state.count` on are padding: their loss and gradient are 0.
 */
import text from "./loss.wgsl" with { type: "text" };
import { check, mismatch } from "../gpu/check.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Pass } from "./layer.ts";
import { STATE } from "./state.ts";

/** The loss of a batch. */
export interface BatchLoss {
  /** [b]: loss of each example; 0 for padding. */
  readonly perExample: Tensor;
  /** [b, k]: gradient of the mean of `perExample` over the valid examples; 0 for padding. */
  readonly dy: Tensor;
}

/**
 * Loss of outputs y [b, k] against targets [b, k], both in one dispatch.
 *
 * @param weights [b, k]: weight of each output, for losses that take them
 */
export type Loss = (pass: Pass, y: Tensor, target: Tensor, weights?: Tensor) => BatchLoss;

const source = [GRID, STATE, { file: "nn/loss.wgsl", text }];
const rowwise = {
  source,
  outputs: { perExample: "b", dy: "b k" },
  threads: ({ b }: Record<string, number>) => b,
} as const;
const inputs = { y: "b k", target: "b k", state: "u32: 8" } as const;

const unweighted = (name: string, entry: string) => {
  const run = kernel({ ...rowwise, inputs, name, entry });
  return withoutWeights(
    name,
    ({ context, state }, y, target) => run(context, { y, target, state }),
  );
};
const meanSquares = unweighted("mse", "mse");
const binary = unweighted("binaryCrossEntropy", "binary_cross_entropy");
const categorical = unweighted("categoricalCrossEntropy", "categorical_cross_entropy");
const weightedMseKernel = kernel({
  ...rowwise,
  inputs: { ...inputs, weights: "b k" },
  name: "weightedMse",
  entry: "weighted_mse",
});
const accumulateKernel = kernel({
  source,
  name: "loss/accumulate",
  entry: "accumulate",
  inputs: { perExample: "b", state: "u32: 8" },
  outputs: { total: "4" },
  threads: () => 64, // one workgroup, for one order of addition
});

/**
 * Mean squared error: of an example the mean over its k outputs of (y - t)². The root of its mean
 * over examples is the RMSE.
 *
 * @example
 * ```ts
 * import { mse } from "jsr:@cetus/cetus";
 * const loss = mse(); // pass it to fit()
 * ```
 */
export function mse(): Loss {
  return meanSquares;
}

/**
 * Weighted squared error: of an example the mean over its k outputs of w (y - t)². The weights are
 * factors; they are not divided by their sum.
 */
export function weightedMse(): Loss {
  return withWeights(
    "weightedMse",
    (k) => k,
    ({ context, state }, y, target, weights) =>
      weightedMseKernel(context, { y, target, state, weights }),
  );
}

/**
 * Binary cross-entropy on logits: of an example the mean over its k outputs of
 * -t log s(y) - (1 - t) log(1 - s(y)), with s the sigmoid and targets in [0, 1]. Give it the last
 * linear layer, without a sigmoid.
 */
export function binaryCrossEntropy(): Loss {
  return binary;
}

/**
 * Categorical cross-entropy on logits: of an example -sum of t log softmax(y) over its k classes,
 * with targets that are distributions (one-hot or soft). Give it the last linear layer, without a
 * softmax.
 */
export function categoricalCrossEntropy(): Loss {
  return categorical;
}

/** A batch's losses and the total they go to. */
export interface AccumulateOptions {
  /** [b], from a loss. */
  readonly perExample: Tensor;
  /** `u32 [8]`, see `nn/state.ts`. */
  readonly state: Tensor;
  /** `f32 [4]`, changed in place; set it to zeros to begin. */
  readonly total: Tensor;
}

/**
 * Adds a batch to a running total: total[0] += sum of the losses of valid examples, in a fixed
 * order; total[1] += number of valid examples; total[2] = the first step whose sum was not finite,
 * while there was none (0); total[3] is left alone.
 */
export function accumulate(context: Context, options: AccumulateOptions): void {
  const { perExample, state, total } = options;
  accumulateKernel(context, { perExample, state }, { dims: { k: 1 }, into: { total } });
}

/** A loss that takes no weights, and says so. */
export function withoutWeights(
  name: string,
  run: (pass: Pass, y: Tensor, target: Tensor) => BatchLoss,
): Loss {
  return (pass, y, target, weights) => {
    if (!weights) return run(pass, y, target);
    throw new TypeError(`Cannot run ${name}: ${mismatch("weights", weights.shape, "none")}`);
  };
}

/**
 * A loss that takes weights, and asks for them.
 *
 * @param columns the extent of the weights [b, columns] for outputs [b, k]
 */
export function withWeights(
  name: string,
  columns: (k: number) => number,
  run: (pass: Pass, y: Tensor, target: Tensor, weights: Tensor) => BatchLoss,
): Loss {
  return (pass, y, target, weights) => {
    const expected = `[b, ${columns(y.shape[1])}]`;
    if (!weights) {
      throw new TypeError(`Cannot run ${name}: ${mismatch("weights", weights, expected)}`);
    }
    const fits = weights.shape[1] === columns(y.shape[1]);
    check(fits, `Cannot run ${name}`, { weights: weights.shape }, expected);
    return run(pass, y, target, weights);
  };
}
