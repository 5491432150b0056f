/**
 * Optimisers: gradient descent with momentum, and Adam. An `OptimizerSpec` is data; `build` makes
 * the state of a list of parameters; `step` runs or records one kernel a parameter, in place.
 *
 * Learning rate and Adam's bias corrections come from the step state (`nn/state.ts`), so a recorded
 * step is replayed with another rate without being recorded again.
 */
import text from "./optimizer.wgsl" with { type: "text" };
import { check, positive, within } from "../gpu/check.ts";
import { fill } from "../gpu/elementwise.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Param } from "./layer.ts";
import { STATE } from "./state.ts";

/** An optimiser before it has parameters. */
export interface OptimizerSpec {
  /** `"sgd"`, `"nesterov"` or `"adam"`. */
  readonly kind: string;
  /**
   * Adam's decay rates. Whoever packs the step state must hand them to `packState`, which makes the
   * bias corrections.
   */
  readonly betas?: readonly [number, number];
  /**
   * Makes the state for a list of parameters; its contents are undefined until `reset` or a load.
   *
   * @throws RangeError when two parameters have the same name
   */
  build(context: Context, params: readonly Param[]): Optimizer;
}

/** An optimiser with its parameters. */
export interface Optimizer {
  /** Persistent tensors by name, such as `"adam/m/conv1/weight"`: what a checkpoint must hold. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** Fills the state with zeros; the step number of the step state starts from 1 again. */
  reset(context: Context): void;
  /**
   * Updates every parameter from its gradient.
   *
   * @param state the step state, `u32 [8]`
   */
  step(context: Context, state: Tensor): void;
}

/** What else a step does to the parameters, with the step state `u32 [8]`. */
export type AfterStep = (context: Context, params: readonly Param[], state: Tensor) => void;

/** Options of {@linkcode sgd}. */
export interface SgdOptions {
  /** Share of the last step that is kept, in [0, 1). Default 0. */
  readonly momentum?: number;
  /** Look ahead along the velocity; needs momentum. Default false. */
  readonly nesterov?: boolean;
  /** Added to the gradient as `weightDecay` w, for parameters that decay. Default 0. */
  readonly weightDecay?: number;
}

/** Options of {@linkcode adam}. */
export interface AdamOptions {
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay rate of the mean square, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Keeps the division finite; in units of the gradient. Default 1e-8. */
  readonly epsilon?: number;
  /**
   * Decoupled from the gradient (AdamW): w shrinks by learning rate times `weightDecay` a step, for
   * parameters that decay. Default 0.
   */
  readonly weightDecay?: number;
}

const shared = {
  source: [GRID, STATE, { file: "nn/optimizer.wgsl", text }],
  inputs: { grad: "*n", state: "u32: 8" },
  threads: ({ n }: Record<string, number>) => Math.ceil(n / 4),
} as const;

const updating = <Out extends string>(
  name: string,
  outputs: Readonly<Record<Out, string>>,
  flops: number,
) =>
  kernel({
    ...shared,
    name: `optimizer/${name}`,
    entry: name,
    outputs,
    flops: ({ n }) => flops * n,
  });
const sgdKernel = updating("sgd", { value: "*n" }, 4);
const momentumKernel = updating("momentum", { value: "*n", velocity: "*n" }, 6);
const nesterovKernel = updating("nesterov", { value: "*n", velocity: "*n" }, 8);
const adamKernel = updating("adam", { value: "*n", m: "*n", v: "*n" }, 16);

/** Fields of the uniform that an optimiser leaves out. */
const UNUSED = { momentum: 0, beta2: 0, oneMinusBeta1: 0, oneMinusBeta2: 0, epsilon: 0 };

/**
 * Stochastic gradient descent: v <- mu v - lr (g + decay w); w <- w + v. With `nesterov` the second
 * is w <- w + mu v - lr (g + decay w) (Sutskever et al. 2013, "On the importance of initialization
 * and momentum", eq. 3 and 4, with the parameters moved to the look-ahead point).
 *
 * The learning rate is inside the velocity: when it drops, what the velocity has gathered at the old
 * rate runs out over the next 1 / (1 - mu) steps. PyTorch keeps it outside.
 *
 * @throws RangeError when momentum is not in [0, 1), the decay is negative, or `nesterov` comes
 *   without momentum
 */
export function sgd(options: SgdOptions = {}): OptimizerSpec {
  const { momentum = 0, nesterov = false, weightDecay = 0 } = options;
  checkRates("Cannot make sgd", { momentum });
  within("Cannot make sgd", { weightDecay }, 0);
  if (nesterov) positive("Cannot make sgd with nesterov", { momentum });
  const kind = nesterov ? "nesterov" : "sgd";
  const update = nesterov ? nesterovKernel : momentumKernel;
  return {
    kind,
    build: (context, params) =>
      makeOptimizer(context, params, kind, momentum ? ["velocity"] : [], (call, param, moments) => {
        const inputs = { grad: param.grad, state: call.state };
        const dims = { ...UNUSED, momentum, weightDecay: param.decay ? weightDecay : 0 };
        const [velocity] = moments;
        if (!velocity) {
          sgdKernel(call.context, inputs, { dims, into: { value: param.value } });
        } else update(call.context, inputs, { dims, into: { value: param.value, velocity } });
      }),
  };
}

/**
 * Gradient descent with Nesterov momentum, as the galaxy network was trained:
 * v <- mu v - lr g; w <- w + mu v - lr g. The same as `sgd({ momentum, nesterov: true })`.
 *
 * @example
 * ```ts
 * import { nesterov } from "./optimizer.ts";
 *
 * const spec = nesterov({ momentum: 0.9 });
 * console.log(spec.kind);
 * ```
 */
export function nesterov(
  options: { readonly momentum?: number; readonly weightDecay?: number } = {},
): OptimizerSpec {
  return sgd({ momentum: 0.9, ...options, nesterov: true });
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019,
 * "Decoupled weight decay regularization", algorithm 2, schedule multiplier = learning rate), as
 * PyTorch's `AdamW`.
 *
 * @throws RangeError when a beta is not in [0, 1), epsilon is not positive or the decay is negative
 */
export function adam(options: AdamOptions = {}): OptimizerSpec {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  checkRates("Cannot make adam", { beta1, beta2 });
  positive("Cannot make adam", { epsilon });
  within("Cannot make adam", { weightDecay }, 0);
  const rates = {
    momentum: beta1,
    beta2,
    oneMinusBeta1: 1 - beta1,
    oneMinusBeta2: 1 - beta2,
    epsilon,
  };
  return {
    kind: "adam",
    betas: [beta1, beta2],
    build: (context, params) =>
      makeOptimizer(context, params, "adam", ["m", "v"], (call, param, [m, v]) => {
        const dims = { ...rates, weightDecay: param.decay ? weightDecay : 0 };
        const into = { value: param.value, m, v };
        adamKernel(call.context, { grad: param.grad, state: call.state }, { dims, into });
      }),
  };
}

/** Where an update runs and with which step state. */
interface Call {
  readonly context: Context;
  readonly state: Tensor;
}

/** Gives each parameter its state tensors, named `kind/moment/parameter`. */
function makeOptimizer(
  context: Context,
  params: readonly Param[],
  kind: string,
  moments: readonly string[],
  update: (call: Call, param: Param, moments: readonly Tensor[]) => void,
): Optimizer {
  const state: Record<string, Tensor> = {};
  const seen = new Set<string>();
  const work = params.map((param) => {
    const isNew = !seen.has(param.name);
    check(isNew, `Cannot build ${kind}`, { name: param.name }, "another for each parameter");
    seen.add(param.name);
    const tensors = moments.map((moment) => {
      const label = `${kind}/${moment}/${param.name}`;
      return state[label] = context.persistent(param.value.shape, { label });
    });
    return { param, tensors };
  });
  return {
    state,
    reset(context) {
      for (const tensor of Object.values(state)) fill(context, tensor, 0);
    },
    step(context, state) {
      for (const { param, tensors } of work) update({ context, state }, param, tensors);
    },
  };
}

function checkRates(attempt: string, rates: Readonly<Record<string, number>>): void {
  for (const [name, rate] of Object.entries(rates)) {
    check(rate >= 0 && rate < 1, attempt, { [name]: rate }, "a number in [0, 1)");
  }
}
