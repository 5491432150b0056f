/**
 * Linear classifiers: support vector machines with squared hinge, and logistic regression. Value and
 * gradient come from the device, in f32, or of small tables from the host; L-BFGS on the host, in
 * float64, decides.
 *
 * @module
 */
import text from "./linear.wgsl" with { type: "text" };
import { oneOf } from "../../gpu/check.ts";
import { type Hooks, hostRows, type Rows } from "../../gpu/fitting.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type Context, kernel, WORKGROUP_SIZE } from "../../gpu/kernel.ts";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { GRID, OPERANDS } from "../../gpu/sources.ts";
import type { NdArray, Tensor } from "../../gpu/tensor.ts";
import type { BinaryLabels } from "./labels.ts";
import { type Evaluation, lbfgs, type Minimum } from "./lbfgs.ts";
import {
  type Linear,
  LINEAR_ATTEMPT,
  type LinearLoss,
  type LinearOptions,
  linearOptions,
  modelOf,
  signsOf,
} from "./linear_model.ts";
import { linearObjectiveRef } from "./linear_ref.ts";
import { type LinearShard, paddedWidth, uploadShards } from "./linear_shards.ts";

/** A fit: what is minimised, where, and how it may be ended. */
export interface LinearFitOptions extends LinearOptions, Hooks {
  /** Classes, `[n]`, both of them present. */
  readonly labels: BinaryLabels;
  /**
   * Where value and gradient are computed: `device` in f32, or `host` in float64. Default: on the
   * host for up to 2^23 features in all, which it has summed before the answer of a device has come
   * back (some 10 ms), and on the device for more.
   */
  readonly on?: "device" | "host";
}

/** A model and how its fit went. */
export interface FittedLinear extends Linear {
  /**
   * Value of the objective, length of the gradient as part of the first one, number of evaluations,
   * and why the fit ended.
   */
  readonly fit: Omit<Minimum, "point">;
}

/** Features in all up to which a fit stays on the host. */
const MOST_ON_HOST = 2 ** 23;

/** Rows of a block, and blocks of a sum; `BLOCK` and `BLOCKS_A_PART` in the shader. */
const BLOCK = 32;
const BLOCKS_A_PART = 32;

const FILE = { file: "nn/classifiers/linear.wgsl", text } as const;
const shared = {
  source: [GRID, OPERANDS, FILE],
} as const;
const evaluate = kernel({
  ...shared,
  texels: { x: "vec4", w: "vec4" },
  name: "linear/evaluate",
  entry: "evaluate",
  inputs: { x: "n d", w: "d", signs: "n" },
  outputs: { partials: "blocks columns" },
  threads: ({ blocks }) => WORKGROUP_SIZE * blocks,
  flops: ({ n, d }) => 4 * n * d,
});
const sumBlocks = kernel({
  ...shared,
  name: "linear/sum_blocks",
  entry: "sum_blocks",
  inputs: { partials: "blocks columns" },
  outputs: { sums: "total columns" },
  threads: ({ parts, columns }) => parts * columns / 4,
});

/** How many sums `linearSums` leaves of a shard: one for up to 1024 rows. */
function partsOf({ signs }: LinearShard): number {
  return Math.ceil(signs.shape[0] / (BLOCK * BLOCKS_A_PART));
}

/**
 * Losses of all rows and their derivatives by the weights, as sums of up to 1024 rows each: the host
 * adds these in float64. Every sum has a fixed order.
 *
 * @param shards rows, from `uploadShards`
 * @param w weights, intercept, zeros: [width]
 * @returns [sums, width + 4]: the gradient, then the loss and three zeros
 */
export function linearSums(
  context: Context,
  shards: readonly LinearShard[],
  w: Tensor,
  loss: LinearLoss,
): Tensor {
  const total = shards.reduce((sum, shard) => sum + partsOf(shard), 0);
  const d = w.shape[0];
  const sums = context.empty([total, d + 4], { label: "linear sums" });
  let first = 0;
  for (const { rows, signs } of shards) {
    const parts = partsOf({ rows, signs });
    const [n] = signs.shape;
    const common = { columns: d + 4, width: d / 4, blocks: Math.ceil(n / BLOCK), first, parts };
    const dims = { ...common, n, logistic: loss === "logistic" ? 1 : 0 };
    const { partials } = evaluate(context, { x: rows, signs, w }, { dims });
    sumBlocks(context, { partials }, { dims, into: { sums } });
    first += parts;
  }
  return sums;
}

/**
 * The function that a fit minimises, with rows on the device.
 *
 * @returns value and gradient at weights and intercept, `[columns + 1]`, and what frees the memory
 */
export async function linearObjective(
  gpu: Gpu,
  x: NdArray,
  signs: Float64Array,
  options: Required<LinearOptions>,
): Promise<AsyncDisposable & { evaluate(w: Float64Array): Promise<Evaluation> }> {
  const width = paddedWidth(x.shape[1]);
  const shards = await uploadShards(gpu, x, signs);
  const free = () => gpu.release(...shards.flatMap(({ rows, signs }) => [rows, signs]));
  try {
    const recorder = new Recorder(gpu);
    const sums = recorder.keep(
      linearSums(recorder, shards, recorder.feed("w", [width]), options.loss),
    );
    const program = await Program.compile(gpu, recorder);
    const narrow = new Float32Array(width);
    return {
      async evaluate(w) {
        narrow.set(w);
        program.run([{ w: narrow }]);
        const { data } = await gpu.read(sums);
        return objectiveOf(w, data as Float32Array, width, options);
      },
      async [Symbol.asyncDispose]() {
        try {
          await gpu.sync(); // an evaluation may be under way
        } finally {
          program[Symbol.dispose]();
          free();
        }
      },
    };
  } catch (error) {
    free();
    throw error;
  }
}

/** |w|²/2 + cost Σ loss, and its gradient, from the device's sums. */
function objectiveOf(
  w: Float64Array,
  sums: Float32Array,
  width: number,
  { cost, penaliseIntercept }: Required<LinearOptions>,
): Evaluation {
  const gradient = new Float64Array(w.length);
  let losses = 0;
  for (let start = 0; start < sums.length; start += width + 4) {
    for (let i = 0; i < gradient.length; i++) gradient[i] += sums[start + i];
    losses += sums[start + width];
  }
  let squares = 0;
  for (let i = 0; i < w.length; i++) {
    const penalised = i < w.length - 1 || penaliseIntercept ? w[i] : 0;
    squares += penalised ** 2;
    gradient[i] = penalised + cost * gradient[i];
  }
  return { value: squares / 2 + cost * losses, gradient };
}

/**
 * Fits a linear classifier: minimises |w|²/2 + cost Σ loss(y f(x)) over f(x) = w·(x, 1), as
 * scikit-learn's `LinearSVC` (squared hinge) and `LogisticRegression` (logistic) do with their
 * defaults.
 *
 * On the device rows go there once, in f32 and in shards below its binding limit; an evaluation reads
 * them once. A tolerance below about 1e-6 asks for more than f32 gives: the fit then ends where rounding
 * hides the descent, and `fit.ended` says so. Without chance: same rows, same device, same bits.
 *
 * @param rows Features `[n, d]`; bring them to one scale first
 * @throws {RangeError} as `checkRows`, when labels do not fit or lack a class, or an option is out of
 * range
 *
 * @example
 * ```ts
 * import { applyLinear, fitLinear, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const rows = ndarray([4, 1], Float32Array.of(-2, -1, 1, 3));
 * const labels = [0, 0, 1, 1];
 * const model = await fitLinear(gpu, rows, { labels, loss: "squared-hinge", cost: 1 });
 * console.log(await applyLinear(gpu, model, rows));
 * ```
 */
export async function fitLinear(
  gpu: Gpu,
  rows: Rows,
  options: LinearFitOptions,
): Promise<FittedLinear> {
  const { labels, signal, progress } = options;
  const filled = linearOptions(options);
  const x = await hostRows(gpu, LINEAR_ATTEMPT, rows);
  const signs = signsOf(x, labels);
  const { tolerance, loss } = filled;
  const [n, d] = x.shape;
  const { on = n * d <= MOST_ON_HOST ? "host" : "device" } = options;
  oneOf(LINEAR_ATTEMPT, { on }, ["device", "host"]);
  const start = new Float64Array(d + 1);
  const search = { tolerance, signal, progress, attempt: LINEAR_ATTEMPT };
  if (on === "host") {
    const { point, ...fit } = await lbfgs(linearObjectiveRef(x, labels, options), start, search);
    return { ...modelOf(loss, point), fit };
  }
  await using objective = await linearObjective(gpu, x, signs, filled);
  const { point, ...fit } = await lbfgs(objective.evaluate, start, search);
  return { ...modelOf(loss, point), fit };
}
