/**
 * Two-dimensional convolution (cross-correlation, as is usual in neural networks) of images
 * [b, h, w, c] with filters [kh, kw, c, f], with tied or untied biases and an optional ReLU; and its
 * gradient. A convolution over one axis is h = 1. The kernels are in `conv2d_forward`,
 * `conv2d_backward_input`, `conv2d_backward_weight` and `conv2d_backward_bias`.
 */
import { whole } from "../gpu/check.ts";
import type { Shape } from "../gpu/tensor.ts";
import { conv2dBackwardBias, conv2dBackwardRelu } from "./conv2d_backward_bias.ts";
import { conv2dBackwardInput } from "./conv2d_backward_input.ts";
import { conv2dBackwardWeight } from "./conv2d_backward_weight.ts";
import { conv2dForward } from "./conv2d_forward.ts";
import {
  type Conv2dOptions,
  convOutputLength,
  geometryOf,
  type Padding,
} from "./conv2d_geometry.ts";
import { constantInit, heNormal, type Initializer } from "./init.ts";
import { type Layer, type LayerSpec, makeParam, type Param } from "./layer.ts";

export {
  conv2dBackwardBias,
  conv2dBackwardInput,
  conv2dBackwardRelu,
  conv2dBackwardWeight,
  conv2dForward,
  type Conv2dOptions,
  convOutputLength,
  type Padding,
};

/** Options of the layer. */
export interface Conv2dLayerOptions extends Conv2dOptions {
  /** Number of filters, f. */
  readonly filters: number;
  /** Rows and columns of a filter, in pixels. */
  readonly size: number | readonly [kh: number, kw: number];
  /**
   * `"tied"`: one bias a filter; `"untied"`: one for every filter and output position, as Dieleman et
   * al. 2015 use it, section 6.3. Default `"tied"`.
   */
  readonly bias?: "untied" | "tied" | "none";
  /** How the weights start. Default `heNormal()`. */
  readonly init?: Initializer;
  /** How the biases start. Default `constantInit(0)`. */
  readonly biasInit?: Initializer;
  /** Name in paths. */
  readonly name?: string;
}

/** Checks the options of a layer and fills in its defaults. */
function checkedOptions(options: Conv2dLayerOptions) {
  const { filters, size, stride = 1 } = options;
  const [kh, kw] = typeof size === "number" ? [size, size] : size;
  const attempt = "Cannot make conv2d";
  whole(attempt, { filters, "filter rows": kh, "filter columns": kw, stride }, 1);
  return { ...options, kh, kw, stride, bias: options.bias ?? "tied" } as const;
}

/**
 * Convolution layer: [b, h, w, c] to [b, oh, ow, filters]. Parameters: `weight` [kh, kw, c, filters],
 * with weight decay, and `bias` [filters] or, untied, [oh, ow, filters], without.
 *
 * @throws RangeError when a filter is larger than the image, or an option is not a positive integer
 *
 * @example
 * ```ts
 * import { conv2d } from "jsr:@cetus/cetus";
 * const spec = conv2d({ filters: 32, size: 6, bias: "untied", activation: "relu" });
 * console.log(spec.outputShape([16, 45, 45, 3])); // [16, 40, 40, 32]
 * ```
 */
export function conv2d(options: Conv2dLayerOptions): LayerSpec {
  const checked = checkedOptions(options);
  const weightShape = ([, , , c]: Shape) => [checked.kh, checked.kw, c, checked.filters];
  const outputShape = (input: Shape): Shape => {
    const { b, oh, ow, f } = geometryOf(input, weightShape(input), checked);
    return [b, oh, ow, f];
  };
  return {
    kind: "conv2d",
    name: options.name,
    outputShape,
    build(context, input, { name }) {
      const [, oh, ow, f] = outputShape(input);
      const weight = makeParam(context, `${name}/weight`, weightShape(input), {
        init: options.init ?? heNormal(),
        decay: true,
      });
      const bias = checked.bias === "none" ? undefined : makeParam(
        context,
        `${name}/bias`,
        checked.bias === "untied" ? [oh, ow, f] : [f],
        { init: options.biasInit ?? constantInit(0), decay: false },
      );
      return conv2dLayer(weight, bias, checked);
    },
  };
}

function conv2dLayer(weight: Param, bias: Param | undefined, options: Conv2dOptions): Layer {
  return {
    params: bias ? [weight, bias] : [weight],
    forward(x, { context }) {
      const y = conv2dForward(context, x, weight.value, { ...options, bias: bias?.value });
      return {
        y,
        backward(dy, wantDx = true) {
          const isRelu = options.activation === "relu";
          const dz = isRelu ? conv2dBackwardRelu(context, dy, y, bias?.grad) : dy;
          if (bias && !isRelu) conv2dBackwardBias(context, dz, bias.grad);
          conv2dBackwardWeight(context, x, dz, weight.grad, options);
          return wantDx
            ? conv2dBackwardInput(context, dz, weight.value, x.shape, options)
            : undefined;
        },
      };
    },
  };
}
