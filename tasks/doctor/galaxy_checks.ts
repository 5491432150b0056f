/**
 * Checks of the kernels that belong to the galaxy task.
 *
 * @module
 */
import { key } from "../../gpu/random.ts";
import { type ConstraintVariant, galaxyConstraints, UNCONSTRAINED } from "../galaxy/constraints.ts";
import { galaxyConstraintsBackwardRef, galaxyConstraintsRef } from "../galaxy/constraints_ref.ts";
import type { Bench, Check } from "./bench.ts";

const VARIANTS: readonly ConstraintVariant[] = [
  "divisive",
  "squared-divisive",
  "softmax",
  "clipped",
  "none",
];

/** Outputs as after training: most between 0 and 1, some outside. */
function checkConstraints(bench: Bench): void {
  const [b, count] = [67, 65];
  for (const variant of VARIANTS) {
    for (const q6Weight of ["one", "tree"] as const) {
      for (const useConstraints of [true, false]) {
        const spread = bench.normal([b, 37], 3, 0.5).host;
        const z = bench.both({ shape: spread.shape, data: spread.data.map((x) => x + 0.4) });
        const dy = bench.normal([b, 37], 4);
        const common = { step: 1, learningRate: 0, key: key(1) };
        const user = useConstraints ? 0 : UNCONSTRAINED;
        const state = bench.state({ ...common, count, user });
        const options = { variant, q6Weight };
        const layer = galaxyConstraints(options).build(bench, [b, 37], { name: "doctor" });
        const pass = { context: bench, train: true, state };
        const { y, backward } = layer.forward(z.device, pass);
        const expected = galaxyConstraintsRef(z.host, { ...options, useConstraints });
        bench.compare(y, expected, { relative: 2e-6, absolute: 2e-6 });
        const gradient = galaxyConstraintsBackwardRef(z.host, dy.host, {
          ...options,
          useConstraints,
          count,
        });
        bench.compare(backward(dy.device)!, gradient, { relative: 1e-5, absolute: 1e-5 });
      }
    }
  }
}

/** Checks of `tasks/galaxy/`. */
export const galaxyChecks: readonly Check[] = [checkConstraints];
