/**
 * Checks of the kernels that belong to the galaxy task.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import { type ConstraintVariant, galaxyConstraints, UNCONSTRAINED } from "../galaxy/constraints.ts";
import { galaxyConstraintsBackwardRef, galaxyConstraintsRef } from "../galaxy/constraints_ref.ts";
import { type Bench, type Check, randomArray } from "./bench.ts";
import { compareLayer, LAYER_STATE } from "./compare_layer.ts";

const VARIANTS: readonly ConstraintVariant[] = [
  "divisive",
  "squared-divisive",
  "softmax",
  "clipped",
  "none",
];

/** Every way of applying the constraints. */
export const CONSTRAINTS = VARIANTS.flatMap((variant) =>
  (["one", "tree"] as const).flatMap((q6Weight) =>
    [true, false].map((useConstraints) => ({ variant, q6Weight, useConstraints }))
  )
);

/** Outputs as after training: most between 0 and 1, some outside. */
export function galaxyOutputs(examples: number, seed: number): NdArray<Float64Array> {
  const { shape, data } = randomArray([examples, 37], seed, 0.5);
  return { shape, data: data.map((x) => Math.fround(x + 0.4)) };
}

/** Constraints of galaxies, with rows of padding, which have no gradient. */
export function checkConstraints(bench: Bench): void {
  for (const options of CONSTRAINTS) {
    for (const [b, count] of bench.cases([[67, 65]], [[7, 7]])) {
      const [x, dy] = [galaxyOutputs(b, 3), randomArray([b, 37], 4)];
      const user = options.useConstraints ? 0 : UNCONSTRAINED;
      const state = { ...LAYER_STATE, count, user };
      const expected = {
        y: galaxyConstraintsRef(x, options),
        dx: galaxyConstraintsBackwardRef(x, dy, { ...options, count }),
      };
      compareLayer(bench, galaxyConstraints(options), { x, dy, state }, expected, {
        y: { relative: 2e-6, absolute: 2e-6 },
        dx: { relative: 1e-5, absolute: 1e-5 },
      });
    }
  }
}

/** Checks of `tasks/galaxy/`. */
export const galaxyChecks: readonly Check[] = [checkConstraints];
