/** A constraint on the columns of a dense weight. */
import text from "./max_norm.wgsl" with { type: "text" };
import { check, positive, whole } from "../gpu/check.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Param } from "./layer.ts";
import type { AfterStep } from "./optimizer.ts";
import { STATE } from "./state.ts";

/** When {@linkcode maxNorm} acts. */
export interface MaxNormOptions {
  /** Act only in steps that are multiples of this; needs `state`. Default: whenever it runs. */
  readonly every?: number;
  /** The step state, `u32 [8]`, which tells the step. */
  readonly state?: Tensor;
}

const shared = {
  source: [GRID, STATE, { file: "nn/max_norm.wgsl", text }],
  inputs: { state: "u32: 8" },
  outputs: { weight: "d k" },
  flops: ({ d, k }: Record<string, number>) => 3 * d * k,
} as const;

const scalarKernel = kernel({
  ...shared,
  name: "max_norm",
  entry: "max_norm",
  threads: ({ k }) => k,
});
const vec4Kernel = kernel({
  ...shared,
  name: "max_norm/vec4",
  entry: "max_norm_vec4",
  threads: ({ k }) => k / 4,
});

/**
 * Rescales, in place, each column of a dense weight `[d, k]` whose root mean square over the d rows
 * exceeds a limit, so that it equals the limit. Run it after the optimiser. After Hinton et al. 2012, "Improving neural networks by preventing co-adaptation of feature detectors",
 * which limits the norm itself: their limit is ours times the root of d.
 *
 * @param limit the largest root mean square, above 0
 * @throws RangeError when the weight is not `[d, k]` or an option makes no sense
 */
export function maxNorm(
  context: Context,
  param: Pick<Param, "name" | "value">,
  limit: number,
  { every, state }: MaxNormOptions = {},
): void {
  const attempt = `Cannot limit the norm of "${param.name}"`;
  positive(attempt, { limit });
  if (every !== undefined) whole(attempt, { every }, 1);
  if (every !== undefined) check(!!state, attempt, { state }, "the step state, which every needs");
  const run = param.value.shape[1] % 4 === 0 ? vec4Kernel : scalarKernel;
  // A kernel's tensors are all bound: without a state, an undefined one that is never read.
  const steps = state ?? context.empty([8], { dtype: "u32", label: "max_norm/no state" });
  const dims = { every: every ?? 0, limit };
  run(context, { state: steps }, { dims, into: { weight: param.value } });
}

/**
 * Limits of dense weights by parameter name, for `fit({ afterStep })`.
 *
 * @param options.every steps from one to the next
 * @param options.limits largest root mean square of a column, such as `{ "dense1/weight": 0.4 }`
 * @throws RangeError, when the step is recorded, for a name that no parameter has
 */
export function limitNorms(
  { every, limits }: { every: number; limits: Readonly<Record<string, number>> },
): AfterStep {
  return (context, params, state) => {
    for (const [name, limit] of Object.entries(limits)) {
      const param = params.find((candidate) => candidate.name === name);
      const known = params.map((param) => param.name).join(" or ");
      check(!!param, "Cannot limit a norm", { parameter: name }, known);
      maxNorm(context, param, limit, { every, state });
    }
  };
}
