/**
 * What a layer is. A `LayerSpec` is data and shape arithmetic and needs no GPU; `build` makes a
 * `Layer` that owns parameters; its `forward` returns the output and a `backward` that holds what it
 * needs. There is no tape: `sequential` and `concat` are the only combinators.
 */
import type { Context } from "../gpu/kernel.ts";
import { type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { Initializer } from "./init.ts";

/** A trained tensor and its gradient. */
export interface Param {
  /** Path, such as `"conv1/weight"`. */
  readonly name: string;
  /** The values. */
  readonly value: Tensor;
  /** The gradient; each backward pass overwrites it. */
  readonly grad: Tensor;
  /** Whether weight decay applies; biases have none. */
  readonly decay: boolean;
  /** How the values start; `initialize` fills them. */
  readonly init: Initializer;
}

/** What a forward pass is given. */
export interface Pass {
  /** Where kernels run or are recorded. */
  readonly context: Context;
  /** True in training: dropout is on and `backward` may be called. */
  readonly train: boolean;
  /** The step state (`u32 [8]`, see `nn/state.ts`). */
  readonly state: Tensor;
}

/** A forward pass's result. */
export interface Output {
  /** The output. */
  readonly y: Tensor;
  /**
   * Writes the parameters' gradients and returns the gradient of the input, or nothing when it is
   * not wanted (the first layer). Call it at most once.
   */
  backward(dy: Tensor, wantDx?: boolean): Tensor | undefined;
}

/** A layer with its parameters. */
export interface Layer {
  /** Trained tensors. */
  readonly params: readonly Param[];
  /** Runs or records the layer. */
  forward(x: Tensor, pass: Pass): Output;
}

/** What `build` is given. */
export interface BuildOptions {
  /** Path of the layer, such as `"galaxy/conv1"`. */
  readonly name: string;
}

/** A layer before it has parameters. */
export interface LayerSpec {
  /** Such as `"conv2d"`. */
  readonly kind: string;
  /** Name in paths and in `summary()`; a combinator numbers the kind where it is absent. */
  readonly name?: string;
  /** The specs inside, for combinators. */
  readonly children?: readonly LayerSpec[];
  /** Shape of the output; throws a clear error when the input cannot be taken. */
  outputShape(input: Shape): Shape;
  /** Makes the layer for an input shape. */
  build(context: Context, input: Shape, options: BuildOptions): Layer;
}

/** Output and input gradient of a layer without parameters. */
export interface Passed {
  /** The output. */
  readonly y: Tensor;
  /** From dy to dx; called only where dx is wanted. */
  backward(dy: Tensor): Tensor;
}

/**
 * A layer without parameters: a shape and a function.
 *
 * @param run the output and its gradient; `path` is the layer's, such as `"galaxy/dropout1"`
 *
 * @example
 * ```ts
 * import { layerOf, reluBackward, reluForward } from "jsr:@cetus/cetus";
 *
 * const positive = layerOf("positive", (input) => input, (x, { context }) => {
 *   const y = reluForward(context, x);
 *   return { y, backward: (dy) => reluBackward(context, y, dy) };
 * });
 * console.log(positive.outputShape([32, 10])); // [32, 10]
 * ```
 */
export function layerOf(
  kind: string,
  outputShape: LayerSpec["outputShape"],
  run: (x: Tensor, pass: Pass, path: string) => Passed,
  { name }: { readonly name?: string } = {},
): LayerSpec {
  return {
    kind,
    name,
    outputShape,
    build(_context, input, { name: path }) {
      outputShape(input);
      return {
        params: [],
        forward(x, pass) {
          const { y, backward } = run(x, pass, path);
          return { y, backward: (dy, wantDx = true) => wantDx ? backward(dy) : undefined };
        },
      };
    },
  };
}

/** Makes a parameter and the room for its gradient; values are undefined until `initialize`. */
export function makeParam(
  context: Context,
  name: string,
  shape: Shape,
  options: { init: Initializer; decay: boolean },
): Param {
  const value = context.persistent(shape, { label: name });
  const grad = context.persistent(shape, { label: `${name} gradient` });
  return { name, value, grad, ...options };
}

/** Number of trained values. */
export function parameterCount(params: readonly Param[]): number {
  return params.reduce((sum, { value }) => sum + sizeOf(value.shape), 0);
}
