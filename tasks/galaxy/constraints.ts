/**
 * The output layer of the galaxy networks: 37 free values become answers that obey the decision
 * tree. Source: Dieleman et al. 2015, arXiv:1503.07077, and its code
 * (github.com/benanne/kaggle-galaxies).
 */
import { check, oneOf } from "../../gpu/check.ts";
import text from "./constraints.wgsl" with { type: "text" };
import { kernel } from "../../gpu/kernel.ts";
import { GRID } from "../../gpu/sources.ts";
import type { Shape } from "../../gpu/tensor.ts";
import { layerOf, type LayerSpec } from "../../nn/layer.ts";
import { STATE } from "../../nn/state.ts";
import type { Q6Weight } from "./questions.ts";

/**
 * How a question's outputs z become its answers' shares p.
 *
 * | variant | share of an answer |
 * | --- | --- |
 * | `divisive` | max(z, 0), divided by its sum over the question + 1e-12 |
 * | `squared-divisive` | the same with max(z, 0) squared |
 * | `softmax` | exp(z), divided by its sum over the question |
 * | `clipped` | z clipped to [0, 1]; a question need not sum up to 1 |
 * | `none` | as `clipped`, and no weighting down the tree |
 */
export type ConstraintVariant = "divisive" | "squared-divisive" | "softmax" | "clipped" | "none";

/** What the output layer does. */
export interface ConstraintOptions {
  /** How question 6 is weighted; see {@linkcode Q6Weight}. Default `one`. */
  readonly q6Weight?: Q6Weight;
  /** How outputs become shares. Default `divisive`. */
  readonly variant?: ConstraintVariant;
}

/** The word of the step state (`user`) that turns the constraints off. */
export const UNCONSTRAINED = 1;

/** Numbers of the variants in the shader. */
const VARIANTS: readonly ConstraintVariant[] = [
  "divisive",
  "squared-divisive",
  "softmax",
  "clipped",
  "none",
];

const shared = {
  source: [GRID, STATE, { file: "tasks/galaxy/constraints.wgsl", text }],
  threads: ({ b }: Record<string, number>) => b,
} as const;

const forwardKernel = kernel({
  ...shared,
  name: "galaxy_constraints",
  entry: "forward",
  inputs: { z: "b 37", state: "u32: 8" },
  outputs: { y: "b 37" },
  flops: ({ b }) => 4 * 37 * b,
});
const backwardKernel = kernel({
  ...shared,
  name: "galaxy_constraints/backward",
  entry: "backward",
  inputs: { z: "b 37", state: "u32: 8", dy: "b 37" },
  outputs: { dz: "b 37" },
  flops: ({ b }) => 11 * 37 * b,
});

/**
 * Output constraints, [b, 37] to [b, 37] in f32: shares within each question, then each question
 * times the answer that leads to it, down the tree.
 *
 * - While the state's word is `UNCONSTRAINED` the output is z clipped to [0, 1], whatever the
 *   variant. Training starts so, because a question whose outputs are all negative gets no gradient
 *   from the divisive layer.
 * - The clip's gradient is 1 for 0 <= z <= 1, bounds included, and 0 outside.
 * - A question without a positive output has shares 0; it and everything below it get gradient 0.
 * - Padding (examples from `state.count` on) gets gradient 0.
 *
 * @throws {RangeError} when the input is not [b, 37] or an option is unknown
 *
 * @example
 * ```ts
 * import { dense, sequential } from "../../nn/mod.ts";
 * import { galaxyConstraints } from "./constraints.ts";
 *
 * const network = sequential([dense({ units: 37 }), galaxyConstraints({ q6Weight: "one" })]);
 * if (network.outputShape([8, 100]).join() !== "8,37") throw new Error("37 answers");
 * ```
 */
export function galaxyConstraints(options: ConstraintOptions = {}): LayerSpec {
  const { q6Weight = "one", variant = "divisive" } = options;
  oneOf("Cannot make the output constraints", { variant }, VARIANTS);
  oneOf("Cannot make the output constraints", { q6Weight }, ["one", "tree"]);
  const constants = {
    variant: VARIANTS.indexOf(variant),
    q6_tree: Number(q6Weight === "tree"),
  };
  return layerOf("galaxyConstraints", outputShape, (z, { context, state }) => ({
    y: forwardKernel(context, { z, state }, { constants }).y,
    backward: (dy) => backwardKernel(context, { z, state, dy }, { constants }).dz,
  }));
}

function outputShape(input: Shape): Shape {
  const good = input.length === 2 && input[1] === 37;
  check(good, "Cannot apply the output constraints", { input }, "[b, 37]");
  return input;
}
