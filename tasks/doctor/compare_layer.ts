/**
 * Runs a layer forward and backward on a bench and compares all that it gives.
 *
 * @module
 */
import { key } from "../../gpu/random.ts";
import type { NdArray, Tensor } from "../../gpu/tensor.ts";
import type { LayerSpec } from "../../nn/layer.ts";
import type { StepState } from "../../nn/state.ts";
import type { Bench, Tolerance } from "./bench.ts";

/** A state for layers that need none in particular. */
export const LAYER_STATE: StepState = { step: 1, learningRate: 0, key: key(5), count: 1 };

/** What a layer named `"layer"` is given. */
export interface LayerInputs {
  /** Input. */
  readonly x: NdArray;
  /** Gradient of the output. */
  readonly dy: NdArray;
  /** Values of its parameters, in order. Default none. */
  readonly params?: readonly NdArray[];
  /** Whether the pass trains. Default true. */
  readonly train?: boolean;
  /** The step's state. Default `LAYER_STATE`. */
  readonly state?: StepState;
}

/** A number for each thing that a layer gives: references or tolerances. */
export interface LayerOutputs<T> {
  /** Of the output. */
  readonly y: T;
  /** Of the gradient of the input. */
  readonly dx: T;
  /** Of the gradients of the parameters, in order. Default none. */
  readonly grads?: readonly T[];
}

/**
 * States what a layer must give.
 *
 * @throws RangeError when the output has another shape than the layer says
 */
export function compareLayer(
  bench: Bench,
  spec: LayerSpec,
  { x, dy, params = [], train = true, state = LAYER_STATE }: LayerInputs,
  expected: LayerOutputs<NdArray>,
  tolerance: LayerOutputs<Tolerance>,
): void {
  const layer = spec.build(bench, x.shape, { name: "layer" });
  params.forEach(({ data }, i) => bench.write(layer.params[i].value, data));
  const pass = { context: bench, train, state: bench.state(state) };
  const { y, backward } = layer.forward(bench.upload(x), pass);
  const shape = spec.outputShape(x.shape);
  if (y.shape.join() !== shape.join()) {
    throw new RangeError(
      `Cannot run ${spec.kind}: its output is [${y.shape.join(", ")}], expected [${
        shape.join(", ")
      }]`,
    );
  }
  bench.compare(y, expected.y, tolerance.y);
  const results: [Tensor, NdArray, Tolerance][] = [
    [backward(bench.upload(dy))!, expected.dx, tolerance.dx],
  ];
  expected.grads?.forEach((grad, i) => {
    results.push([layer.params[i].grad, grad, tolerance.grads![i]]);
  });
  bench.compareAll(results);
}
