/** Dense layers: y = x w + bias, with ReLU fused in. */
import { check, whole } from "../gpu/check.ts";
import type { Context } from "../gpu/kernel.ts";
import { matmul, matmulTransposedA, matmulTransposedB } from "../gpu/matmul.ts";
import { sumFirstAxis } from "../gpu/reduce.ts";
import { reshape, type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { reluBackward } from "./activation.ts";
import { constantInit, glorotUniform, type Initializer } from "./init.ts";
import { type Layer, type LayerSpec, makeParam, type Output, type Param } from "./layer.ts";

/** What a dense layer is. */
export interface DenseOptions {
  /** Values that come out for each example. */
  readonly units: number;
  /** What follows the bias. Default "none". */
  readonly activation?: "relu" | "none";
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
  /** How the weights start. Default `glorotUniform()`. */
  readonly init?: Initializer;
  /** How the bias starts. Default `constantInit(0)`. */
  readonly biasInit?: Initializer;
  /** Name in paths. */
  readonly name?: string;
}

/**
 * A dense layer: [b, ...] to [b, units]. The features of an example are taken as they lie in memory
 * (row, column, channel), d of them.
 *
 * Parameters: `weight` [d, units], with decay; `bias` [units], without. A weight is at most 128 MiB
 * on most devices (8192 by 4096 is exactly that). All products are `matmul`'s: forward x w, then
 * dw = xᵀ dz, dbias = the sum of dz over the batch, dx = dz wᵀ, where dz is dy behind the ReLU.
 *
 * @throws RangeError when `units` is no positive integer, or an input has no feature axis
 *
 * @example
 * ```ts
 * import { dense } from "jsr:@cetus/cetus";
 * const layer = dense({ units: 10, activation: "relu" });
 * console.log(layer.outputShape([32, 28, 28, 1])); // [32, 10]
 * ```
 */
export function dense(options: DenseOptions): LayerSpec {
  const { units, name } = options;
  whole("Cannot make dense", { units }, 1);
  return {
    kind: "dense",
    name,
    outputShape: (input) => [batchAndFeatures(input)[0], units],
    build: (context, input, { name }) => buildDense(context, input, name, options),
  };
}

function buildDense(
  context: Context,
  input: Shape,
  name: string,
  { units, activation = "none", bias = true, init, biasInit }: DenseOptions,
): Layer {
  const [, d] = batchAndFeatures(input);
  const weight = makeParam(context, `${name}/weight`, [d, units], {
    init: init ?? glorotUniform(),
    decay: true,
  });
  const shift = bias
    ? makeParam(context, `${name}/bias`, [units], {
      init: biasInit ?? constantInit(0),
      decay: false,
    })
    : undefined;
  return {
    params: shift ? [weight, shift] : [weight],
    forward: (x, pass) => forward(pass.context, x, weight, shift, activation === "relu"),
  };
}

function forward(
  context: Context,
  x: Tensor,
  weight: Param,
  bias: Param | undefined,
  relu: boolean,
): Output {
  const rows = reshape(x, batchAndFeatures(x.shape));
  const y = matmul(context, rows, weight.value, { bias: bias?.value, relu });
  return {
    y,
    backward(dy, wantDx = true) {
      const dz = relu ? reluBackward(context, y, dy) : dy;
      matmulTransposedA(context, rows, dz, { into: weight.grad });
      if (bias) sumFirstAxis(context, dz, { into: bias.grad });
      if (!wantDx) return undefined;
      return reshape(matmulTransposedB(context, dz, weight.value), x.shape);
    },
  };
}

/** [b, ...] as [b, d]. */
function batchAndFeatures(input: Shape): [number, number] {
  check(input.length >= 2, "Cannot build dense", { input }, "[b, ...features]");
  return [input[0], sizeOf(input.slice(1))];
}
